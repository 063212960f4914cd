// The table of device-protocol.md, Enumerations, line by line.
#include "codec/cgi/numbers.hpp"

#include <boost/mp11/algorithm.hpp>
#include <gtest/gtest.h>

#include "base/enum_text.hpp"

namespace sallyport::codec::cgi {

namespace {

core::Record record(core::Method method, core::Reason reason = core::Reason::none) {
    core::Record made;
    made.method = method;
    made.reason = reason;
    return made;
}

int code(core::Reason reason) {
    return error_code(record(core::Method::user_and_pin, reason));
}

}  // namespace

TEST(DialectNumbers, methods_of_records) {
    EXPECT_EQ(method_number(record(core::Method::card)), 1);
    EXPECT_EQ(method_number(record(core::Method::card_and_pin)), 2);
    EXPECT_EQ(method_number(record(core::Method::remote)), 4);
    EXPECT_EQ(method_number(record(core::Method::exit_button)), 5);
    EXPECT_EQ(method_number(record(core::Method::public_password)), 20);
    EXPECT_EQ(method_number(record(core::Method::user_and_pin)), 21);
    auto duress = record(core::Method::user_and_pin);
    duress.flags.duress = true;
    EXPECT_EQ(method_number(duress), 13);
    auto last = record(core::Method::card);
    last.trace.push_back({core::Rule::group, core::RuleOutcome::passed, 2});
    last.result = core::AccessResult::granted;
    EXPECT_EQ(method_number(last), 11);
    last.result = core::AccessResult::denied;
    EXPECT_EQ(method_number(last), 1);
}

TEST(DialectNumbers, every_reason_has_its_error_code) {
    using core::Reason;
    EXPECT_EQ(code(Reason::none), 0);
    EXPECT_EQ(code(Reason::unknown_card), 16);
    EXPECT_EQ(code(Reason::card_lost), 17);
    EXPECT_EQ(code(Reason::no_permission), 18);
    EXPECT_EQ(code(Reason::wrong_unlock_mode), 19);
    EXPECT_EQ(code(Reason::expired), 20);
    EXPECT_EQ(code(Reason::anti_passback), 21);
    EXPECT_EQ(code(Reason::door_always_closed), 23);
    EXPECT_EQ(code(Reason::interlock), 24);
    EXPECT_EQ(code(Reason::patrol_only), 25);
    EXPECT_EQ(code(Reason::outside_schedule), 32);
    EXPECT_EQ(code(Reason::holiday), 33);
    EXPECT_EQ(code(Reason::first_card_required), 48);
    EXPECT_EQ(code(Reason::pin_timeout), 65);
    EXPECT_EQ(code(Reason::group_order), 80);
    EXPECT_EQ(code(Reason::more_people_required), 81);
    EXPECT_EQ(code(Reason::verification_timeout), 96);
    EXPECT_EQ(code(Reason::wrong_pin), 16);
    auto with_card = record(core::Method::card_and_pin, Reason::wrong_pin);
    with_card.card = base::CardNumber{1};
    EXPECT_EQ(error_code(with_card), 64);
    auto under_duress = record(core::Method::user_and_pin, Reason::outside_schedule);
    under_duress.flags.duress = true;
    under_duress.result = core::AccessResult::denied;
    EXPECT_EQ(error_code(under_duress), 22);
    under_duress.result = core::AccessResult::granted;
    under_duress.reason = Reason::none;
    EXPECT_EQ(error_code(under_duress), 0);
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Reason>>([](auto one) {
        EXPECT_EQ(code(one.value) == 0, one.value == Reason::none) << one.name << " refuses";
    });
}

TEST(DialectNumbers, unlock_modes_cards_and_people_come_back) {
    using core::UnlockMode;
    for (const auto [mode, number] : {std::pair{UnlockMode::card, 1},
                                      {UnlockMode::card_or_user_and_pin, 2},
                                      {UnlockMode::card_and_pin, 3},
                                      {UnlockMode::user_and_pin, 16}}) {
        EXPECT_EQ(unlock_mode_number(mode, {}), number);
        EXPECT_EQ(unlock_mode_from(number), mode);
    }
    for (const int other : {0, 5, 11, 17, -1}) EXPECT_FALSE(unlock_mode_from(other)) << other;
    core::DoorRules rules;
    rules.groups.groups.emplace_back();
    EXPECT_EQ(unlock_mode_number(UnlockMode::card, rules), 11);
    rules.unlock_periods.emplace_back();
    EXPECT_EQ(unlock_mode_number(UnlockMode::card, rules), 5);
    for (int type = 0; type <= 5; ++type) {
        EXPECT_EQ(card_type_number(card_type_from(type).value()), type);
        EXPECT_EQ(static_cast<int>(user_type_from(type).value()), type);
    }
    for (const int other : {-1, 6, 255}) {
        EXPECT_FALSE(card_type_from(other)) << other;
        EXPECT_FALSE(user_type_from(other)) << other;
    }
    for (const auto bits : {0, 1, 2, 4}) EXPECT_EQ(card_status_bits(card_status_from(bits).value()), bits);
    EXPECT_EQ(card_status_from(8), core::CardStatus::frozen);
    EXPECT_EQ(card_status_from(16), core::CardStatus::frozen);
    EXPECT_EQ(card_status_from(7), core::CardStatus::lost);
    EXPECT_FALSE(card_status_from(32));
}

TEST(DialectNumbers, alarms_have_their_event_codes) {
    using core::Alarm;
    core::Record alarm;
    alarm.kind = core::RecordKind::alarm_started;
    for (const auto& [kind, word] : {std::pair{Alarm::intrusion, "BreakIn"},
                                     {Alarm::overtime, "DoorNotClosed"},
                                     {Alarm::duress, "Duress"},
                                     {Alarm::tamper, "ChassisIntruded"},
                                     {Alarm::illegal_card, "MaliciousAccessControl"},
                                     {Alarm::blocklist, "AccessControlBlacklist"},
                                     {Alarm::fire, "AlarmLocal"}}) {
        alarm.alarm = kind;
        ASSERT_TRUE(event_of(alarm));
        EXPECT_EQ(event_of(alarm)->code, word);
        EXPECT_EQ(event_of(alarm)->action, "Start");
    }
    alarm.kind = core::RecordKind::alarm_ended;
    EXPECT_EQ(event_of(alarm)->action, "Stop");
    core::Record access;
    EXPECT_EQ(event_of(access)->code, "AccessControl");
    access.reason = core::Reason::anti_passback;
    EXPECT_EQ(event_of(access)->code, "RepeatEnter");
    access.kind = core::RecordKind::door_opened;
    EXPECT_EQ(event_of(access)->code, "DoorStatus");
    access.kind = core::RecordKind::login;
    EXPECT_FALSE(event_of(access));
}

}  // namespace sallyport::codec::cgi
