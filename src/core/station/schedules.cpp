// What the civil clock does to doors: the modes that schedules put them into (controller.md A6).
#include <algorithm>

#include "core/station/parts.hpp"

namespace sallyport::core {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t minute_us = 60 * second_us;

}  // namespace

DoorMode Station::Parts::scheduled_mode(base::DoorNumber door, const base::Moment& now) const {
    if (now.trust == base::ClockTrust::not_set) return DoorMode::normal;
    const DoorRules& rules = rules_of(state.settings.rules, door);
    const auto holds = [&](const std::optional<ScheduleIndex>& schedule) {
        return schedule &&
               evaluate(state.calendar, *schedule, now.local, now.trust) == ScheduleAnswer::inside;
    };
    if (holds(rules.always_closed)) return DoorMode::always_closed;
    if (holds(rules.always_open)) return DoorMode::always_open;
    if (rules.first_card && rules.first_card->then == AfterFirstCard::door_stays_open) {
        const auto period = period_at(state.calendar, rules.first_card->schedule, now.local, now.trust);
        if (period && first_card(door) == period) return DoorMode::always_open;
    }
    return DoorMode::normal;
}

/// The record is queued before the lock moves, as with every release.
void Station::Parts::follow_schedules(Turn& turn) {
    for (Post& at : posts) {
        const DoorMode mode = scheduled_mode(at.number, turn.now);
        if (mode == at.door.scheduled()) continue;
        Record record;
        record.kind = RecordKind::scheduled_mode;
        record.door = at.number;
        record.detail = written({DetailTerm::mode_scheduled, {{DetailName::mode, mode}}});
        append(std::move(record), turn);
        run(at, ModeScheduled{mode}, turn);
    }
    look_at_clock = next_look(turn.now);
}

/// At the next edge, and at each whole minute: zones change their offset at one, and a wall clock that was
/// moved unseen is noticed there.
std::optional<base::Instant> Station::Parts::next_look(const base::Moment& now) const {
    std::optional<std::int64_t> wait_us;
    const auto consider = [&](const std::optional<ScheduleIndex>& schedule) {
        if (!schedule) return;
        const std::int64_t into_second = ((now.utc.microseconds % second_us) + second_us) % second_us;
        const std::int64_t into_minute = ((now.utc.microseconds % minute_us) + minute_us) % minute_us;
        const std::int64_t to_edge =
            std::int64_t{seconds_to_next_edge(state.calendar, *schedule, now.local)} * second_us -
            into_second;
        wait_us = std::min({wait_us.value_or(minute_us), to_edge, minute_us - into_minute});
    };
    for (const Post& at : posts) {
        const DoorRules& rules = rules_of(state.settings.rules, at.number);
        consider(rules.always_open);
        consider(rules.always_closed);
        if (rules.first_card && rules.first_card->then == AfterFirstCard::door_stays_open)
            consider(rules.first_card->schedule);
    }
    if (!wait_us) return std::nullopt;
    return now.instant + base::Duration{*wait_us};
}

}  // namespace sallyport::core
