#pragma once
// One chip with all lines that are wanted of it, through libgpiod 1.6. All of them are had, or none: a chip
// that fails at any call is closed whole, and opened again by `open`. On the loop thread.
//
// libgpiod 1.6 speaks the first version of the kernel's interface: the kernel keeps 16 edges of each line
// until they are read. At the shortest Wiegand bit time (0.2 ms) that is 3 ms; what is lost beyond makes a
// frame of wrong length, never another card.
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "adapters/linux/gpio/wiring.hpp"
#include "base/result.hpp"

struct gpiod_chip;
struct gpiod_line;

namespace sallyport::adapters {

class GpioChip;

class GpioLine {
  public:
    enum class Use : std::uint8_t {
        output,
        levels,  ///< edges in both directions
        pulses,  ///< edges towards the active level only
    };
    struct Edge {
        core::Level level = core::Level::inactive;
        base::Instant at;  ///< by the kernel's monotonic clock
    };

    GpioLine(GpioChip& chip, WiredLine wired, Use use) : chip_(chip), wired_(std::move(wired)), use_(use) {}

    [[nodiscard]] const GpioChip& chip() const { return chip_; }
    /// Outputs. Remembered while the chip is away, and set when it is back.
    void set(core::Level);
    /// What the line has now; nullopt while the chip is away.
    [[nodiscard]] std::optional<core::Level> read();
    /// Appends the edges that wait, in their order; none while the chip is away.
    void take_edges(std::vector<Edge>& into);

    std::function<void()> on_edges;  ///< edges wait

  private:
    friend class GpioChip;
    [[nodiscard]] base::Status request(gpiod_chip&);
    [[nodiscard]] base::Status watch(boost::asio::io_context&);
    void wait();
    void forget();

    GpioChip& chip_;
    WiredLine wired_;
    Use use_;
    core::Level wanted_ = core::Level::inactive;
    gpiod_line* line_ = nullptr;  ///< owned by the chip; null while it is away
    std::optional<boost::asio::posix::stream_descriptor> events_;
};

class GpioChip {
  public:
    GpioChip(boost::asio::io_context& loop, std::string name) : loop_(loop), name_(std::move(name)) {}
    ~GpioChip() { close(); }
    GpioChip(const GpioChip&) = delete;
    GpioChip& operator=(const GpioChip&) = delete;

    /// Before `open`. The line lives as long as the chip.
    GpioLine& add(WiredLine, GpioLine::Use);
    /// `unavailable` "gpio_chip" or "gpio_line", with a sentence that names chip, line and reason.
    [[nodiscard]] base::Status open();
    [[nodiscard]] bool is_open() const { return chip_ != nullptr; }
    [[nodiscard]] const std::string& name() const { return name_; }

    std::function<void(const base::Error&)> on_failed;  ///< it worked until now, and is closed

  private:
    friend class GpioLine;
    void fail(const WiredLine&, int error);
    void close();

    boost::asio::io_context& loop_;
    std::string name_;
    std::deque<GpioLine> lines_;
    gpiod_chip* chip_ = nullptr;
};

}  // namespace sallyport::adapters
