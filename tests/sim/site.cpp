#include "sim/site.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::sim {

base::LocalTime utc_zone(base::UtcTime at) {
    constexpr std::int64_t day = 86'400'000'000;
    const std::int64_t days = at.microseconds / day - (at.microseconds % day < 0 ? 1 : 0);
    const auto second = static_cast<std::int32_t>((at.microseconds - days * day) / 1'000'000);
    return {{static_cast<std::int32_t>(days)}, second, 0};
}

Site::Site(core::StationState state, Zone zone, base::UtcTime start)
    : power_on_codes_(state.power_on_codes),
      fallback_(state.fallback),
      station_(state),
      zone_(std::move(zone)),
      stored_{state.door_modes, state.positions, state.first_cards} {
    set_utc(start);
}

core::Effects Site::play(const core::StationEvent& event) {
    core::Effects all;
    feed(event, all);
    settle_store(all);
    return all;
}

core::Effects Site::wait(base::Instant until) {
    const auto deadline = station_.next_deadline();
    const base::Instant to = deadline ? std::clamp(*deadline, now_.instant, until) : until;
    be_late(to - now_.instant);
    core::Effects all;
    note(nullptr, station_.handle_timeout(now_), all);
    settle_store(all);
    return all;
}

void Site::be_late(base::Duration by) {
    now_.instant = now_.instant + by;
    set_utc(now_.utc + by);
}

core::Effects Site::answer_store(StoreHealth health) {
    core::Effects all;
    if (writes_.empty()) return all;
    const core::Write write = std::move(writes_.front());
    writes_.pop_front();
    core::WriteDone done{write.write, {}};
    if (health == StoreHealth::failing) {
        done.status = base::fail(base::ErrorKind::storage, "disk_full", "The disk is full; free some space.");
    } else {
        for (const core::Change& change : write.changes) {
            station_.apply(change);
            keep(change);
        }
    }
    feed(done, all);
    const bool reset = std::ranges::any_of(write.changes, [](const core::Change& change) {
        return std::holds_alternative<core::RestoreFactory>(change);
    });
    if (reset && done.status) restart(all);
    return all;
}

core::Effects Site::cut_power() {
    core::Effects all;
    restart(all);
    return all;
}

void Site::keep(const core::Change& change) {
    const auto resize = [](auto& all, base::DoorNumber door) {
        if (all.size() < door.value) all.resize(door.value);
    };
    if (const auto* mode = std::get_if<core::ChangeDoorMode>(&change)) {
        resize(stored_.door_modes, mode->door);
        stored_.door_modes[mode->door.value - 1U] = mode->mode;
    } else if (const auto* move = std::get_if<core::MovePerson>(&change)) {
        core::Position position = move->position;
        position.moved.reset();
        stored_.positions.move(move->user_id, position);
    } else if (const auto* forgotten = std::get_if<core::ForgetPosition>(&change)) {
        std::visit([&](const auto& whose) { stored_.positions.forget(whose); }, forgotten->whose);
    } else if (const auto* first = std::get_if<core::BeginFirstCard>(&change)) {
        resize(stored_.first_cards, first->door);
        stored_.first_cards[first->door.value - 1U] = first->period;
    } else if (std::holds_alternative<core::RestoreFactory>(change)) {
        stored_ = {};
    }
}

/// As the shell does: a new station with what was stored.
void Site::restart(core::Effects& all) {
    writes_.clear();
    station_ = core::Station({.roster = std::move(station_.roster()),
                              .people = station_.people(),
                              .settings = station_.settings(),
                              .calendar = station_.calendar(),
                              .pin_key = station_.pin_key(),
                              .door_modes = stored_.door_modes,
                              .positions = stored_.positions,
                              .first_cards = stored_.first_cards,
                              .power_on_codes = power_on_codes_,
                              .fallback = fallback_});
    feed(core::PoweredOn{}, all);
}

void Site::set_utc(base::UtcTime utc) {
    now_.utc = utc;
    now_.local = zone_(utc);
}

void Site::feed(const core::StationEvent& event, core::Effects& all) {
    note(&event, station_.handle(event, now_), all);
}

void Site::note(const core::StationEvent* event, const core::Effects& effects, core::Effects& all) {
    if (watch_) watch_(event, effects, now_);
    for (const core::StationEffect& effect : effects) {
        if (const auto* write = std::get_if<core::Write>(&effect)) writes_.push_back(*write);
        all.push_back(effect);
    }
}

void Site::settle_store(core::Effects& all) {
    while (store_ != StoreHealth::slow && !writes_.empty()) {
        const core::Effects answered = answer_store(store_);
        all.insert(all.end(), answered.begin(), answered.end());
    }
}

}  // namespace sallyport::sim
