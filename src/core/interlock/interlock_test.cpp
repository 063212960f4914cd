#include "core/interlock/interlock.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

constexpr base::DoorSet doors(std::uint64_t bits) {
    return {bits};
}

TEST(Interlock, another_door_of_the_group_blocks_and_the_door_itself_does_not) {
    const std::vector<Interlock> groups{{doors(0b011), Blocks::unlocked}};
    EXPECT_EQ(blocker_of({1}, groups, {.open = {}, .unlocked = doors(0b010)}), base::DoorNumber{2});
    EXPECT_EQ(blocker_of({2}, groups, {.open = doors(0b010), .unlocked = doors(0b010)}), std::nullopt);
    EXPECT_EQ(blocker_of({3}, groups, {.open = doors(0b011), .unlocked = doors(0b011)}), std::nullopt);
}

TEST(Interlock, blocks_on_open_leaves_a_released_door_that_stays_closed_alone) {
    const std::vector<Interlock> groups{{doors(0b11), Blocks::open}};
    EXPECT_EQ(blocker_of({1}, groups, {.open = {}, .unlocked = doors(0b10)}), std::nullopt);
    EXPECT_EQ(blocker_of({1}, groups, {.open = doors(0b10), .unlocked = {}}), base::DoorNumber{2});
}

TEST(Interlock, a_door_that_stands_open_blocks_after_its_lock_has_locked) {
    const std::vector<Interlock> groups{{doors(0b11), Blocks::unlocked}};
    EXPECT_EQ(blocker_of({1}, groups, {.open = doors(0b10), .unlocked = {}}), base::DoorNumber{2});
}

RC_GTEST_PROP(InterlockProperty, two_doors_of_a_group_are_never_both_free_while_one_is_busy, ()) {
    const auto group = *rc::gen::arbitrary<std::uint64_t>();
    const auto open = *rc::gen::arbitrary<std::uint64_t>();
    const auto unlocked = *rc::gen::arbitrary<std::uint64_t>();
    const base::DoorNumber door{static_cast<std::uint8_t>(*rc::gen::inRange(1, 65))};
    const std::vector<Interlock> groups{{doors(group), Blocks::unlocked}};
    const auto blocker = blocker_of(door, groups, {doors(open), doors(unlocked)});
    const auto others = (doors(group) & doors(open | unlocked)) - base::DoorSet::only(door);
    RC_ASSERT(blocker.has_value() == (doors(group).contains(door) && others != base::DoorSet{}));
    if (blocker) RC_ASSERT(others.contains(*blocker));
}

}  // namespace
}  // namespace sallyport::core
