#include <algorithm>
#include <functional>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/enum_text.hpp"
#include "core/access/decide_world.hpp"

namespace sallyport::core {
namespace {

TEST(Decide, grants_when_all_is_well) {
    EXPECT_EQ(World().with_card().decide().outcome, Outcome::granted);
    EXPECT_EQ(World().with_card_and_pin().decide().outcome, Outcome::granted);
    EXPECT_EQ(World().with_user_and_pin().decide().outcome, Outcome::granted);
    EXPECT_EQ(World().with_public_password().decide().outcome, Outcome::granted);
    EXPECT_EQ(World().with_card().reason(), Reason::none);
}

// ---------------------------------------------------------------- the order of the reasons (A2)

struct Fault {
    Reason reason;
    std::function<void(World&)> make;
};
/// Faults that exclude each other stand in one row; rows are in the order of Reason.
using FaultTable = std::vector<std::vector<Fault>>;

void add_faults_of_rights(FaultTable& table) {
    table.push_back({{Reason::denied_by_rule, [](World& w) {
                          w.person.rights.push_back({DoorSet::all(), always, RightKind::deny});
                      }}});
    table.push_back({{Reason::no_permission, [](World& w) {
                          std::erase_if(w.person.rights,
                                        [](const Right& r) { return r.kind == RightKind::allow; });
                      }}});
    const auto only_during = [](ScheduleIndex schedule) {
        return [schedule](World& w) {
            for (Right& right : w.person.rights) {
                if (right.kind == RightKind::allow) right.schedule = schedule;
            }
        };
    };
    const auto lose_clock = [](World& w) {
        w.now.trust = base::ClockTrust::not_set;
        w.settings.doors[0].schedule = working_hours;
    };
    table.push_back({{Reason::clock_invalid, lose_clock},
                     {Reason::outside_schedule, only_during(never)},
                     {Reason::holiday, only_during(closed_today)},
                     {Reason::outside_schedule, [](World& w) { w.settings.doors[0].schedule = never; }},
                     {Reason::holiday, [](World& w) { w.settings.doors[0].schedule = closed_today; }}});
    table.push_back({{Reason::patrol_only, [](World& w) { w.person.type = UserType::patrol; }}});
    table.push_back(
        {{Reason::lockdown, [](World& w) { w.situation.mode = DoorMode::lockdown; }},
         {Reason::door_always_closed, [](World& w) { w.situation.mode = DoorMode::always_closed; }}});
    table.push_back({{Reason::interlock, [](World& w) { w.situation.blocked_by = base::DoorNumber{2}; }}});
    table.push_back({{Reason::anti_passback, [](World& w) {
                          w.settings.rules.readers = {{{1}, door_1, Direction::entry, {outside, {1}}}};
                          w.settings.rules.areas = {{.number = {1}, .passback = Passback::hard}};
                          w.positions.move(w.person.user_id, {{1}, w.now.utc, 0, w.now.instant});
                      }}});
    table.push_back(
        {{Reason::first_card_required, [](World& w) { w.door_rules().first_card = FirstCardRule{always}; }}});
    table.push_back({{Reason::group_order,
                      [](World& w) { w.door_rules().groups.groups = {{{user("7"), user("8")}, 1}}; }},
                     {Reason::more_people_required,
                      [](World& w) { w.door_rules().groups.groups = {{{user("1001"), user("8")}, 2}}; }}});
    const auto said = [](Verification answer) {
        return [answer](World& w) {
            w.door_rules().verification_s = 20;
            w.attempt.verification = answer;
        };
    };
    table.push_back({{Reason::verification_denied, said(Verification::denied)},
                     {Reason::verification_timeout, said(Verification::unanswered)}});
}

FaultTable faults_of_card_and_pin() {
    const auto status = [](CardStatus value) {
        return [value](World& w) { w.person.cards[0].status = value; };
    };
    FaultTable table{
        {{Reason::reader_mode, [](World& w) { w.situation.working_mode = WorkingMode::reader; }}},
        {{Reason::keypad_locked, [](World& w) { w.situation.keypad = KeypadLock::locked; }}},
        {{Reason::unknown_card, [](World& w) { w.attempt.card = base::CardNumber{0xB2}; }}},
        {{Reason::blocklisted, [](World& w) { w.person.cards[0].type = CardType::blocklist; }}},
        {{Reason::card_lost, status(CardStatus::lost)},
         {Reason::card_frozen, status(CardStatus::frozen)},
         {Reason::card_cancelled, status(CardStatus::cancelled)}},
        {{Reason::not_yet_valid, [](World& w) { w.person.validity.from = {w.now.utc.microseconds + 1}; }},
         {Reason::expired, [](World& w) { w.person.validity.to = w.now.utc; }}},
        {{Reason::uses_exhausted, [](World& w) { w.person.uses_left = 0; }}},
        {{Reason::wrong_unlock_mode, [](World& w) { w.mode(UnlockMode::user_and_pin); }}},
        {{Reason::wrong_pin, [](World& w) { w.attempt.pin = digits("54321"); }},
         {Reason::wrong_pin, [](World& w) { w.person.pin.reset(); }},
         {Reason::pin_timeout, [](World& w) {
              w.attempt.pin.reset();
              w.attempt.pin_timed_out = true;
          }}}};
    add_faults_of_rights(table);
    return table;
}

FaultTable faults_of_user_and_pin() {
    FaultTable table = faults_of_card_and_pin();
    std::erase_if(table, [](const std::vector<Fault>& row) {
        return row[0].reason == Reason::card_lost || row[0].reason == Reason::blocklisted;
    });
    table[2] = {{Reason::unknown_user, [](World& w) { w.attempt.user = user("1002"); }}};
    for (auto& row : table) {
        if (row[0].reason != Reason::wrong_unlock_mode) continue;
        row = {{Reason::wrong_unlock_mode, [](World& w) { w.mode(UnlockMode::card); }},
               {Reason::wrong_unlock_mode, [](World& w) { w.mode(UnlockMode::card_and_pin); }}};
    }
    return table;
}

/// A clock that is not set cannot tell whether a validity has passed.
bool judged_together(const Fault& a, const Fault& b) {
    const auto is_validity = [](Reason r) { return r == Reason::not_yet_valid || r == Reason::expired; };
    return !(is_validity(a.reason) && b.reason == Reason::clock_invalid) &&
           !(is_validity(b.reason) && a.reason == Reason::clock_invalid);
}

void expect_first_fault_wins(const World& well, const FaultTable& table) {
    for (std::size_t first = 0; first < table.size(); ++first) {
        for (const Fault& fault : table[first]) {
            World one = well;
            fault.make(one);
            EXPECT_EQ(one.reason(), fault.reason) << base::text_of(fault.reason);
            EXPECT_EQ(one.decide().outcome, Outcome::denied);
            for (std::size_t second = first + 1; second < table.size(); ++second) {
                for (const Fault& later : table[second]) {
                    if (!judged_together(fault, later)) continue;
                    World both = one;
                    later.make(both);
                    EXPECT_EQ(both.reason(), fault.reason)
                        << base::text_of(fault.reason) << " and " << base::text_of(later.reason);
                }
            }
        }
    }
}

TEST(DecideOrder, the_first_of_two_faults_is_reported_for_card_and_pin) {
    expect_first_fault_wins(World().with_card_and_pin(), faults_of_card_and_pin());
}

TEST(DecideOrder, the_first_of_two_faults_is_reported_for_user_and_pin) {
    expect_first_fault_wins(World().with_user_and_pin(), faults_of_user_and_pin());
}

void first_of_any_faults_wins(const World& well, const FaultTable& table) {
    World world = well;
    std::vector<Fault> made;
    for (const auto& row : table) {
        if (*rc::gen::arbitrary<bool>()) continue;
        const Fault fault = row[*rc::gen::inRange<std::size_t>(0, row.size())];
        if (!std::ranges::all_of(made, [&](const Fault& other) { return judged_together(fault, other); }))
            continue;
        fault.make(world);
        made.push_back(fault);
    }
    const Reason expected = made.empty() ? Reason::none : made.front().reason;
    RC_ASSERT(world.reason() == expected);
}

RC_GTEST_PROP(DecideOrderProperty, the_first_of_any_faults_is_reported, ()) {
    first_of_any_faults_wins(World().with_card_and_pin(), faults_of_card_and_pin());
    first_of_any_faults_wins(World().with_user_and_pin(), faults_of_user_and_pin());
}

// ---------------------------------------------------------------- unlock modes (K7, K13, A8)

TEST(DecideUnlockMode, decides_which_credentials_count) {
    using enum UnlockMode;
    struct Row {
        UnlockMode mode;
        Outcome card;
        Reason card_reason;
        Reason user_and_pin;
    };
    for (const Row& row : {Row{card, Outcome::granted, Reason::none, Reason::wrong_unlock_mode},
                           Row{card_and_pin, Outcome::needs_pin, Reason::none, Reason::wrong_unlock_mode},
                           Row{user_and_pin, Outcome::denied, Reason::wrong_unlock_mode, Reason::none},
                           Row{card_or_user_and_pin, Outcome::granted, Reason::none, Reason::none}}) {
        const auto by_card = World().with_card().mode(row.mode).decide();
        EXPECT_EQ(by_card.outcome, row.card) << base::text_of(row.mode);
        EXPECT_EQ(by_card.reason, row.card_reason) << base::text_of(row.mode);
        EXPECT_EQ(World().with_user_and_pin().mode(row.mode).reason(), row.user_and_pin);
        EXPECT_EQ(World().with_public_password().mode(row.mode).reason(), Reason::none);
    }
}

TEST(DecideUnlockMode, asks_for_no_pin_after_an_earlier_fault) {
    World world = World().with_card().mode(UnlockMode::card_and_pin);
    world.person.cards[0].status = CardStatus::lost;
    EXPECT_EQ(world.reason(), Reason::card_lost);
}

TEST(DecideUnlockMode, asks_for_the_pin_before_it_tells_of_permissions) {
    World world = World().with_card().mode(UnlockMode::card_and_pin);
    world.person.rights.clear();
    EXPECT_EQ(world.decide().outcome, Outcome::needs_pin);
    world.person.pin.reset();
    EXPECT_EQ(world.decide().outcome, Outcome::needs_pin);
}

TEST(DecideUnlockMode, a_locked_keypad_leaves_the_card_alone) {
    World world = World().with_card();
    world.situation.keypad = KeypadLock::locked;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    world.mode(UnlockMode::card_and_pin);
    EXPECT_EQ(world.reason(), Reason::keypad_locked);
    world = World().with_public_password();
    world.situation.keypad = KeypadLock::locked;
    EXPECT_EQ(world.reason(), Reason::keypad_locked);
}

TEST(Decide, nobody_is_behind_other_methods_or_an_empty_attempt) {
    for (const Method method : {Method::none, Method::remote, Method::exit_button, Method::keypad}) {
        World world = World().with_card();
        world.attempt.method = method;
        EXPECT_EQ(world.reason(), Reason::unknown_user);
    }
    World world;
    world.attempt.method = Method::card;
    EXPECT_EQ(world.reason(), Reason::unknown_card);
    world.attempt.method = Method::user_and_pin;
    EXPECT_EQ(world.reason(), Reason::unknown_user);
    world.attempt.method = Method::public_password;
    EXPECT_EQ(world.reason(), Reason::unknown_user);
}

TEST(Decide, a_door_that_the_settings_do_not_have_never_opens) {
    for (const std::uint8_t number : {0, 2, 64, 65, 255}) {
        World world = World().with_card();
        world.person.rights = {{DoorSet::all()}};
        world.attempt.door = {number};
        EXPECT_EQ(world.reason(), Reason::no_permission) << int{number};
    }
}

TEST(Decide, a_right_whose_schedule_is_missing_fails_closed) {
    constexpr ScheduleIndex missing{7};
    World world = World().with_card();
    world.person.rights.push_back({DoorSet::all(), missing, RightKind::deny});
    EXPECT_EQ(world.reason(), Reason::denied_by_rule);
    world.person.rights = {{DoorSet::all(), missing}};
    EXPECT_EQ(world.reason(), Reason::outside_schedule);
}

// ---------------------------------------------------------------- types (A2, A3)

TEST(DecideType, the_stricter_of_user_and_card_counts) {
    World world = World().with_card();
    world.person.type = UserType::vip;
    world.person.cards[0].type = CardType::blocklist;
    EXPECT_EQ(world.reason(), Reason::blocklisted);
    world.person.type = UserType::blocklist;
    world.person.cards[0].type = CardType::vip;
    EXPECT_EQ(world.reason(), Reason::blocklisted);
    world.person.type = UserType::patrol;
    EXPECT_EQ(world.reason(), Reason::patrol_only);
    world.person.type = UserType::general;
    world.person.cards[0].type = CardType::patrol;
    EXPECT_EQ(world.reason(), Reason::patrol_only);
    EXPECT_TRUE(world.decide().flags.patrol);
}

TEST(DecideType, vip_is_granted_and_flagged) {
    World world = World().with_card();
    EXPECT_FALSE(world.decide().flags.vip);
    world.person.type = UserType::vip;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_TRUE(world.decide().flags.vip);
    world.person.type = UserType::extended_time;
    world.person.cards[0].type = CardType::vip;
    EXPECT_TRUE(world.decide().flags.vip);
}

TEST(DecideType, a_patrol_without_permission_is_told_that) {
    World world = World().with_card();
    world.person.type = UserType::patrol;
    world.person.rights.clear();
    EXPECT_EQ(world.reason(), Reason::no_permission);
    EXPECT_TRUE(world.decide().flags.patrol);
}

TEST(DecideType, uses_and_validity_hold_for_a_guest) {
    World world = World().with_card();
    world.person.type = UserType::guest;
    world.person.uses_left = 1;
    world.person.validity = {world.now.utc, {world.now.utc.microseconds + 1}};
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    world.now.utc.microseconds += 1;
    EXPECT_EQ(world.reason(), Reason::expired);
    world.now.utc.microseconds -= 2;
    EXPECT_EQ(world.reason(), Reason::not_yet_valid);
}

// ---------------------------------------------------------------- duress (A3, A4)

TEST(DecideDuress, is_off_until_enabled) {
    World world = World().with_user_and_pin("12346");
    EXPECT_EQ(world.reason(), Reason::wrong_pin);
    EXPECT_FALSE(world.decide().flags.duress);
    world.settings.duress = Duress::on;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_TRUE(world.decide().flags.duress);
}

TEST(DecideDuress, the_last_digit_turns_over_without_a_carry) {
    World world = World().with_user_and_pin("56780");
    world.settings.duress = Duress::on;
    world.person.pin = hash_pin(world.key, world.person.user_id, digits("56789"));
    EXPECT_TRUE(world.decide().flags.duress);
    world.attempt.pin = digits("56790");
    EXPECT_FALSE(world.decide().flags.duress);
    EXPECT_EQ(world.reason(), Reason::wrong_pin);
}

TEST(DecideDuress, user_and_duress_pin_alarms_in_every_unlock_mode) {
    for (const UnlockMode mode : {UnlockMode::card, UnlockMode::card_and_pin, UnlockMode::user_and_pin,
                                  UnlockMode::card_or_user_and_pin}) {
        World world = World().with_user_and_pin("12346").mode(mode);
        world.settings.duress = Duress::on;
        EXPECT_TRUE(world.decide().flags.duress) << base::text_of(mode);
        EXPECT_EQ(world.reason(), World().with_user_and_pin().mode(mode).reason());
        world.attempt.pin = digits("12345");
        EXPECT_FALSE(world.decide().flags.duress);
    }
}

TEST(DecideDuress, a_duress_card_opens_and_is_flagged_even_when_refused) {
    World world = World().with_card();
    world.person.cards[0].type = CardType::duress;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_TRUE(world.decide().flags.duress);
    world.person.rights.clear();
    EXPECT_EQ(world.reason(), Reason::no_permission);
    EXPECT_TRUE(world.decide().flags.duress);
}

void same_but_for_the_flag(World world, const FaultTable& table) {
    world.settings.duress = Duress::on;
    for (const auto& row : table) {
        const Fault& fault = row[*rc::gen::inRange<std::size_t>(0, row.size())];
        const bool spoils_pin = fault.reason == Reason::wrong_pin || fault.reason == Reason::pin_timeout ||
                                fault.reason == Reason::unknown_card || fault.reason == Reason::unknown_user;
        if (!spoils_pin && *rc::gen::inRange(0, 4) == 3) fault.make(world);
    }
    World::Answer truth = world.decide();
    RC_ASSERT(!truth.flags.duress);
    world.attempt.pin = digits("12346");
    truth.flags.duress = true;
    RC_ASSERT(world.decide() == truth);
}

RC_GTEST_PROP(DecideDuressProperty, a_duress_pin_differs_from_the_true_one_by_the_flag_alone, ()) {
    same_but_for_the_flag(World().with_card_and_pin(), faults_of_card_and_pin());
    same_but_for_the_flag(World().with_user_and_pin(), faults_of_user_and_pin());
}

// ---------------------------------------------------------------- public passwords (K13)

TEST(DecidePublicPassword, its_own_doors_validity_and_uses_apply) {
    World world = World().with_public_password();
    PublicPassword& code = world.public_passwords[0];
    code.doors = DoorSet::only({2});
    EXPECT_EQ(world.reason(), Reason::no_permission);
    code.doors = PublicPassword{}.doors;
    EXPECT_EQ(world.reason(), Reason::no_permission);
    code.uses_left = 0;
    EXPECT_EQ(world.reason(), Reason::uses_exhausted);
    code.validity.to = world.now.utc;
    EXPECT_EQ(world.reason(), Reason::expired);
    world.attempt.pin = digits("4712");
    EXPECT_EQ(world.reason(), Reason::unknown_user);
}

TEST(DecidePublicPassword, the_door_still_has_its_schedule_and_mode) {
    World world = World().with_public_password();
    world.situation.mode = DoorMode::lockdown;
    EXPECT_EQ(world.reason(), Reason::lockdown);
    world.settings.doors[0].schedule = never;
    EXPECT_EQ(world.reason(), Reason::outside_schedule);
}

TEST(DecidePublicPassword, is_nobodys_pin_and_nobodys_pin_is_one) {
    World world = World().with_public_password();
    world.attempt.method = Method::user_and_pin;
    world.attempt.user = user("1001");
    world.mode(UnlockMode::user_and_pin);
    EXPECT_EQ(world.reason(), Reason::wrong_pin);
    world = World().with_public_password("12345");
    EXPECT_EQ(world.reason(), Reason::unknown_user);
}

// ---------------------------------------------------------------- the clock (A5)

TEST(DecideClock, without_a_clock_always_rights_work) {
    World world = World().with_card();
    world.now.trust = base::ClockTrust::not_set;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    world.person.rights.push_back({DoorSet::all(), working_hours});
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
}

TEST(DecideClock, without_a_clock_whatever_needs_one_is_refused) {
    const auto refused = [](const std::function<void(World&)>& change) {
        World world = World().with_card();
        world.now.trust = base::ClockTrust::not_set;
        change(world);
        return world.reason() == Reason::clock_invalid;
    };
    EXPECT_TRUE(refused([](World& w) { w.person.rights[0].schedule = working_hours; }));
    EXPECT_TRUE(refused([](World& w) { w.settings.doors[0].schedule = working_hours; }));
    EXPECT_TRUE(refused([](World& w) { w.person.validity.from = {0}; }));
    EXPECT_TRUE(
        refused([](World& w) { w.person.rights.push_back({DoorSet::all(), never, RightKind::deny}); }));
}

// ---------------------------------------------------------------- the trace

Trace trace_of(std::initializer_list<TraceStep> steps) {
    Trace trace;
    for (const TraceStep& step : steps) trace.push_back(step);
    return trace;
}

TEST(DecideTrace, shows_every_rule_that_was_looked_at) {
    using enum RuleOutcome;
    World world = World().with_card();
    world.person.rights = {{DoorSet::all(), never}, {DoorSet::all(), working_hours}};
    world.person.uses_left = 3;
    EXPECT_EQ(world.decide().trace, trace_of({{Rule::working_mode, passed},
                                              {Rule::keypad_lock, not_applicable},
                                              {Rule::credential, passed},
                                              {Rule::blocklist, passed},
                                              {Rule::card_status, passed},
                                              {Rule::validity, not_applicable},
                                              {Rule::uses, passed, 3},
                                              {Rule::unlock_mode, passed, 0},
                                              {Rule::pin, not_applicable},
                                              {Rule::deny_rights, passed},
                                              {Rule::rights, passed, 0},
                                              {Rule::schedule, passed, 255},
                                              {Rule::patrol, not_applicable},
                                              {Rule::door_mode, passed, 0},
                                              {Rule::interlock, not_applicable},
                                              {Rule::anti_passback, not_applicable},
                                              {Rule::first_card, not_applicable},
                                              {Rule::group, not_applicable},
                                              {Rule::verification, not_applicable}}));
    world.person.rights.push_back({DoorSet::all(), always});
    EXPECT_EQ(world.decide().trace[10], (TraceStep{Rule::rights, passed, 0})) << "the lowest that holds";
    world.person.rights.push_back({DoorSet::all(), working_hours, RightKind::deny});
    const Trace denied = world.decide().trace;
    EXPECT_EQ(denied[denied.size() - 1], (TraceStep{Rule::deny_rights, failed, 0}));
}

// ---------------------------------------------------------------- rules of the door

TEST(Decide, an_unlock_period_replaces_the_unlock_mode_while_it_holds) {
    World world;
    world.with_card();
    world.settings.rules.doors = {DoorRules{}};
    auto& periods = world.settings.rules.doors[0].unlock_periods;
    periods = {{never, UnlockMode::user_and_pin},
               {working_hours, UnlockMode::card_and_pin},
               {always, UnlockMode::user_and_pin}};
    EXPECT_EQ(world.decide().outcome, Outcome::needs_pin);
    world.now = monday_at(19 * hour);
    EXPECT_EQ(world.reason(), Reason::wrong_unlock_mode) << "the first period that holds counts";
    world.now.trust = base::ClockTrust::not_set;
    EXPECT_EQ(world.decide().outcome, Outcome::granted) << "without a clock the door's own mode counts";
}

TEST(Decide, an_operator_is_asked_when_all_else_is_well) {
    World world;
    world.with_card();
    world.door_rules().verification_s = 20;
    EXPECT_EQ(world.decide().outcome, Outcome::needs_verification);
    EXPECT_EQ(world.reason(), Reason::none);
    world.attempt.verification = Verification::granted;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    world.situation.mode = DoorMode::lockdown;
    EXPECT_EQ(world.reason(), Reason::lockdown) << "an operator's word changes nothing else";
}

TEST(Decide, whoever_was_in_an_area_that_is_gone_is_nowhere) {
    World world;
    world.with_card();
    world.settings.rules.readers = {{{1}, door_1, Direction::entry, {outside, {1}}}};
    world.settings.rules.areas = {{.number = {1}, .passback = Passback::hard}};
    world.positions.move(world.person.user_id, {{9}, world.now.utc, 0, world.now.instant});
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    world.settings.rules.readers.push_back({{7}, door_1, Direction::exit, {{9}, outside}});
    EXPECT_EQ(world.reason(), Reason::anti_passback);
}

TEST(Decide, soft_anti_passback_grants_and_marks) {
    World world;
    world.with_card();
    world.settings.rules.readers = {{{1}, door_1, Direction::entry, {outside, {1}}}};
    world.settings.rules.areas = {{.number = {1}, .passback = Passback::soft}};
    EXPECT_FALSE(world.decide().flags.anti_passback) << "unknown";
    world.positions.move(world.person.user_id, {{1}, world.now.utc, 0, world.now.instant});
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_TRUE(world.decide().flags.anti_passback);
    world.situation.mode = DoorMode::always_closed;
    EXPECT_FALSE(world.decide().flags.anti_passback) << "who is refused violates nothing";
}

TEST(Decide, a_first_card_opens_for_others_until_its_period_is_over) {
    World world;
    world.with_card();
    world.door_rules().first_card = FirstCardRule{working_hours};
    EXPECT_EQ(world.reason(), Reason::first_card_required);
    world.person.rights[0].kind = RightKind::first_card;
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_EQ(world.decide().first_card, (PeriodOfDay{monday, {8 * hour, 18 * hour}}));
    world.person.rights[0].kind = RightKind::allow;
    world.situation.first_card = PeriodOfDay{monday, {8 * hour, 18 * hour}};
    EXPECT_EQ(world.decide().outcome, Outcome::granted);
    EXPECT_EQ(world.decide().first_card, std::nullopt);
    world.situation.first_card = PeriodOfDay{{monday.days - 1}, {8 * hour, 18 * hour}};
    EXPECT_EQ(world.reason(), Reason::first_card_required) << "yesterday's";
    world.now = monday_at(18 * hour);
    EXPECT_EQ(world.decide().outcome, Outcome::granted) << "outside the periods nothing is asked";
}

// ---------------------------------------------------------------- rights with an end

TEST(RightsWithAnEnd, are_not_there_any_more_when_they_are_over) {
    World world;
    world.with_card();
    world.person.rights[0].end = RightEnd::at(world.now.utc + std::chrono::seconds(1));
    EXPECT_EQ(world.reason(), Reason::none);
    world.person.rights[0].end = RightEnd::at(world.now.utc);
    EXPECT_EQ(world.reason(), Reason::no_permission);
    world.person.rights.push_back({DoorSet::only(door_1), working_hours});
    EXPECT_EQ(world.reason(), Reason::none) << "another right holds";
}

TEST(RightsWithAnEnd, deny_until_then) {
    World world;
    world.with_card();
    world.person.rights.push_back({DoorSet::all(), always, RightKind::deny});
    world.person.rights[1].end = RightEnd::at(world.now.utc + std::chrono::seconds(1));
    EXPECT_EQ(world.reason(), Reason::denied_by_rule);
    world.person.rights[1].end = RightEnd::at(world.now.utc);
    EXPECT_EQ(world.reason(), Reason::none);
}

TEST(RightsWithAnEnd, need_a_clock_that_is_set) {
    for (const auto kind : {RightKind::allow, RightKind::deny}) {
        World world;
        world.with_card();
        world.now.trust = base::ClockTrust::not_set;
        const Right ending{DoorSet::all(), always, kind, RightEnd::at(world.now.utc)};
        if (kind == RightKind::allow) world.person.rights.clear();
        world.person.rights.push_back(ending);
        EXPECT_EQ(world.reason(), Reason::clock_invalid);
    }
}

}  // namespace
}  // namespace sallyport::core
