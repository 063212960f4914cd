#pragma once
// What the LED and buzzer lines of a reader shall show at an instant: the panel's light, and the beeps of its
// signals (controller.md section 3). Keys are not sounded: a reader with a keypad clicks by itself. A value
// without a clock.
#include <optional>

#include "base/time.hpp"
#include "core/keypad/panel.hpp"

namespace sallyport::adapters {

class ReaderLights {
  public:
    static constexpr base::Duration flash = std::chrono::milliseconds{500};  ///< lit as long as dark
    static constexpr base::Duration beep = std::chrono::milliseconds{100};  ///< as long as the pause after it

    struct Shown {
        bool green = false;
        bool red = false;
        bool blue = false;
        bool buzzer = false;
        friend bool operator==(const Shown&, const Shown&) = default;
    };

    void show(core::Light, base::Instant now);
    /// Ends the beeps of the one before it.
    void sound(core::Signal, base::Instant now);
    [[nodiscard]] Shown at(base::Instant now) const;
    /// When `at` gives something else than now.
    [[nodiscard]] std::optional<base::Instant> next_change(base::Instant now) const;

  private:
    core::Light light_ = core::Light::off;
    base::Instant light_since_;
    int beeps_ = 0;
    base::Instant beeps_since_;
};

}  // namespace sallyport::adapters
