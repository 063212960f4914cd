#pragma once
// What a front panel shows and sounds, as orders to an OSDP reader's first light and buzzer.
#include <optional>

#include "codec/osdp/message.hpp"
#include "core/keypad/panel.hpp"

namespace sallyport::adapters {

/// Stays until the next one. A reader without the colour shows what it has.
[[nodiscard]] codec::osdp::SetLeds leds_of(core::Light);
/// None for what a reader does not sound: its keys click by themselves.
[[nodiscard]] std::optional<codec::osdp::SetBuzzer> buzzer_of(core::Signal);
/// '0'-'9', '*' and '#'; none for another key.
[[nodiscard]] std::optional<char> key_of(std::uint8_t code);

}  // namespace sallyport::adapters
