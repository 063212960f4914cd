#include "adapters/serial/osdp_shows.hpp"

namespace sallyport::adapters {

namespace osdp = codec::osdp;

namespace {

constexpr std::uint8_t half_a_second = 5;
constexpr std::uint8_t default_tone = 2;
constexpr std::uint8_t set_permanent = 1;

osdp::Colour colour_of(core::Light light) {
    switch (light) {
        case core::Light::off: return osdp::Colour::black;
        case core::Light::blue:
        case core::Light::blue_flashing: return osdp::Colour::blue;
        case core::Light::green: return osdp::Colour::green;
        case core::Light::red: return osdp::Colour::red;
    }
    return osdp::Colour::black;
}

}  // namespace

osdp::SetLeds leds_of(core::Light light) {
    osdp::LedOrder order;
    order.permanent = set_permanent;
    order.permanent_on = half_a_second;
    order.permanent_off = light == core::Light::blue_flashing ? half_a_second : 0;
    order.permanent_on_colour = colour_of(light);
    return {{order}};
}

std::optional<osdp::SetBuzzer> buzzer_of(core::Signal signal) {
    const int beeps = core::beeps_of(signal);
    if (beeps == 0) return std::nullopt;
    return osdp::SetBuzzer{0, default_tone, 1, 1, static_cast<std::uint8_t>(beeps)};
}

std::optional<char> key_of(std::uint8_t code) {
    if (code == 0x7F || code == '*') return '*';
    if (code == 0x0D || code == '#') return '#';
    if (code >= '0' && code <= '9') return static_cast<char>(code);
    return std::nullopt;
}

}  // namespace sallyport::adapters
