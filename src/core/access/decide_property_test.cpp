#include <algorithm>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/access/decide_world.hpp"

namespace sallyport::core {
namespace {

constexpr ScheduleIndex missing{7};

rc::Gen<Right> any_right() {
    return rc::gen::exec([] {
        Right right;
        right.doors = *rc::gen::element(DoorSet::only({1}), DoorSet::only({2}), DoorSet::all(), DoorSet{});
        right.schedule = *rc::gen::element(always, always, working_hours, closed_today, never, missing);
        right.kind = *rc::gen::weightedElement<RightKind>({{8, RightKind::allow}, {1, RightKind::deny}});
        return right;
    });
}

rc::Gen<std::string> any_pin() {
    return rc::gen::weightedElement<std::string>({{4, "12345"}, {2, "12346"}, {1, "1"}});
}

/// Each of the rules of a door, now and then; most let the person through.
void add_rules(World& world) {
    const auto rarely = [] { return *rc::gen::inRange(0, 3) == 0; };
    DoorRules& rules = world.door_rules();
    if (rarely()) rules.unlock_periods = {{working_hours, UnlockMode::card_or_user_and_pin}};
    if (rarely()) rules.first_card = FirstCardRule{*rc::gen::element(always, working_hours, never)};
    if (rarely()) world.person.rights.push_back({DoorSet::only(door_1), always, RightKind::first_card});
    if (rarely()) rules.groups.groups = {{{user("1001"), user("8")}, *rc::gen::inRange(1, 3)}};
    if (rarely()) rules.verification_s = 20;
    if (rarely()) world.situation.blocked_by = base::DoorNumber{2};
    world.attempt.verification = *rc::gen::element(Verification::not_asked, Verification::granted,
                                                   Verification::denied, Verification::unanswered);
    if (rarely()) {
        world.settings.rules.readers = {{{1}, door_1, Direction::entry, {outside, {1}}}};
        world.settings.rules.areas = {
            {.number = {1}, .passback = *rc::gen::element(Passback::hard, Passback::soft, Passback::timed)}};
        world.positions.move(world.person.user_id, {{*rc::gen::inRange<std::uint8_t>(0, 2)}, {}, 0, {}});
    }
}

World any_world() {
    World world;
    switch (*rc::gen::inRange(0, 4)) {
        case 0: world.with_card(); break;
        case 1: world.with_card_and_pin(*any_pin()); break;
        case 2: world.with_user_and_pin(*any_pin()); break;
        default: world.with_public_password(*rc::gen::element<std::string>("4711", "4711", "4712")); break;
    }
    using enum UnlockMode;
    if (*rc::gen::inRange(0, 6) == 5) {
        world.mode(*rc::gen::element(card, card_and_pin, user_and_pin, card_or_user_and_pin));
    }
    world.person.rights =
        *rc::gen::container<std::vector<Right>>(*rc::gen::inRange<std::size_t>(0, 5), any_right());
    if (*rc::gen::arbitrary<bool>()) world.person.rights.push_back({DoorSet::only(door_1)});
    world.settings.doors[0].schedule = *rc::gen::weightedElement<ScheduleIndex>(
        {{12, always}, {2, working_hours}, {1, closed_today}, {1, never}, {1, missing}});
    world.settings.duress = *rc::gen::element(Duress::on, Duress::off);
    world.now = monday_at(*rc::gen::inRange(0, seconds_per_day));
    if (*rc::gen::inRange(0, 6) == 5) world.now.trust = base::ClockTrust::not_set;
    if (*rc::gen::inRange(0, 6) == 5) world.person.validity.to = monday_at(12 * hour).utc;
    if (*rc::gen::inRange(0, 3) == 0) add_rules(world);
    world.situation.mode = *rc::gen::weightedElement<DoorMode>({{12, DoorMode::normal},
                                                                {1, DoorMode::always_open},
                                                                {1, DoorMode::always_closed},
                                                                {1, DoorMode::lockdown}});
    return world;
}

ScheduleAnswer answer(const World& world, ScheduleIndex schedule) {
    return evaluate(world.calendar, schedule, world.now.local, world.now.trust);
}

bool has_right_now(const World& world, RightKind kind) {
    return std::ranges::any_of(world.person.rights, [&](const Right& right) {
        return (right.kind == RightKind::deny) == (kind == RightKind::deny) && right.doors.contains(door_1) &&
               answer(world, right.schedule) == ScheduleAnswer::inside;
    });
}

RC_GTEST_PROP(DecideProperty, grants_only_on_a_right_that_holds_now, ()) {
    const World world = any_world();
    const auto decision = world.decide();
    RC_CLASSIFY(decision.outcome == Outcome::granted);
    if (decision.outcome != Outcome::granted) RC_SUCCEED("refused");
    RC_ASSERT(answer(world, world.settings.doors[0].schedule) == ScheduleAnswer::inside);
    if (decision.knows_person) {
        RC_ASSERT(has_right_now(world, RightKind::allow));
        RC_ASSERT(!has_right_now(world, RightKind::deny));
    }
}

RC_GTEST_PROP(DecideProperty, a_deny_right_always_wins, ()) {
    World world = any_world();
    RC_PRE(world.attempt.method != Method::public_password);
    const auto place = *rc::gen::inRange<std::size_t>(0, world.person.rights.size() + 1);
    world.person.rights.insert(world.person.rights.begin() + static_cast<std::ptrdiff_t>(place),
                               {DoorSet::only(door_1), always, RightKind::deny});
    RC_ASSERT(world.decide().outcome != Outcome::granted);
}

RC_GTEST_PROP(DecideProperty, one_more_right_moves_the_answer_its_own_way_only, ()) {
    World world = any_world();
    const bool before = world.decide().outcome == Outcome::granted;
    const Right right = *any_right();
    world.person.rights.push_back(right);
    const bool after = world.decide().outcome == Outcome::granted;
    if (right.kind == RightKind::deny) RC_ASSERT(!after || before);
    if (right.kind == RightKind::allow) RC_ASSERT(after || !before);
}

RC_GTEST_PROP(DecideProperty, the_order_of_rights_does_not_matter, ()) {
    World world = any_world();
    const auto before = world.decide();
    auto& rights = world.person.rights;
    for (std::size_t i = rights.size(); i > 1; --i)
        std::swap(rights[i - 1], rights[*rc::gen::inRange<std::size_t>(0, i)]);
    RC_ASSERT(world.decide() == before);
}

RC_GTEST_PROP(DecideProperty, outcome_reason_and_trace_belong_together, ()) {
    const World world = any_world();
    const auto decision = world.decide();
    const Trace& trace = decision.trace;
    RC_ASSERT((decision.reason == Reason::none) == (decision.outcome != Outcome::denied));
    RC_ASSERT(std::ranges::is_sorted(trace, {}, &TraceStep::rule));
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const bool ends = i + 1 == trace.size() && decision.outcome == Outcome::denied;
        RC_ASSERT((trace[i].outcome == RuleOutcome::failed) == ends);
    }
    if (decision.outcome == Outcome::needs_verification) {
        RC_ASSERT(world.settings.rules.doors[0].verification_s.has_value());
        RC_ASSERT(world.attempt.verification == Verification::not_asked);
    }
    if (decision.outcome == Outcome::needs_pin) {
        RC_ASSERT(world.attempt.method == Method::card);
        RC_ASSERT(world.settings.doors[0].unlock_mode == UnlockMode::card_and_pin);
    }
}

RC_GTEST_PROP(DecideProperty, every_rule_of_the_door_is_kept_by_a_grant, ()) {
    World world = any_world();
    add_rules(world);
    const auto decision = world.decide();
    if (decision.outcome != Outcome::granted) RC_SUCCEED("refused");
    const DoorRules& rules = world.door_rules();
    RC_ASSERT(!world.situation.blocked_by);
    const bool verified = !rules.verification_s || world.attempt.verification == Verification::granted;
    const bool all_came = rules.groups.groups.empty() || rules.groups.groups[0].needed == 1;
    RC_ASSERT(verified);
    RC_ASSERT(all_came);
    const Position* position = world.positions.find(world.person.user_id);
    const bool inside = decision.knows_person && position != nullptr && position->area.value == 1;
    const bool hard =
        !world.settings.rules.areas.empty() && world.settings.rules.areas[0].passback == Passback::hard;
    RC_ASSERT(!(inside && hard));
}

RC_GTEST_PROP(DecideProperty, a_facility_is_enough_only_while_nobody_is_known, ()) {
    World world = any_world();
    world.fallback.doors = {{17}};
    world.attempt.facility = *rc::gen::element(17U, 18U);
    const auto before = world.decide();
    RC_ASSERT(!before.flags.facility_only);
    world.people_lost = true;
    const auto decision = world.decide();
    RC_CLASSIFY(decision.flags.facility_only && decision.outcome == Outcome::granted);
    const bool by_card = world.attempt.method == Method::card || world.attempt.method == Method::card_and_pin;
    RC_ASSERT(decision.flags.facility_only == (by_card && world.attempt.facility == 17U));
    if (decision.outcome != Outcome::granted || !decision.flags.facility_only) RC_SUCCEED("refused");
    const DoorMode mode = world.situation.mode;
    const bool asks_for_pin = world.settings.doors[0].unlock_mode == UnlockMode::card_and_pin;
    RC_ASSERT(!decision.knows_person);
    RC_ASSERT(mode == DoorMode::normal || mode == DoorMode::always_open);
    RC_ASSERT(!asks_for_pin || !world.settings.rules.doors.empty());  // an unlock period may ask for less
    RC_ASSERT(answer(world, world.settings.doors[0].schedule) == ScheduleAnswer::inside);
    RC_ASSERT(!world.situation.blocked_by);
}

RC_GTEST_PROP(DecideProperty, the_same_question_has_the_same_answer, ()) {
    const World world = any_world();
    RC_ASSERT(world.decide() == world.decide());
}

}  // namespace
}  // namespace sallyport::core
