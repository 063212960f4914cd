#pragma once
// What every ports::DoorIo does. An adapter's test makes doors with a hand on their wires, and lists this
// suite:
//
//   INSTANTIATE_TEST_SUITE_P(sim, DoorIoContract, testing::Values(make));
#include <functional>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "ports/door_io.hpp"

namespace sallyport::tests {

/// Two doors with two readers each, at rest, and a hand on what they are wired to.
class WiredDoors {
  public:
    virtual ~WiredDoors() = default;
    [[nodiscard]] virtual ports::DoorIo& io() = 0;
    [[nodiscard]] virtual base::Instant now() const = 0;
    /// Time goes on; what falls due in it happens in order.
    virtual void advance(base::Duration) = 0;
    /// A 34-bit frame begins at the reader, 1 or 2 of its door; wrong parity if asked for.
    enum class Parity { right, wrong };
    virtual void present(base::DoorNumber, std::uint8_t reader, base::CardNumber, Parity) = 0;
    virtual void press(base::DoorNumber, char key) = 0;
    virtual void set_input(base::DoorNumber, core::Input, core::Level) = 0;
    [[nodiscard]] virtual core::Lock lock(base::DoorNumber) = 0;
    [[nodiscard]] virtual bool is_green(base::DoorNumber) = 0;
};

class DoorIoContract : public testing::TestWithParam<std::function<std::unique_ptr<WiredDoors>()>> {
  protected:
    struct Said {
        core::StationEvent event;
        base::Instant since;
        base::Instant at;
    };
    void SetUp() override;
    [[nodiscard]] ports::DoorIo& io() { return doors_->io(); }
    [[nodiscard]] WiredDoors& doors() { return *doors_; }
    template <class Event>
    [[nodiscard]] std::vector<Event> said() const {
        std::vector<Event> result;
        for (const auto& one : said_)
            if (const auto* event = std::get_if<Event>(&one.event)) result.push_back(*event);
        return result;
    }

    std::vector<Said> said_;

  private:
    std::unique_ptr<WiredDoors> doors_;
};

}  // namespace sallyport::tests
