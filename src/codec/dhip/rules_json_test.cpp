#include "codec/dhip/rules_json.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::dhip {
namespace {

std::string written(const core::Rules& rules) {
    return boost::json::serialize(to_json(rules));
}

core::ScheduleIndex any_schedule() {
    const auto number = *rc::gen::inRange(0, 129);
    return number == 128 ? core::always : core::ScheduleIndex{static_cast<std::uint8_t>(number)};
}

std::optional<core::ScheduleIndex> perhaps_schedule() {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return any_schedule();
}

core::DoorRules any_door() {
    core::DoorRules door;
    door.always_open = perhaps_schedule();
    door.always_closed = perhaps_schedule();
    const auto periods = *rc::gen::inRange(0, 5);
    for (int i = 0; i < periods; ++i) {
        door.unlock_periods.push_back(
            {any_schedule(), *rc::gen::element(core::UnlockMode::card, core::UnlockMode::user_and_pin)});
    }
    door.pre_alarm_s = *rc::gen::inRange(0, 10'000);
    door.extended_s = *rc::gen::inRange(1, 601);
    if (*rc::gen::arbitrary<bool>()) {
        door.first_card = {any_schedule(), *rc::gen::element(core::AfterFirstCard::others_may_enter,
                                                             core::AfterFirstCard::door_stays_open)};
        door.groups.groups = {{{*base::UserId::from("a"), *base::UserId::from("b-1")}, 2}};
        door.groups.window_s = *rc::gen::inRange(1, 601);
        door.verification_s = *rc::gen::inRange(1, 121);
    }
    return door;
}

core::Rules any_rules() {
    core::Rules rules;
    const auto doors = *rc::gen::inRange(0, 5);
    for (int i = 0; i < doors; ++i) rules.doors.push_back(any_door());
    // Doors without rules at the end are not written.
    if (doors > 0) rules.doors.back().always_open = core::ScheduleIndex{7};
    if (*rc::gen::arbitrary<bool>()) {
        rules.readers.push_back({{*rc::gen::inRange<std::uint8_t>(1, 129)},
                                 {*rc::gen::inRange<std::uint8_t>(1, 65)},
                                 *rc::gen::element(core::Direction::entry, core::Direction::exit),
                                 {{*rc::gen::inRange<std::uint8_t>(0, 3)}, {3}}});
        using enum core::Passback;
        rules.areas.push_back({{*rc::gen::inRange<std::uint8_t>(1, 255)},
                               *rc::gen::element(off, hard, soft, timed),
                               *rc::gen::inRange(1, 1'441),
                               *rc::gen::element<std::optional<std::int32_t>>(std::nullopt, 0, 86'399)});
    }
    if (*rc::gen::arbitrary<bool>()) {
        rules.interlocks.push_back({{*rc::gen::arbitrary<std::uint64_t>()},
                                    *rc::gen::element(core::Blocks::open, core::Blocks::unlocked)});
    }
    return rules;
}

RC_GTEST_PROP(RulesJson, what_is_written_is_read, ()) {
    const auto rules = any_rules();
    const auto read = rules_from(written(rules));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == rules);
}

TEST(RulesJson, the_defaults_are_empty) {
    EXPECT_EQ(written({}), "{}");
    EXPECT_EQ(rules_from("{}").value(), core::Rules{});
    EXPECT_EQ(written({.doors = {core::DoorRules{}}, .readers = {}, .interlocks = {}, .areas = {}}), "{}");
}

std::string complaint(std::string_view text) {
    const auto rules = rules_from(text);
    return rules ? "" : rules.error().message;
}

TEST(RulesJson, names_the_member_that_is_wrong) {
    EXPECT_EQ(complaint("{"), "The rules are not JSON: incomplete JSON.");
    EXPECT_EQ(complaint(R"({"doors":[{"number":65}]})"),
              "doors[0].number has to be a whole number from 1 to 64.");
    EXPECT_EQ(complaint(R"({"doors":[{"number":1},{"number":1}]})"),
              "doors[1] names a door for the second time.");
    EXPECT_EQ(complaint(R"({"doors":[{"number":1,"unlock_periods":[{"schedule":0,"mode":"iris"}]}]})"),
              "doors[0].unlock_periods[0].mode does not know the word 'iris'.");
    EXPECT_EQ(complaint(R"({"readers":[{"number":1,"door":1,"direction":"none"}]})"),
              "readers[0].direction has to be entry or exit.");
    EXPECT_EQ(complaint(R"({"interlocks":[{"doors":7}]})"), "interlocks[0].doors has to be a list.");
}

}  // namespace
}  // namespace sallyport::codec::dhip
