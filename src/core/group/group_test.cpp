#include "core/group/group.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

base::UserId user(int number) {
    return base::UserId::from(std::to_string(number)).value();
}

constexpr base::Instant start{1h};

/// Two of the guards 1-3, then one of the chiefs 8-9.
GroupRules guards_then_a_chief() {
    return {.groups = {{{user(1), user(2), user(3)}, 2}, {{user(8), user(9)}, 1}}, .window_s = 20};
}

TEST(Group, everybody_of_each_group_in_turn_completes) {
    const auto rules = guards_then_a_chief();
    Gathering came;
    EXPECT_EQ(came.judge(rules, user(8), start), Arrival::out_of_turn);
    EXPECT_EQ(came.judge(rules, user(3), start), Arrival::counts);
    came.add(rules, user(3), start);
    EXPECT_EQ(came.judge(rules, user(3), start), Arrival::came_already);
    EXPECT_EQ(came.judge(rules, user(8), start), Arrival::out_of_turn);
    came.add(rules, user(1), start);
    EXPECT_EQ(came.judge(rules, user(2), start), Arrival::out_of_turn);
    EXPECT_EQ(came.judge(rules, user(9), start), Arrival::completes);
    const auto people = came.people(start);
    EXPECT_EQ((std::vector(people.begin(), people.end())), (std::vector{user(3), user(1)}));
    EXPECT_TRUE(came.people(start + 20s).empty());
}

TEST(Group, who_is_missing_for_too_long_lets_all_begin_anew) {
    const auto rules = guards_then_a_chief();
    Gathering came;
    came.add(rules, user(1), start);
    came.add(rules, user(2), start + 19s);
    EXPECT_EQ(came.judge(rules, user(8), start + 39s - 1us), Arrival::completes);
    EXPECT_EQ(came.judge(rules, user(8), start + 39s), Arrival::out_of_turn);
    EXPECT_EQ(came.judge(rules, user(1), start + 39s), Arrival::counts);
    came.add(rules, user(1), start + 39s);
    EXPECT_EQ(came.people(start + 39s).size(), 1U);
}

TEST(Group, an_operator_may_take_longer_than_the_window) {
    const auto rules = guards_then_a_chief();
    Gathering came;
    came.add(rules, user(1), start);
    came.add(rules, user(2), start);
    came.wait_until(start + 60s);
    EXPECT_EQ(came.judge(rules, user(8), start + 59s), Arrival::completes);
}

TEST(Group, all_begin_anew_when_one_of_them_is_forgotten) {
    const auto rules = guards_then_a_chief();
    Gathering came;
    came.add(rules, user(1), start);
    came.add(rules, user(2), start);
    came.forget(user(3));
    EXPECT_EQ(came.judge(rules, user(8), start), Arrival::completes) << "he had not come";
    came.forget(user(1));
    EXPECT_EQ(came.judge(rules, user(8), start), Arrival::out_of_turn);
    EXPECT_EQ(came.judge(rules, user(2), start), Arrival::counts);
}

TEST(Group, rules_that_shrink_meanwhile_trap_nobody) {
    Gathering came;
    came.add(guards_then_a_chief(), user(1), start);
    came.add(guards_then_a_chief(), user(2), start);
    const GroupRules two{.groups = {{{user(1), user(2)}, 2}}, .window_s = 20};
    EXPECT_EQ(came.judge(two, user(1), start), Arrival::came_already);
    EXPECT_EQ(came.judge(two, user(2), start + 20s), Arrival::counts);
}

/// However people come: who completes was preceded by enough of each group, all different.
RC_GTEST_PROP(GroupProperty, nobody_completes_without_the_others, ()) {
    const auto rules = guards_then_a_chief();
    Gathering came;
    base::Instant now = start;
    for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10))) {
        now = now + std::chrono::seconds{step};
        const auto arrival = came.judge(rules, user(step), now);
        if (arrival == Arrival::completes) {
            RC_ASSERT(came.people(now).size() == 2U);
            RC_ASSERT(came.people(now)[0] != came.people(now)[1]);
            RC_ASSERT(std::ranges::count(rules.groups[1].people, user(step)) == 1);
            for (const auto& one : came.people(now))
                RC_ASSERT(std::ranges::count(rules.groups[0].people, one) == 1);
            came.clear();
        } else if (arrival == Arrival::counts) {
            came.add(rules, user(step), now);
        }
    }
}

}  // namespace
}  // namespace sallyport::core
