#pragma once
// What a front panel shows and sounds (controller.md section 3).
#include <cstdint>

#include <boost/describe/enum.hpp>

namespace sallyport::core {

enum class Light : std::uint8_t { off, blue, blue_flashing, green, red };
BOOST_DESCRIBE_ENUM(Light, off, blue, blue_flashing, green, red)

enum class KeyboardLight : std::uint8_t { off, on };
BOOST_DESCRIBE_ENUM(KeyboardLight, off, on)

/// Feedback is a value. `next`: one of a group has come, more people are needed (A7). `key` is the short
/// click of a key press, alike for all keys and in every state.
enum class Signal : std::uint8_t { menu, success, unlocked, failure, denied, power_on, next, key };
BOOST_DESCRIBE_ENUM(Signal, menu, success, unlocked, failure, denied, power_on, next, key)

/// Whether a door station takes codes at its keypad for 30 s after power-on (K12).
enum class PowerOnCodes : std::uint8_t { allowed, forbidden };
BOOST_DESCRIBE_ENUM(PowerOnCodes, allowed, forbidden)

/// Beeps of the buzzer; the click of a key is none.
[[nodiscard]] int beeps_of(Signal);

}  // namespace sallyport::core
