#pragma once
// The working mode "reader" (controller.md K9, R3): while somebody else's panel is in touch, it gets the
// cards and the codes, and its lights and beeps are shown. The station sees what is meant for it: the admin
// password, and everything in the menu that it opens. Out of touch, the station refuses cards by itself
// (reader_mode).
#include <map>

#include "core/record/detail.hpp"
#include "core/station/station.hpp"
#include "ports/controller_store.hpp"
#include "ports/panel_link.hpp"

namespace sallyport::controller {

class Controller;

class ReaderMode {
  public:
    /// Takes over the callbacks of the link. Both outlive it.
    ReaderMode(Controller&, ports::PanelLink&);

    /// The key of the panel, as it was kept.
    void start(const ports::ControllerImage&);
    /// True for what went up and does not concern the station.
    [[nodiscard]] bool takes(const core::StationEvent&);
    /// Whether the panel decides what is shown at the door, rather than the station.
    [[nodiscard]] bool hides(base::DoorNumber) const;
    /// The working mode, or what is shown, may have changed.
    void refresh();
    /// The next panel that asks with the default key gives another one. Durable when `done` says so.
    void forget_panel(const std::string& by, std::move_only_function<void(const base::Status&)> done);

  private:
    struct Keypad {
        std::size_t typed = 0;       ///< on the line that goes up
        bool administering = false;  ///< `#` on an empty line: what follows is the admin password
        bool hidden = false;         ///< as it was shown last
    };
    [[nodiscard]] bool take_key(const core::KeyPressed&);
    [[nodiscard]] bool active() const;
    [[nodiscard]] ports::StoreWrite key_write(const core::Detail&) const;

    Controller& controller_;
    ports::PanelLink& link_;
    base::Secret key_;
    bool serving_ = false;
    core::Light light_ = core::Light::off;
    std::map<base::DoorNumber, Keypad> keypads_;
};

}  // namespace sallyport::controller
