#pragma once
// A hand on simulated hardware, for the front panel page and for scripts (interfaces.md, panel calls). Never
// there on real hardware. All on the loop thread.
#include <cstdint>
#include <deque>

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
};

enum class FrameFault : std::uint8_t { none, parity };

class DoorSimulation {
  public:
    virtual ~DoorSimulation() = default;
    /// One of 0-9 * #.
    virtual void press(base::DoorNumber, char key) = 0;
    /// Holds a card before a reader of the door, 1 being the first: its pulses follow, one after the other.
    /// `invalid` "card_too_long" for a number that no frame holds, `conflict` "reader_busy" while another
    /// card's pulses are under way.
    virtual base::Status present(base::DoorNumber, std::uint8_t reader, base::CardNumber, FrameFault) = 0;
    virtual void set_input(base::DoorNumber, core::Input, core::Level) = 0;
    /// Relays fall, lights go out, half a frame is forgotten.
    virtual void cut_power() = 0;
    /// Whether pulses are still under way.
    [[nodiscard]] virtual bool busy() const = 0;
    [[nodiscard]] virtual const ShownDoor& shown(base::DoorNumber) const = 0;
    [[nodiscard]] virtual std::uint8_t readers_per_door() const = 0;
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
