#include "core/interlock/interlock.hpp"

namespace sallyport::core {

std::optional<base::DoorNumber> blocker_of(base::DoorNumber door, std::span<const Interlock> interlocks,
                                           const DoorsNow& now) {
    base::DoorSet blockers;
    for (const Interlock& one : interlocks) {
        if (!one.doors.contains(door)) continue;
        const base::DoorSet busy = one.blocks == Blocks::open ? now.open : now.open | now.unlocked;
        blockers = blockers | (one.doors & busy);
    }
    return (blockers - base::DoorSet::only(door)).first();
}

}  // namespace sallyport::core
