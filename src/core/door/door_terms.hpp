#pragma once
// The words of one door: what its lines report, what it is told, and what it does (controller.md section 5).
#include <cstdint>

#include <boost/describe/enum.hpp>

namespace sallyport::core {

/// `mains` and `battery` are of the whole controller, like `fire`.
enum class Input : std::uint8_t { contact, exit_button, tamper, reader_case, fire, mains, battery };
BOOST_DESCRIBE_ENUM(Input, contact, exit_button, tamper, reader_case, fire, mains, battery)
inline constexpr std::size_t input_count = 7;

/// Already debounced by the adapter. `contact` active means open, `mains` that it has failed, `battery` that
/// it is low. The last two are faults of a supervised line, which has four states.
enum class Level : std::uint8_t { inactive, active, shorted, cut };
BOOST_DESCRIBE_ENUM(Level, inactive, active, shorted, cut)

/// `silence` quietens the alarms that are active (D3): they stand until their cause is over, as before.
enum class DoorCommand : std::uint8_t { open, close, always_open, always_closed, normal, lockdown, silence };
BOOST_DESCRIBE_ENUM(DoorCommand, open, close, always_open, always_closed, normal, lockdown, silence)

enum class Lock : std::uint8_t { locked, released };
BOOST_DESCRIBE_ENUM(Lock, locked, released)

enum class ContactState : std::uint8_t { unknown, closed, open };
BOOST_DESCRIBE_ENUM(ContactState, unknown, closed, open)

}  // namespace sallyport::core
