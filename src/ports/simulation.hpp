#pragma once
// A hand on simulated hardware, for the front panel page and for scripts (interfaces.md, panel calls). Never
// there on real hardware. All on the loop thread.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/station/station.hpp"
#include "ports/clock.hpp"

namespace sallyport::ports {

/// What a person in front of the door sees and hears.
struct ShownDoor {
    struct Shown {
        std::uint64_t sequence = 0;  ///< counts up from 1 at each door
        base::UtcTime at;
        core::Signal signal = core::Signal::key;
    };
    core::Lock lock = core::Lock::locked;
    core::Light light = core::Light::off;
    core::KeyboardLight keyboard = core::KeyboardLight::off;
    std::deque<Shown> signals;  ///< the last 50, oldest first
    /// From the card before the reader to the relay, of the last card that opened.
    std::optional<base::Duration> card_to_relay;
};

/// What has gone over the data wires of a reader since the start.
struct WirePulses {
    std::uint64_t d0 = 0;  ///< zeros
    std::uint64_t d1 = 0;  ///< ones
};

enum class FrameFault : std::uint8_t { none, parity };

/// Of a reader on a line: without power, or with a cable that garbles a part of what it says.
enum class ReaderFault : std::uint8_t { none, unplugged, noisy };
BOOST_DESCRIBE_ENUM(ReaderFault, none, unplugged, noisy)

/// A reader of a door, as one sees it beside the door.
struct ShownReader {
    base::ReaderNumber number;
    std::optional<WirePulses> wires;        ///< none of one on a line
    ReaderFault fault = ReaderFault::none;  ///< of one on a line
};

class DoorSimulation {
  public:
    virtual ~DoorSimulation() = default;
    /// One of 0-9 * #.
    virtual void press(base::DoorNumber, char key) = 0;
    /// Holds a card before a reader of the door, 1 being the first: its pulses follow, one after the other,
    /// or it tells the card when it is polled. `invalid` "card_too_long" for a number that no frame holds,
    /// `conflict` "reader_busy" while another card is under way, "reader_offline" for a reader that is not in
    /// touch.
    virtual base::Status present(base::DoorNumber, std::uint8_t reader, base::CardNumber, FrameFault) = 0;
    /// `conflict` "reader_wired" for a reader that hangs on no line.
    virtual base::Status set_reader_fault(base::DoorNumber, std::uint8_t reader, ReaderFault) = 0;
    /// Any of the four states: every simulated input is supervised.
    virtual void set_input(base::DoorNumber, core::Input, core::Level) = 0;
    /// Relays fall, lights go out, half a frame is forgotten.
    virtual void cut_power() = 0;
    /// Whether a card is still under way.
    [[nodiscard]] virtual bool busy() const = 0;
    [[nodiscard]] virtual const ShownDoor& shown(base::DoorNumber) const = 0;
    /// The first is the reader 1 of `present`.
    [[nodiscard]] virtual std::vector<ShownReader> readers_of(base::DoorNumber) const = 0;
    [[nodiscard]] virtual core::Level input(base::DoorNumber, core::Input) const = 0;
    /// What somebody else's panel was told on simulated wires (controller.md R3): "card 04A1B2C3", "key 5",
    /// "bad_frame", oldest first.
    [[nodiscard]] virtual std::vector<std::string> told_panel() const = 0;
};

/// Real time plus an offset.
class MovableClock : public Clock {
  public:
    /// Moves both clocks forward until the monotonic one shows `target`; does nothing when it is past.
    virtual void advance_to(base::Instant target) = 0;
    /// Power was lost without a battery: the civil clock is not to be trusted until it is set.
    virtual void lose_civil_time() = 0;
};

}  // namespace sallyport::ports
