#include "core/access/rules.hpp"

#include <gtest/gtest.h>

namespace sallyport::core {
namespace {

std::string refusal(const Rules& rules, std::size_t doors = 2) {
    const auto status = check(rules, doors);
    return status ? "" : status.error().message;
}

TEST(Rules, the_defaults_fit_every_controller) {
    EXPECT_TRUE(check({}, 1));
    EXPECT_EQ(rules_of(Rules{}, base::DoorNumber{9}), DoorRules{});
}

TEST(Rules, a_reader_is_where_the_rules_say_or_else_where_its_number_says) {
    Rules rules;
    rules.readers.push_back({{4}, {1}, Direction::entry, {}});
    EXPECT_EQ(rules_of(rules, {4}, {2}), rules.readers[0]);
    EXPECT_EQ(rules_of(rules, {3}, {2}), (ReaderRules{{3}, {2}, Direction::entry, {}}));
    EXPECT_EQ(rules_of(rules, {2}, {1}), (ReaderRules{{2}, {1}, Direction::exit, {}}));
}

TEST(Rules, an_area_that_no_reader_leads_to_is_not_there) {
    Rules rules;
    rules.areas.push_back({{1}, Passback::hard});
    EXPECT_FALSE(is_there(rules, {1}));
    EXPECT_TRUE(is_there(rules, outside));
    rules.readers.push_back({{1}, {1}, Direction::entry, {{1}, {1}}});
    EXPECT_FALSE(is_there(rules, {1})) << "from itself to itself is no way";
    rules.readers.push_back({{2}, {1}, Direction::exit, {{1}, {2}}});
    EXPECT_TRUE(is_there(rules, {1}));
    EXPECT_TRUE(is_there(rules, {2}));
    EXPECT_FALSE(is_there(rules, {3}));
}

TEST(Rules, says_what_is_wrong_and_which_range_it_has) {
    Rules rules;
    rules.doors.resize(3);
    EXPECT_EQ(refusal(rules), "There are rules for door 3, but only 2 doors.");
    rules.doors = {
        DoorRules{.always_open = {}, .always_closed = {}, .unlock_periods = {}, .extended_s = 601}};
    EXPECT_EQ(refusal(rules), "Door 1: the extended hold is 601 s, but must be 1 to 600 s.");
    rules.doors[0] = {};
    rules.doors[0].unlock_periods.resize(5);
    EXPECT_EQ(refusal(rules), "Door 1 has 5 unlock periods; the limit is 4.");
    rules = {};
    rules.readers = {{{1}, {3}, Direction::entry, {}}};
    EXPECT_EQ(refusal(rules), "Reader 1 is at door 3, but there are only 2 doors.");
    rules.readers = {{{1}, {1}, Direction::entry, {}}, {{1}, {2}, Direction::exit, {}}};
    EXPECT_EQ(refusal(rules), "Reader 1 is named twice.");
    rules = {};
    rules.interlocks = {{{0b10}, Blocks::open}};
    EXPECT_EQ(refusal(rules), "Interlock 1 needs at least two doors, but has 1.");
    rules.interlocks = {{{0b110}, Blocks::open}};
    EXPECT_EQ(refusal(rules), "Interlock 1 names door 3, but there are only 2 doors.");
}

TEST(Rules, says_what_is_wrong_with_groups_areas_and_verification) {
    const base::UserId anna = base::UserId::from("1").value();
    Rules rules;
    rules.doors = {DoorRules{}};
    rules.doors[0].verification_s = 121;
    EXPECT_EQ(refusal(rules), "Door 1: an operator is asked for 121 s, but must be for 1 to 120 s.");
    rules.doors[0] = {};
    auto& groups = rules.doors[0].groups;
    groups.groups = {{{anna}, 2}};
    EXPECT_EQ(refusal(rules), "Door 1, group 1 needs 2 people, but must need 1 to 1.");
    groups.groups = {{{}, 1}};
    EXPECT_EQ(refusal(rules), "Door 1, group 1 has 0 people, but must have 1 to 64.");
    groups.groups.assign(5, {{anna}, 1});
    EXPECT_EQ(refusal(rules), "Door 1 has 5 groups; the limit is 4.");
    groups = {{}, 601};
    EXPECT_EQ(refusal(rules), "Door 1: the time between people of a group is 601 s, but must be 1 to 600 s.");
    rules = {};
    rules.areas = {AreaRules{}};
    EXPECT_EQ(refusal(rules), "Area 0 is the outside: rules are for areas from 1 on.");
    rules.areas = {{.number = {1}}, {.number = {1}}};
    EXPECT_EQ(refusal(rules), "Area 1 is named twice.");
    rules.areas = {{.number = {1}, .passback = Passback::timed, .minutes = 0}};
    EXPECT_EQ(refusal(rules), "Area 1: the time is 0 min, but must be 1 to 1440 min.");
    rules.areas = {{.number = {1}, .reset_at_s = 86'400}};
    EXPECT_EQ(refusal(rules), "Area 1 is reset at second 86400, but a day has 86400.");
}

TEST(Rules, the_keypad_leads_where_the_readers_outside_lead) {
    Rules rules;
    const Passage in{{0}, {2}};
    rules.readers = {{{1}, {1}, Direction::exit, {{2}, {0}}}, {{2}, {1}, Direction::entry, in}};
    EXPECT_EQ(passage_of(rules, {0}, {1}), in);
    EXPECT_EQ(passage_of(rules, {1}, {1}), (Passage{{2}, {0}}));
    EXPECT_FALSE(passage_of(rules, {0}, {2}).leads());
    EXPECT_EQ(area_of(rules, in), nullptr);
    rules.areas = {{.number = {2}}};
    EXPECT_EQ(area_of(rules, in), rules.areas.data());
    EXPECT_EQ(area_of(rules, {{2}, {0}}), rules.areas.data()) << "the outside has no rules of its own";
}

}  // namespace
}  // namespace sallyport::core
