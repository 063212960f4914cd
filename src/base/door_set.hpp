#pragma once
// Some of the doors of one controller.
#include <bit>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"

namespace sallyport::base {

/// Doors of one controller as a set: bit n-1 is door n.
struct DoorSet {
    std::uint64_t bits = 0;
    [[nodiscard]] static constexpr DoorSet all() { return {~std::uint64_t{0}}; }
    [[nodiscard]] static constexpr DoorSet only(DoorNumber door) {
        return {std::uint64_t{1} << (door.value - 1)};
    }
    [[nodiscard]] constexpr bool contains(DoorNumber door) const {
        return door.value >= 1 && door.value <= max_doors && (bits >> (door.value - 1) & 1) != 0;
    }
    constexpr void insert(DoorNumber door) { bits |= only(door).bits; }
    /// The lowest-numbered one; none of an empty set.
    [[nodiscard]] constexpr std::optional<DoorNumber> first() const {
        if (bits == 0) return std::nullopt;
        return DoorNumber{static_cast<std::uint8_t>(std::countr_zero(bits) + 1)};
    }
    [[nodiscard]] constexpr int size() const { return std::popcount(bits); }
    friend constexpr DoorSet operator|(DoorSet a, DoorSet b) { return {a.bits | b.bits}; }
    friend constexpr DoorSet operator&(DoorSet a, DoorSet b) { return {a.bits & b.bits}; }
    friend constexpr DoorSet operator-(DoorSet a, DoorSet b) { return {a.bits & ~b.bits}; }
    friend bool operator==(const DoorSet&, const DoorSet&) = default;
};

}  // namespace sallyport::base
