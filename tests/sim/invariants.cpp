#include "sim/invariants.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/record/detail.hpp"
#include "sim/words.hpp"

namespace sallyport::sim {

namespace {

/// `scheduled_open`: a schedule keeps the door open as soon as no command says otherwise.
bool may_release(const core::Record& record, bool scheduled_open) {
    using core::RecordKind;
    if (record.kind == RecordKind::access) return record.result == core::AccessResult::granted;
    if (record.kind == RecordKind::remote_command || record.kind == RecordKind::restarted ||
        record.kind == RecordKind::scheduled_mode) {
        const auto detail = core::detail_from(record.detail);
        return detail && std::ranges::any_of(detail->values, [&](const core::DetailValue& value) {
                   return value.text == "always_open" ||
                          (value.name == core::DetailName::command &&
                           (value.text == "open" || (scheduled_open && value.text == "normal")));
               });
    }
    if (record.kind == RecordKind::alarm_started) return record.alarm == core::Alarm::fire;
    return record.kind == RecordKind::exit_button;
}

std::vector<core::Record> records_in(const core::StationEffect& effect) {
    if (const auto* append = std::get_if<core::Append>(&effect)) return {append->record};
    if (const auto* write = std::get_if<core::Write>(&effect)) return write->records;
    return {};
}

/// Who is known, or will be when this is stored: a user ID is no secret, even if it looks like one.
bool is_known(const base::UserId& user, const core::Station& station, const core::Effects& effects) {
    if (station.roster().find(user) != nullptr) return true;
    return std::ranges::any_of(effects, [&](const core::StationEffect& effect) {
        const auto* write = std::get_if<core::Write>(&effect);
        return write != nullptr && std::ranges::any_of(write->changes, [&](const core::Change& change) {
                   const auto* add = std::get_if<core::AddPerson>(&change);
                   return add != nullptr && add->person.user_id == user;
               });
    });
}

}  // namespace

void Invariants::see(const core::Station& station, const core::StationEvent* event,
                     const core::Effects& effects, const base::Moment& now) {
    causes_.clear();
    by_hand_ = event != nullptr && (std::holds_alternative<core::CardRead>(*event) ||
                                    std::holds_alternative<core::KeyPressed>(*event));
    if (event != nullptr && std::holds_alternative<core::PoweredOn>(*event)) {
        alarms_.clear();
        pressed_.clear();
        for (auto& [number, seen] : doors_) seen.scheduled_open = false;
    }
    for (const core::StationEffect& effect : effects) {
        for (const core::Record& record : records_in(effect)) see_record(station, effects, record, now);
        if (const auto* lock = std::get_if<core::SetLock>(&effect)) see_lock(station, *lock);
        if (const auto* signal = std::get_if<core::ShowSignal>(&effect)) {
            const auto* done = event != nullptr ? std::get_if<core::WriteDone>(event) : nullptr;
            const bool stored = done != nullptr && done->status.has_value();
            check(signal->signal != core::Signal::success || stored,
                  "green came before the change was stored");
        }
    }
    if (event != nullptr) {
        if (const auto* input = std::get_if<core::InputChanged>(event))
            see_press(station, *input, effects, now);
        if (std::get_if<core::KeyPressed>(event) != nullptr) see_key(effects);
    }
    check_holds(station, now);
}

void Invariants::see_record(const core::Station& station, const core::Effects& effects,
                            const core::Record& record, const base::Moment& now) {
    for (const std::string& secret : secrets_) {
        const bool names = record.user_id && record.user_id->view() == secret;
        check(!record.detail.contains(secret) && (!names || is_known(*record.user_id, station, effects)),
              "a record shows a secret");
    }
    check(record.at == now.utc && record.utc_offset_s == now.local.utc_offset_s,
          "a record has another time than its event");
    check(record.detail.empty() || core::detail_from(record.detail),
          fmt::format("not of the closed list: {}", record.detail));
    DoorSeen& door = doors_[record.door];
    if (record.kind == core::RecordKind::alarm_started || record.kind == core::RecordKind::alarm_ended) {
        const bool starts = record.kind == core::RecordKind::alarm_started;
        const auto alarm = std::pair(record.door, record.alarm.value());
        check(starts ? alarms_.insert(alarm).second : alarms_.erase(alarm) == 1,
              fmt::format("out of turn: {}", words_of(record)));
    }
    if (record.result == core::AccessResult::granted) ++door.grants;
    const bool taken = record.kind == core::RecordKind::access_taken;
    if (taken || record.kind == core::RecordKind::access_not_taken) {
        ++door.outcomes;
        check(door.outcomes <= door.grants, "more was taken or not taken than granted");
    }
    if (record.kind == core::RecordKind::scheduled_mode)
        door.scheduled_open = record.detail.ends_with("mode=always_open");
    if (record.result == core::AccessResult::granted) {
        if (record.flags.facility_only) check_facility(station, record, now);
        check_interlock(station, record.door, now);
        const bool asks = core::rules_of(station.settings().rules, record.door).verification_s.has_value();
        check(!asks || !by_hand_, "somebody was granted where an operator has to be asked");
    }
    if (!may_release(record, door.scheduled_open)) return;
    const auto& settings = station.settings().doors;
    for (std::uint8_t n = 1; n <= station.doors(); ++n) {
        if (record.alarm != core::Alarm::fire && record.door.value != n) continue;
        causes_.insert({n});
        auto& until = doors_[{n}].released_until;
        const std::chrono::seconds extended{core::rules_of(station.settings().rules, {n}).extended_s};
        until = std::max(until, now.instant + std::chrono::seconds{settings[n - 1U].hold_s} + extended);
    }
}

/// A facility is enough only while nobody can be known, and never at a door that somebody has closed.
void Invariants::check_facility(const core::Station& station, const core::Record& record,
                                const base::Moment& now) {
    check(station.people() == core::People::lost, "a facility was enough although the people are known");
    const auto mode = station.view(record.door, now).mode;
    check(mode == core::DoorMode::normal || mode == core::DoorMode::always_open,
          "a facility was enough at a door that is closed to everybody");
    check(!record.user_id, "somebody was known, and went by the facility");
}

/// Nobody is granted while the interlock has another door released (but for fire, when all are).
void Invariants::check_interlock(const core::Station& station, base::DoorNumber door,
                                 const base::Moment& now) {
    const auto alarms = station.view(door, now).alarms;
    if (std::ranges::find(alarms, core::Alarm::fire) != alarms.end()) return;
    base::DoorSet released;
    for (const auto& [number, seen] : doors_) {
        if (number.value >= 1 && seen.lock == core::Lock::released) released.insert(number);
    }
    const auto blocker = core::blocker_of(door, station.settings().rules.interlocks, {{}, released});
    check(!blocker, "somebody was granted past an interlock");
}

void Invariants::see_lock(const core::Station&, const core::SetLock& change) {
    DoorSeen& door = doors_[change.door];
    if (change.lock == core::Lock::released) {
        check(causes_.contains(change.door), "a release without a record of its cause before it");
    }
    door.lock = change.lock;
}

/// Every press of an exit button releases its door and is recorded, whatever else is going on.
void Invariants::see_press(const core::Station& station, const core::InputChanged& input,
                           const core::Effects& effects, const base::Moment& now) {
    if (input.input != core::Input::exit_button) return;
    if (input.level != core::Level::active) {
        pressed_.erase(input.door);
        return;
    }
    if (!pressed_.insert(input.door).second) return;
    const bool recorded = std::ranges::any_of(effects, [](const core::StationEffect& effect) {
        return std::ranges::any_of(records_in(effect), [](const core::Record& record) {
            return record.kind == core::RecordKind::exit_button;
        });
    });
    check(recorded, "a press of the exit button was not recorded");
    check(station.view(input.door, now).lock == core::Lock::released, "the exit button did not release");
}

/// One click for every key, alike in every state (K14).
void Invariants::see_key(const core::Effects& effects) {
    const auto clicks = std::ranges::count_if(effects, [](const core::StationEffect& effect) {
        const auto* signal = std::get_if<core::ShowSignal>(&effect);
        return signal != nullptr && signal->signal == core::Signal::key;
    });
    check(clicks == 1, "a key did not click once");
}

void Invariants::check_holds(const core::Station& station, const base::Moment& now) {
    // Of many doors, those that are released each time, the others now and then: a view costs its time.
    const bool all = station.doors() <= 4 || ++events_ % 16 == 0;
    for (std::uint8_t n = 1; n <= station.doors(); ++n) {
        const DoorSeen& door = doors_[{n}];
        if (!all && door.lock == core::Lock::locked) continue;
        const core::DoorView view = station.view({n}, now);
        check(view.lock == door.lock, "the view of the lock is not what was commanded");
        const bool fire = std::ranges::find(view.alarms, core::Alarm::fire) != view.alarms.end();
        if (view.lock == core::Lock::locked || fire || view.mode == core::DoorMode::always_open) continue;
        check(now.instant < door.released_until, "the lock is released past its hold");
    }
}

void Invariants::check(bool holds, const std::string& sentence) {
    if (!holds) broken_.push_back(sentence);
}

}  // namespace sallyport::sim
