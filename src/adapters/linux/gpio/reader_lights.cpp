#include "adapters/linux/gpio/reader_lights.hpp"

#include <algorithm>

namespace sallyport::adapters {

namespace {

/// In which stretch of this length an instant lies, counted from 0.
std::int64_t stretch(base::Instant now, base::Instant since, base::Duration length) {
    return std::max(base::Duration{}, now - since) / length;
}

}  // namespace

void ReaderLights::show(core::Light light, base::Instant now) {
    if (light == light_) return;
    light_ = light;
    light_since_ = now;
}

void ReaderLights::sound(core::Signal signal, base::Instant now) {
    if (signal == core::Signal::key) return;
    beeps_ = core::beeps_of(signal);
    beeps_since_ = now;
}

ReaderLights::Shown ReaderLights::at(base::Instant now) const {
    Shown shown;
    shown.green = light_ == core::Light::green;
    shown.red = light_ == core::Light::red;
    shown.blue = light_ == core::Light::blue ||
                 (light_ == core::Light::blue_flashing && stretch(now, light_since_, flash) % 2 == 0);
    const auto part = stretch(now, beeps_since_, beep);
    shown.buzzer = part < 2 * beeps_ && part % 2 == 0;
    return shown;
}

std::optional<base::Instant> ReaderLights::next_change(base::Instant now) const {
    std::optional<base::Instant> next;
    const auto part = stretch(now, beeps_since_, beep);
    if (part < 2 * beeps_ - 1) next = beeps_since_ + (part + 1) * beep;
    if (light_ != core::Light::blue_flashing) return next;
    const auto turn = light_since_ + (stretch(now, light_since_, flash) + 1) * flash;
    return next ? std::min(*next, turn) : turn;
}

}  // namespace sallyport::adapters
