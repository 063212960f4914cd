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
        return right.kind == kind && right.doors.contains(door_1) &&
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
    if (decision.outcome == Outcome::needs_pin) {
        RC_ASSERT(world.attempt.method == Method::card);
        RC_ASSERT(world.settings.doors[0].unlock_mode == UnlockMode::card_and_pin);
    }
}

RC_GTEST_PROP(DecideProperty, the_same_question_has_the_same_answer, ()) {
    const World world = any_world();
    RC_ASSERT(world.decide() == world.decide());
}

}  // namespace
}  // namespace sallyport::core
