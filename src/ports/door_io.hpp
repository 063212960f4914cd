#pragma once
// What the doors of one controller are wired to: locks, panels, contacts, readers. Implementations:
// adapters/sim, adapters/linux/gpio; tests/contract/door_io_contract says in code what each of them does. All
// on the loop thread.
#include <functional>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/access/card_format.hpp"
#include "core/station/station.hpp"

namespace sallyport::ports {

class DoorIo {
  public:
    virtual ~DoorIo() = default;

    virtual void set_lock(base::DoorNumber, core::Lock) = 0;
    virtual void set_light(base::DoorNumber, core::Light, core::KeyboardLight) = 0;
    virtual void show_signal(base::DoorNumber, core::Signal) = 0;

    /// Which cards the Wiegand readers take from now on, checked before; none: as they are configured. A
    /// frame that is under way is lost.
    virtual void accept_formats(const std::vector<core::CardFormat>&) = 0;

    /// An InputChanged for each input that is not inactive: a station that starts knows none.
    virtual void report_inputs() = 0;

    /// When `handle_timeout` has something to do: a bit to send, a frame that ends, an input that settles.
    [[nodiscard]] virtual std::optional<base::Instant> next_deadline() const = 0;
    virtual void handle_timeout(base::Instant now) = 0;

    /// KeyPressed, CardRead, BadFrame and InputChanged, in the order in which they happened. `since`: when
    /// the frame had ended or the edge had settled; what comes later is the program's own delay. Never called
    /// from inside set_lock, set_light and show_signal.
    std::function<void(const core::StationEvent&, base::Instant since)> on_event;
    /// Hardware has moved by itself, and `next_deadline` may come sooner than it was.
    std::function<void()> on_deadline;
};

}  // namespace sallyport::ports
