#include "core/area/area.hpp"

#include <utility>

namespace sallyport::core {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_s = 86'400;

/// Seconds since 1970 as the wall clock showed them.
std::int64_t wall_seconds(base::UtcTime at, std::int32_t utc_offset_s) {
    const std::int64_t us = at.microseconds + utc_offset_s * second_us;
    return us / second_us - (us % second_us < 0 ? 1 : 0);
}

/// Whether the daily reset has come since.
bool is_forgotten(const AreaRules& area, const Position& position, const base::Moment& now) {
    if (!area.reset_at_s || now.trust == base::ClockTrust::not_set) return false;
    const std::int64_t today = now.local.date.days * day_s;
    const bool passed_today = now.local.second_of_day >= *area.reset_at_s;
    const std::int64_t last_reset = today + *area.reset_at_s - (passed_today ? 0 : day_s);
    return wall_seconds(position.since, position.utc_offset_s) < last_reset;
}

base::Duration since(const Position& position, const base::Moment& now) {
    if (position.moved) return now.instant - *position.moved;
    return now.utc - position.since;
}

}  // namespace

const Position* Positions::find(const base::UserId& person) const {
    const auto found = all_.find(person);
    return found == all_.end() ? nullptr : &found->second;
}

void Positions::move(const base::UserId& person, const Position& position) {
    all_.insert_or_assign(person, position);
}

void Positions::forget(const base::UserId& person) {
    all_.erase(person);
}

void Positions::forget(AreaNumber area) {
    std::erase_if(all_, [area](const auto& one) { return one.second.area == area; });
}

Passing judge(const AreaRules& area, const Passage& passage, const Position* position,
              const base::Moment& now) {
    if (position == nullptr || is_forgotten(area, *position, now)) return Passing::allowed;
    switch (area.passback) {
        case Passback::off: return Passing::allowed;
        case Passback::hard:
        case Passback::soft: return position->area == passage.from ? Passing::allowed : Passing::violation;
        case Passback::timed: break;
    }
    const base::Duration limit = std::chrono::minutes{area.minutes};
    // A civil clock that was moved back shows a way into the future: no ground to refuse anybody for long.
    const base::Duration ago = since(*position, now);
    const bool recent = ago >= base::Duration{} && ago < limit;
    return position->area == passage.to && recent ? Passing::violation : Passing::allowed;
}

}  // namespace sallyport::core
