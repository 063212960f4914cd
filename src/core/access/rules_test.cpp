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
    rules.readers.push_back({{4}, {1}, Direction::entry});
    EXPECT_EQ(rules_of(rules, {4}, {2}), rules.readers[0]);
    EXPECT_EQ(rules_of(rules, {3}, {2}), (ReaderRules{{3}, {2}, Direction::entry}));
    EXPECT_EQ(rules_of(rules, {2}, {1}), (ReaderRules{{2}, {1}, Direction::exit}));
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
    rules.readers = {{{1}, {3}, Direction::entry}};
    EXPECT_EQ(refusal(rules), "Reader 1 is at door 3, but there are only 2 doors.");
    rules.readers = {{{1}, {1}, Direction::entry}, {{1}, {2}, Direction::exit}};
    EXPECT_EQ(refusal(rules), "Reader 1 is named twice.");
    rules = {};
    rules.interlocks = {{{0b10}, Blocks::open}};
    EXPECT_EQ(refusal(rules), "Interlock 1 needs at least two doors, but has 1.");
    rules.interlocks = {{{0b110}, Blocks::open}};
    EXPECT_EQ(refusal(rules), "Interlock 1 names door 3, but there are only 2 doors.");
}

}  // namespace
}  // namespace sallyport::core
