#pragma once
// The words of one door: what its lines report, what it is told, and what it does (controller.md section 5).
#include <cstdint>

#include <boost/describe/enum.hpp>

namespace sallyport::core {

enum class Input : std::uint8_t { contact, exit_button, tamper, reader_case, fire };
BOOST_DESCRIBE_ENUM(Input, contact, exit_button, tamper, reader_case, fire)

/// Already debounced by the adapter. `contact` active means open.
enum class Level : std::uint8_t { inactive, active };
BOOST_DESCRIBE_ENUM(Level, inactive, active)

enum class DoorCommand : std::uint8_t { open, close, always_open, always_closed, normal, lockdown };
BOOST_DESCRIBE_ENUM(DoorCommand, open, close, always_open, always_closed, normal, lockdown)

enum class Lock : std::uint8_t { locked, released };
BOOST_DESCRIBE_ENUM(Lock, locked, released)

enum class ContactState : std::uint8_t { unknown, closed, open };
BOOST_DESCRIBE_ENUM(ContactState, unknown, closed, open)

}  // namespace sallyport::core
