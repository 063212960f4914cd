#pragma once
// Doors wired to a fake chip, on a loop that runs while time is moved by hand.
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/linux/gpio/linux_doors.hpp"
#include "codec/wiegand/decoder.hpp"
#include "gpio/fake_gpiod.hpp"

namespace sallyport::tests {

/// Monotonic time as it was last set.
struct HandClock final : ports::Clock {
    [[nodiscard]] base::Instant monotonic() const override { return now; }
    [[nodiscard]] base::UtcTime utc() const override { return {1'790'000'000'000'000}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
    base::Instant now{std::chrono::seconds{100}};
};

/// Where the lines of a door are on the chip, 32 lines each.
namespace place {
enum Line : std::uint32_t { relay, contact, exit_button, tamper, fire, first_reader = 8 };
enum ReaderLine : std::uint32_t { d0, d1, led_green, led_red, led_blue, buzzer, reader_case, of_reader };
}  // namespace place

class GpioBench {
  public:
    static constexpr auto chip = "gpiochip0";

    explicit GpioBench(std::uint8_t doors = 1, std::uint8_t readers_per_door = 1);
    explicit GpioBench(adapters::Wiring);
    GpioBench(const GpioBench&) = delete;
    GpioBench& operator=(const GpioBench&) = delete;

    [[nodiscard]] static adapters::Wiring wiring(std::uint8_t doors, std::uint8_t readers_per_door);
    [[nodiscard]] static std::uint32_t line(std::uint8_t door, place::Line which) {
        return 32U * (door - 1U) + which;
    }
    [[nodiscard]] static std::uint32_t line(std::uint8_t door, std::uint8_t reader, place::ReaderLine which) {
        return line(door, place::first_reader) + place::of_reader * (reader - 1U) + which;
    }

    /// Runs what is ready, and every deadline up to then at its time.
    void advance(base::Duration);
    void poll();
    /// The pulses fall while time goes on, each 50 us long.
    void send(std::uint8_t door, std::uint8_t reader, const std::vector<codec::wiegand::Pulse>&);
    /// As the installer wired it: a contact at rest is closed, a button is not.
    void set_input(std::uint8_t door, core::Input, core::Level);
    [[nodiscard]] bool released(std::uint8_t door) const {
        return fake_gpiod::level(chip, line(door, place::relay)) == 1;
    }
    [[nodiscard]] bool lit(std::uint8_t door, place::ReaderLine which) const {
        return fake_gpiod::level(chip, line(door, 1, which)) == 1;
    }
    template <class Event>
    [[nodiscard]] std::vector<Event> seen() const {
        std::vector<Event> result;
        for (const auto& event : events)
            if (const auto* wanted = std::get_if<Event>(&event)) result.push_back(*wanted);
        return result;
    }

    HandClock clock;
    boost::asio::io_context loop{1};
    adapters::LinuxDoors doors;
    std::vector<core::StationEvent> events;
    base::Instant since;  ///< of the last event
};

}  // namespace sallyport::tests
