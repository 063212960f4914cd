#pragma once
// Doors wired to lines of GPIO chips (controller.md section 5, R1). Edges come with the kernel's time through
// Asio, so that what a frame or a settled contact is does not depend on how soon the loop looks.
//
// A chip that is away (an unplugged expander, a line that something else uses) is logged, is a tamper alarm
// at each door with a line on it, and is tried again every 2 s. The rest goes on; inputs keep their last
// level, outputs are set as they should be by then once it is back.
//
// Opening takes every lock as locked, and the destructor locks it. A program that is killed leaves the lines
// as the kernel leaves them: most chips hold what was set last, until the next start.
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/linux/gpio/gpio_chip.hpp"
#include "adapters/linux/gpio/reader_lights.hpp"
#include "adapters/linux/gpio/wiring.hpp"
#include "codec/wiegand/ordered_decoder.hpp"
#include "ports/clock.hpp"
#include "ports/door_io.hpp"

namespace sallyport::adapters {

/// CLOCK_MONOTONIC, which the kernel stamps edges with; ports::Clock may count on another.
[[nodiscard]] base::Instant kernel_time();

class LinuxDoors final : public ports::DoorIo {
  public:
    static constexpr base::Duration retry = std::chrono::seconds{2};
    /// How often inputs are read without an edge: it finds an input chip that went away silently.
    static constexpr base::Duration look = std::chrono::seconds{10};

    using KernelTime = std::function<base::Instant()>;
    /// `loop` and `clock` outlive it.
    LinuxDoors(boost::asio::io_context& loop, const ports::Clock& clock, const Wiring&,
               KernelTime = kernel_time);
    ~LinuxDoors() override;
    LinuxDoors(const LinuxDoors&) = delete;
    LinuxDoors& operator=(const LinuxDoors&) = delete;

    /// Takes the lines, every lock locked. An error, naming line and reason, when no chip at all could be
    /// had; with one that could, the others are tried again.
    [[nodiscard]] base::Status open();

    void set_lock(base::DoorNumber, core::Lock) override;
    void set_light(base::DoorNumber, core::Light, core::KeyboardLight) override;
    void show_signal(base::DoorNumber, core::Signal) override;
    void accept_formats(const std::vector<core::CardFormat>&) override;
    void report_inputs() override;
    [[nodiscard]] std::optional<base::Instant> next_deadline() const override;
    void handle_timeout(base::Instant now) override;

  private:
    struct Chip {
        Chip(boost::asio::io_context& loop, std::string name) : gpio(loop, std::move(name)) {}
        GpioChip gpio;
        std::vector<base::DoorNumber> doors;  ///< with a line on it, each once
        bool away = false;                    ///< and its doors were told
        base::Instant next;                   ///< when it is tried again, or looked at
    };
    struct Input {
        base::DoorNumber door;
        core::Input input = core::Input::contact;
        GpioLine* line = nullptr;
        core::Debouncer debouncer;
    };
    struct Reader {
        base::DoorNumber door;
        base::ReaderNumber number;
        GpioLine* d0 = nullptr;
        GpioLine* d1 = nullptr;
        GpioLine* led_green = nullptr;
        GpioLine* led_red = nullptr;
        GpioLine* led_blue = nullptr;
        GpioLine* buzzer = nullptr;
        std::vector<codec::wiegand::Format> configured;
        std::vector<codec::wiegand::Format> formats;  ///< that the decoder takes
        codec::wiegand::OrderedDecoder decoder;
        ReaderLights lights;
        ReaderLights::Shown shown;
        std::optional<base::Instant> next_change;
    };
    struct Door {
        GpioLine* relay = nullptr;
        /// How many lines, or chips that are away, make each core::Input active.
        std::array<int, core::input_count> active{};
    };

    GpioLine& add(base::DoorNumber, const WiredLine&, GpioLine::Use);
    GpioLine* add(base::DoorNumber, const std::optional<WiredLine>&);
    void add_reader(base::DoorNumber, base::ReaderNumber, const WiredReader&);
    [[nodiscard]] base::Instant clock_time(base::Instant kernel);

    base::Status open(Chip&, base::Instant now);
    void note_failure(Chip&, const base::Error&);
    void read_all(Chip&, base::Instant now);
    void look_at(Chip&, base::Instant now);
    void take_edges(Input&);
    void take_pulses(Reader&);
    void read(Input&, base::Instant now);
    void settle(Input&, base::Instant now);
    void settle(Reader&, base::Instant now);
    void light(Reader&, base::Instant now);
    void count(base::DoorNumber, core::Input, core::Level, base::Instant since);
    void say(const core::StationEvent&, base::Instant since);
    void say_deadline();

    boost::asio::io_context& loop_;
    const ports::Clock& clock_;
    KernelTime kernel_time_;
    base::Duration kernel_offset_{};  ///< of the clock against the kernel's time
    std::map<std::string, Chip> chips_;
    std::vector<Door> doors_;
    std::deque<Input> inputs_;
    std::deque<Reader> readers_;
};

}  // namespace sallyport::adapters
