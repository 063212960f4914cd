#include "codec/dhip/person_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/dhip/plan_json.hpp"

namespace sallyport::codec::dhip {
namespace {

namespace json = boost::json;

template <class E>
E any(E last) {
    return static_cast<E>(*rc::gen::inRange<int>(0, static_cast<int>(last) + 1));
}

core::Validity any_validity() {
    core::Validity validity;
    const auto some_time = rc::gen::inRange<std::int64_t>(0, 253'402'300'799'999'999);
    if (*rc::gen::arbitrary<bool>()) validity.from.microseconds = *some_time;
    if (*rc::gen::arbitrary<bool>()) validity.to.microseconds = *some_time;
    if (validity.to < validity.from) std::swap(validity.from, validity.to);
    return validity;
}

core::ScheduleIndex any_schedule() {
    const auto number = *rc::gen::inRange(0, 129);
    return number == 128 ? core::always : core::ScheduleIndex{static_cast<std::uint8_t>(number)};
}

base::Secret any_digits(int least) {
    return base::Secret(*rc::gen::suchThat(
        rc::gen::container<std::string>(rc::gen::inRange<char>('0', '9' + 1)), [least](const auto& text) {
            return text.size() >= static_cast<std::size_t>(least) && text.size() <= 8;
        }));
}

WirePerson any_person() {
    WirePerson wire;
    auto& person = wire.person;
    person.user_id = *base::UserId::from(std::to_string(*rc::gen::arbitrary<std::uint32_t>()));
    person.type = any(core::UserType::extended_time);
    person.validity = any_validity();
    if (*rc::gen::arbitrary<bool>()) {
        person.uses_left = *rc::gen::arbitrary<std::uint32_t>();
        person.uses_series.value = *rc::gen::arbitrary<std::uint64_t>();
    }
    if (*rc::gen::arbitrary<bool>()) wire.pin = any_digits(1);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        person.cards.push_back({{*rc::gen::arbitrary<std::uint64_t>()},
                                any(core::CardType::duress),
                                any(core::CardStatus::frozen)});
    }
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const core::RightEnd end{*rc::gen::element(UINT32_MAX, *rc::gen::arbitrary<std::uint32_t>())};
        person.rights.push_back(
            {{*rc::gen::arbitrary<std::uint64_t>()}, any_schedule(), any(core::RightKind::deny), end});
    }
    person.tag.value = *rc::gen::arbitrary<std::uint64_t>();
    return wire;
}

bool same(const std::optional<base::Secret>& a, const std::optional<base::Secret>& b) {
    return a.has_value() == b.has_value() && (!a || a->equals(*b));
}

RC_GTEST_PROP(People, come_through, ()) {
    const auto sent = any_person();
    const auto received = person_from(json::parse(json::serialize(to_json(sent))));
    RC_ASSERT(received.has_value());
    RC_ASSERT(received->person == sent.person);
    RC_ASSERT(same(received->pin, sent.pin));
}

RC_GTEST_PROP(People, come_through_in_batches, ()) {
    const auto people = *rc::gen::container<std::vector<WirePerson>>(rc::gen::exec(any_person));
    RosterUpdate update{
        people, {*base::UserId::from("gone")}, *rc::gen::element(core::People::lost, core::People::known)};
    const auto received = roster_update_from(to_json(update));
    RC_ASSERT(received.has_value());
    RC_ASSERT(received->remove == update.remove);
    RC_ASSERT(received->after == update.after);
    RC_ASSERT(received->upsert.size() == people.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
        RC_ASSERT(received->upsert[i].person == people[i].person);
    }
}

std::string complaint(std::string_view text) {
    return person_from(json::parse(text)).error().message;
}

TEST(People, a_wrong_member_is_named_and_a_pin_is_not_repeated) {
    EXPECT_EQ(complaint(R"({})"), "user_id is missing: it has to be a text.");
    EXPECT_EQ(complaint(R"({"user_id":"a b"})"),
              "user_id has to be a user ID (1 to 31 of A-Z a-z 0-9 - _ .).");
    EXPECT_EQ(complaint(R"({"user_id":"1","pin":"12345678x"})"), "pin has to have 1 to 8 digits.");
    EXPECT_EQ(complaint(R"({"user_id":"1","cards":[{"number":"G"}]})"),
              "cards[0].number has to be a card number: 8 or 16 hexadecimal digits.");
    EXPECT_EQ(complaint(R"({"user_id":"1","rights":[{"doors":[1,65]}]})"),
              "rights[0].doors[1] has to be a whole number from 1 to 64.");
    EXPECT_EQ(complaint(R"({"user_id":"1","rights":[{"doors":[1]}]})"),
              "rights[0].schedule is missing: it has to be a whole number from 0 to 255.");
    EXPECT_EQ(complaint(R"({"user_id":"1","rights":[{"doors":[1],"schedule":255}]})"),
              "rights[0].kind is missing: it has to be a text.");
    EXPECT_EQ(complaint(R"({"user_id":"1","tag":"1"})"), "tag has to be 16 hexadecimal digits.");
    EXPECT_EQ(complaint(R"({"user_id":"1","uses":4294967296})"),
              "uses has to be a whole number from 0 to 4294967295.");
    EXPECT_EQ(complaint(R"({"user_id":"1","uses":3})"), "uses_series is missing: it has to be a text.");
}

TEST(People, a_batch_past_its_limit_is_refused) {
    json::object params{{"remove", json::array(1'001, "1")}};
    EXPECT_EQ(roster_update_from(params).error().message, "remove has 1001 elements; 1000 are the limit.");
}

TEST(People, what_is_left_out_has_its_default) {
    const auto wire = person_from(json::parse(R"({"user_id":"1","colour":1})"));
    ASSERT_TRUE(wire);
    EXPECT_EQ(wire->person.validity, core::Validity{});
    EXPECT_FALSE(wire->person.uses_left);
    EXPECT_FALSE(wire->pin);
    EXPECT_TRUE(wire->person.rights.empty());
}

TEST(People, a_right_without_doors_is_never_a_right_at_every_door) {
    EXPECT_EQ(complaint(R"({"user_id":"1","rights":[{"schedule":255,"kind":"allow"}]})"),
              "rights[0].doors is missing: it has to be a list.");
    EXPECT_EQ(complaint(R"({"user_id":"1","rights":[{"doors":null,"schedule":255,"kind":"allow"}]})"),
              "rights[0].doors is missing: it has to be a list.");
    const auto wire =
        person_from(json::parse(R"({"user_id":"1","rights":[{"doors":[],"schedule":255,"kind":"allow"}]})"));
    ASSERT_TRUE(wire);
    EXPECT_EQ(wire->person.rights.at(0), (core::Right{core::DoorSet{}, core::always, {}}));
}

core::Day any_day() {
    core::Day day;
    for (std::int32_t from = *rc::gen::inRange(0, 80'000); from < 86'400 && day.size() < 6;) {
        const auto to = *rc::gen::inRange(from + 1, 86'401);
        day.push_back({from, to});
        from = to + 600;
    }
    return day;
}

core::Calendar any_calendar() {
    core::Calendar calendar;
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        auto& schedule = calendar.schedules.emplace_back();
        for (auto& day : schedule.week) day = any_day();
        schedule.holidays =
            *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
    }
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        const auto first = *rc::gen::inRange(-700'000, 2'900'000);
        calendar.holidays.push_back({{{{first}, {first + *rc::gen::inRange(0, 30)}}}, any_day()});
    }
    return calendar;
}

RC_GTEST_PROP(Plans, come_through, ()) {
    WirePlan sent;
    sent.revision = *rc::gen::arbitrary<std::uint64_t>();
    if (*rc::gen::arbitrary<bool>()) sent.zone = "Europe/Berlin";
    if (*rc::gen::arbitrary<bool>()) sent.duress = any(core::Duress::on);
    if (*rc::gen::arbitrary<bool>()) sent.calendar = any_calendar();
    if (*rc::gen::arbitrary<bool>()) {
        sent.doors = {
            {{1}, *rc::gen::inRange(1, 601), any(core::UnlockMode::card_or_user_and_pin), {}, {}, {}},
            {{2}, {}, {}, any(core::Detector::on), *rc::gen::inRange(1, 10'000), core::always}};
    }
    if (*rc::gen::arbitrary<bool>()) {
        sent.public_passwords.emplace().push_back(
            {7, any_digits(1), {*rc::gen::arbitrary<std::uint64_t>()}, any_validity(), 3, {9}});
    }
    if (*rc::gen::arbitrary<bool>()) sent.keypad_password = any_digits(6);

    const auto plan = plan_from(json::parse(json::serialize(to_json(sent))));
    RC_ASSERT(plan.has_value());
    RC_ASSERT(plan->revision == sent.revision);
    RC_ASSERT(plan->zone == sent.zone);
    RC_ASSERT(plan->duress == sent.duress);
    RC_ASSERT(plan->calendar == sent.calendar);
    RC_ASSERT(plan->doors == sent.doors);
    RC_ASSERT(same(plan->keypad_password, sent.keypad_password));
    RC_ASSERT(plan->public_passwords.has_value() == sent.public_passwords.has_value());
    if (sent.public_passwords) {
        const auto& a = sent.public_passwords->at(0);
        const auto& b = plan->public_passwords->at(0);
        RC_ASSERT(a.number == b.number);
        RC_ASSERT(a.code.equals(b.code));
        RC_ASSERT(a.doors == b.doors);
        RC_ASSERT(a.validity == b.validity);
        RC_ASSERT(a.uses_left == b.uses_left);
        RC_ASSERT(a.uses_series == b.uses_series);
    }
}

std::string plan_complaint(std::string_view text) {
    return plan_from(json::parse(text)).error().message;
}

TEST(Plans, a_wrong_member_is_named) {
    EXPECT_EQ(plan_complaint(R"({})"),
              "revision is missing: it has to be a whole number from 0 to "
              "18446744073709551615.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"doors":[{"number":1,"hold_s":601}]})"),
              "doors[0].hold_s has to be a whole number from 1 to 600.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"doors":[{"number":1},{"number":1}]})"),
              "doors[1] names a door for the second time.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"calendar":{"schedules":[{"week":[]}],"holidays":[]}})"),
              "calendar.schedules[0].week has to be a list of 7.");
    EXPECT_EQ(
        plan_complaint(R"({"revision":1,"calendar":{"schedules":[{"week":[[[60,60]],[],[],[],[],[],[]]}],)"
                       R"("holidays":[]}})"),
        "calendar.schedules[0].week[0][0][1] has to be a whole number from 61 to 86400.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"calendar":{"schedules":[],"holidays":[)"
                             R"({"dates":[["2026-12-26","2026-12-24"]]}]}})"),
              "calendar.holidays[0].dates[0] ends before it begins.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"keypad_password":"12345"})"),
              "keypad_password has to have 6 to 8 digits.");
    EXPECT_EQ(plan_complaint(R"({"revision":1,"public_passwords":[{"number":1,"code":"4321"}]})"),
              "public_passwords[0].doors is missing: it has to be a list.");
}

TEST(Plans, what_they_leave_out_of_a_door_stays) {
    const core::DoorSettings now{5, core::UnlockMode::card_and_pin, core::Detector::on, 90, {3}};
    EXPECT_EQ(merged(now, {}), now);
    WireDoorSettings wire;
    wire.hold_s = 7;
    EXPECT_EQ(merged(now, wire),
              (core::DoorSettings{7, core::UnlockMode::card_and_pin, core::Detector::on, 90, {3}}));
}

}  // namespace
}  // namespace sallyport::codec::dhip
