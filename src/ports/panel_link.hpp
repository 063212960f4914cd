#pragma once
// The way up: in the working mode "reader" a controller is a reader of somebody else's panel (controller.md
// K9, R3). All on the loop thread.
#include <functional>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/keypad/panel.hpp"

namespace sallyport::ports {

class PanelLink {
  public:
    virtual ~PanelLink() = default;

    [[nodiscard]] virtual const std::string& device() const = 0;
    [[nodiscard]] virtual std::uint8_t address() const = 0;
    /// Answers the panel from now on. `key` empty: takes one from the first panel that asks with the default
    /// key; afterwards nothing is told or taken but in a session with the key.
    virtual void start(const base::Secret& key) = 0;
    /// Answers nobody.
    virtual void stop() = 0;
    /// In touch with a panel that has the key, as far as the line can know.
    [[nodiscard]] virtual bool connected() const = 0;

    /// Told as soon as the line lets it. `invalid` "card_too_long", `conflict` "busy" where it never will be.
    [[nodiscard]] virtual base::Status tell(base::CardNumber) = 0;
    virtual void tell(char key) = 0;

    /// What the panel shows and sounds; success for one beep, failure for several.
    std::function<void(core::Light)> on_light;
    std::function<void(core::Signal)> on_beep;
    /// The key is to be kept.
    std::function<void(const base::Secret& key)> on_key_taken;
};

}  // namespace sallyport::ports
