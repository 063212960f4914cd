#pragma once
// Interlock: of a group of doors at most one serves people at a time, as in an air lock (controller.md A7).
//
// Choices that the specification leaves open:
// - It keeps people with credentials out. The exit button, fire and an operator's `open` are never in its
//   way, so they can open a second door of the group (A6, D5).
// - A door without a detector counts as open while its lock is released: nothing better is known of it.
#include <cstdint>
#include <optional>
#include <span>

#include <boost/describe/enum.hpp>

#include "base/door_set.hpp"

namespace sallyport::core {

/// When a door keeps the others of its group shut.
enum class Blocks : std::uint8_t {
    open,     ///< while it stands open
    unlocked  ///< from its release on, until it is closed and locked again
};
BOOST_DESCRIBE_ENUM(Blocks, open, unlocked)

struct Interlock {
    base::DoorSet doors;
    Blocks blocks = Blocks::unlocked;
    friend bool operator==(const Interlock&, const Interlock&) = default;
};

/// The doors of the controller that stand open, and those whose lock is released.
struct DoorsNow {
    base::DoorSet open;
    base::DoorSet unlocked;
};

/// The lowest-numbered door that keeps `door` shut; none: no interlock is in the way.
[[nodiscard]] std::optional<base::DoorNumber> blocker_of(base::DoorNumber door, std::span<const Interlock>,
                                                         const DoorsNow&);

}  // namespace sallyport::core
