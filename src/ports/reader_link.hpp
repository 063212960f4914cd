#pragma once
// Readers that are not wired to a door's own inputs and outputs: they hang on a line that several share, and
// may belong to any door of the controller. The controller serves its links beside its ports::DoorIo. A link
// keeps its own time on the loop. All on the loop thread.
#include <functional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/access/card_format.hpp"
#include "core/station/station.hpp"

namespace sallyport::ports {

class ReaderLink {
  public:
    virtual ~ReaderLink() = default;

    /// For each reader of the door; nothing happens where the link has none. A reader that was away gets what
    /// was shown last when it is back.
    virtual void set_light(base::DoorNumber, core::Light, core::KeyboardLight) = 0;
    /// Sounds; what was sounded while a reader was away is not made up for.
    virtual void show_signal(base::DoorNumber, core::Signal) = 0;

    /// Which Wiegand frames are cards from now on, checked before; none: all that are known.
    virtual void accept_formats(const std::vector<core::CardFormat>&) = 0;

    /// After a start of the station, which knows nothing: a ReaderLinkChanged for each reader that is lost,
    /// an InputChanged for each input that is active.
    virtual void report_state() = 0;

    /// KeyPressed, CardRead, BadFrame, InputChanged and ReaderLinkChanged, in the order in which they
    /// happened. `since`, on the controller's clock: when it had come in; what comes later is the program's
    /// own delay.
    std::function<void(const core::StationEvent&, base::Instant since)> on_event;
};

}  // namespace sallyport::ports
