#pragma once
// Which line of which chip goes where: what the installer wrote into the configuration
// (docs/guides/install-a-controller.md), as the adapter needs it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "codec/wiegand/format.hpp"
#include "core/door/debouncer.hpp"
#include "core/door/door_terms.hpp"

namespace sallyport::adapters {

enum class Bias : std::uint8_t { as_is, pull_up, pull_down, off };
enum class Electrical : std::uint8_t { low, high };

struct WiredLine {
    std::string chip;          ///< name ("gpiochip0"), label or path, as libgpiod looks it up
    std::uint32_t offset = 0;  ///< of the line on the chip
    /// At which level that is so which the line is for: lock released, door open, button pressed, light lit.
    Electrical active = Electrical::high;
    Bias bias = Bias::as_is;
    std::string name;  ///< for messages: "door.1.relay"
};

struct WiredInput {
    core::Input input = core::Input::contact;
    WiredLine line;
};

/// A Wiegand reader. Those of door n have the numbers 2n - 1 and 2n on the controller.
struct WiredReader {
    WiredLine d0;
    WiredLine d1;
    std::optional<WiredLine> led_green;
    std::optional<WiredLine> led_red;
    std::optional<WiredLine> led_blue;
    std::optional<WiredLine> buzzer;
    std::vector<codec::wiegand::Format> formats;
};

struct WiredDoor {
    WiredLine relay;
    std::vector<WiredInput> inputs;  ///< the CASE line of each reader stands here as reader_case
    std::vector<WiredReader> readers;
    base::Duration debounce = core::Debouncer::usual_settle;
};

using Wiring = std::vector<WiredDoor>;  ///< index 0 is door 1

/// How a controller that is a reader itself sends to somebody else's panel.
struct WiegandSending {
    codec::wiegand::Format format;
    codec::wiegand::KeyBurst keys = codec::wiegand::KeyBurst::four_bits;
    base::Duration pulse = std::chrono::microseconds{50};    ///< 20-100 us
    base::Duration interval = std::chrono::milliseconds{2};  ///< from pulse to pulse, 0.2-20 ms
};

struct WiredPanel {
    std::optional<WiredLine> d0;  ///< none of both: simulated
    std::optional<WiredLine> d1;
    WiegandSending sending;
};

struct WiredSite {
    Wiring doors;
    std::optional<WiredPanel> panel;  ///< somebody else's, in the working mode "reader"
};

}  // namespace sallyport::adapters
