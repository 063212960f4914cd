// What people present at a door, from the card to the answer (controller.md section 4, K13, E2).
#include <algorithm>
#include <utility>

#include "core/station/parts.hpp"

namespace sallyport::core {

namespace {

constexpr base::Duration reread_window = std::chrono::seconds{1};

bool by_card(const Attempt& attempt) {
    return attempt.method == Method::card || attempt.method == Method::card_and_pin;
}

/// Whether the code itself was wrong, or may have been: what counts towards the lock of the keypad (K14). A
/// user ID whose PIN never came counts as well, or public passwords could be guessed without a second entry.
bool is_wrong_code(const Attempt& attempt, Reason reason) {
    if (reason == Reason::reader_mode || reason == Reason::keypad_locked) return false;
    if (attempt.method == Method::user_and_pin) return reason <= Reason::pin_timeout;
    return attempt.method == Method::card_and_pin && !attempt.pin_timed_out && reason <= Reason::wrong_pin;
}

/// Whether it was the card that had no right here, rather than the PIN, the door or the clock (D3).
bool is_unauthorised_card(const Attempt& attempt, Reason reason) {
    if (!by_card(attempt)) return false;
    switch (reason) {
        case Reason::unknown_card:
        case Reason::blocklisted:
        case Reason::card_lost:
        case Reason::card_frozen:
        case Reason::card_cancelled:
        case Reason::not_yet_valid:
        case Reason::expired:
        case Reason::uses_exhausted:
        case Reason::denied_by_rule:
        case Reason::no_permission:
        case Reason::outside_schedule:
        case Reason::holiday: return true;
        case Reason::none:
        case Reason::reader_mode:
        case Reason::keypad_locked:
        case Reason::unknown_user:
        case Reason::wrong_unlock_mode:
        case Reason::wrong_pin:
        case Reason::pin_timeout:
        case Reason::clock_invalid:
        case Reason::patrol_only:
        case Reason::lockdown:
        case Reason::door_always_closed:
        case Reason::interlock:
        case Reason::anti_passback:
        case Reason::first_card_required:
        case Reason::group_order:
        case Reason::more_people_required:
        case Reason::verification_denied:
        case Reason::verification_timeout: return false;
    }
    return false;
}

std::optional<std::uint64_t> series_name(const auto& entry) {
    const auto series = spent_series(entry);
    return series ? std::optional(series->name) : std::nullopt;
}

std::optional<CountUse> use_of(const Decision& decision) {
    if (decision.person != nullptr && decision.person->uses_left) {
        return CountUse{.user_id = decision.person->user_id,
                        .public_password = {},
                        .series = series_name(*decision.person)};
    }
    if (decision.public_password != nullptr && decision.public_password->uses_left) {
        return CountUse{.user_id = {},
                        .public_password = decision.public_password->code,
                        .series = series_name(*decision.public_password)};
    }
    return std::nullopt;
}

}  // namespace

/// The user ID only of somebody who exists: an unknown one may be a mistyped password.
Record record_of(const Attempt& attempt, const Decision& decision) {
    Record record;
    const bool granted = decision.outcome == Outcome::granted;
    record.kind = decision.reason == Reason::patrol_only ? RecordKind::patrol : RecordKind::access;
    if (record.kind == RecordKind::access) {
        record.result = granted ? AccessResult::granted : AccessResult::denied;
    }
    record.door = attempt.door;
    record.reader = attempt.reader;
    record.direction = attempt.direction;
    record.method = attempt.method;
    record.reason = decision.reason;
    record.card = attempt.card;
    record.flags = decision.flags;
    record.trace = decision.trace;
    if (decision.person != nullptr) record.user_id = decision.person->user_id;
    if (decision.public_password != nullptr) {
        record.detail =
            written({DetailTerm::public_password, {{DetailName::number, decision.public_password->number}}});
    }
    if (decision.flags.facility_only) {
        record.detail = written({DetailTerm::facility_code, {{DetailName::number, *attempt.facility}}});
    }
    return record;
}

void Station::Parts::on(const CardRead& read, Turn& turn) {
    const ReaderRules reader = rules_of(state.settings.rules, read.reader, read.door);
    Post* const at = post(reader.door);
    if (at == nullptr || is_reread(read, turn.now.instant)) return;
    if (at->keypad.takes_card() && reader.direction == Direction::entry) {
        return run(*at, CardOffered{read.card}, turn);
    }
    Attempt attempt;
    attempt.door = reader.door;
    attempt.reader = read.reader;
    attempt.direction = reader.direction;
    attempt.card = read.card;
    attempt.facility = read.facility;
    // Whoever leaves meanwhile does not take the keypad from somebody who types a PIN outside.
    if (attempt.direction == Direction::entry || !at->awaiting_pin) {
        give_up_pin(*at, Shown::no, turn);
        run(*at, CardShown{}, turn);
    }
    present(attempt, turn);
}

/// A card that lies on the reader is one attempt for as long as it is read again within a second (A8).
bool Station::Parts::is_reread(const CardRead& read, base::Instant now) {
    const auto [found, first] = last_readings.try_emplace(read.reader, Reading{read.card, now});
    const Reading before = std::exchange(found->second, Reading{read.card, now});
    return !first && before.card == read.card && now - before.at < reread_window;
}

Decision Station::Parts::decide_now(const Attempt& attempt, const Turn& turn) {
    const Post* const at = post(attempt.door);
    const DoorSituation situation{
        .mode = at->door.mode(),
        .working_mode = state.settings.working_mode,
        .keypad = at->lockout.state(turn.now.instant),
        .blocked_by = blocker_of(at->number, state.settings.rules.interlocks, doors_now()),
        .first_card = first_card(at->number),
        .gathering = &at->gathering};
    return decide(attempt,
                  {state.roster, state.settings, state.calendar, state.pin_key, &state.positions,
                   state.people == People::lost ? &state.fallback : nullptr},
                  situation, turn.now);
}

void Station::Parts::present(const Attempt& attempt, Turn& turn) {
    if (post(attempt.door) == nullptr) return;  // the settings have lost the door while the attempt waited
    if (waits_for_write(attempt)) {
        waiting.push_back({attempt, turn.now.instant + longest_wait_for_disk});
        return;
    }
    const Decision decision = decide_now(attempt, turn);
    Post* const at = post(attempt.door);
    if (decision.outcome == Outcome::needs_verification) return ask(*at, attempt, decision, turn);
    if (decision.outcome != Outcome::needs_pin) return settle(attempt, decision, Shown::yes, turn);
    give_up_pin(*at, Shown::no, turn);
    at->awaiting_pin = attempt;
    run(*at, PinWanted{}, turn);
}

void Station::Parts::settle(const Attempt& attempt, const Decision& decision, Shown shown, Turn& turn) {
    Post* const at = post(attempt.door);
    Record record = record_of(attempt, decision);
    const bool duress = decision.flags.duress;
    const Record cause = duress ? record : Record{};
    if (decision.outcome == Outcome::granted) {
        grant(*at, decision, std::move(record), turn);
    } else {
        deny(*at, attempt, decision, std::move(record), shown, turn);
    }
    if (duress) run(*at, AlarmRaised{Alarm::duress, cause}, turn);
}

/// The record is queued before the lock moves, and the lock waits for nothing (E2).
void Station::Parts::grant(Post& at, const Decision& decision, Record record, Turn& turn) {
    const bool extended = decision.person != nullptr && decision.person->type == UserType::extended_time;
    const std::chrono::seconds hold{at.door.settings().hold_s};
    const std::chrono::seconds more{rules_of(state.settings.rules, at.number).extended_s};
    const DoorGranted granted{extended ? hold + more : hold, record};
    const auto companions = at.gathering.people(turn.now.instant);
    at.companions.assign(companions.begin(), companions.end());
    at.gathering.clear();
    std::vector<Change> changes;
    if (at.door.settings().detector == Detector::off) changes = moves_of(record, at.companions, turn);
    if (decision.first_card) begin_first_card(at.number, *decision.first_card, changes);
    write_attempt(use_of(decision), std::move(changes), std::move(record), turn);
    run(at, granted, turn);
    run(at, SignalWanted{Signal::unlocked}, turn);
}

void Station::Parts::deny(Post& at, const Attempt& attempt, const Decision& decision, Record record,
                          Shown shown, Turn& turn) {
    if (is_wrong_code(attempt, decision.reason)) at.lockout.wrong(turn.now.instant);
    append(record, turn);
    const Signal signal = arrive(at, decision, turn);
    if (shown == Shown::yes) run(at, SignalWanted{signal}, turn);
    if (decision.reason == Reason::blocklisted) run(at, AlarmRaised{Alarm::blocklist, record}, turn);
    if (is_unauthorised_card(attempt, decision.reason)) run(at, UnauthorisedCard{std::move(record)}, turn);
}

void Station::Parts::give_up_pin(Post& at, Shown shown, Turn& turn) {
    if (!at.awaiting_pin) return;
    Attempt attempt = std::move(*at.awaiting_pin);
    at.awaiting_pin.reset();
    if (attempt.method == Method::card) attempt.method = Method::card_and_pin;
    attempt.pin_timed_out = true;
    settle(attempt, decide_now(attempt, turn), shown, turn);
}

// ---------------------------------------------------------------- uses that are not durable yet (E2)

bool Station::Parts::waits_for_write(const Attempt& attempt) const {
    if (writes.empty()) return false;
    const Person* const person = attempt.card   ? state.roster.find(*attempt.card)
                                 : attempt.user ? state.roster.find(*attempt.user)
                                                : nullptr;
    // Doors go on deciding while the disk fails (E3): the position is known, it is only not durable.
    const bool disk_fails = disk == Level::active;
    std::optional<PinHash> code;
    if (attempt.method == Method::public_password && attempt.pin) {
        code = hash_public_password(state.pin_key, *attempt.pin);
    }
    return std::ranges::any_of(writes, [&](const auto& write) {
        const auto* const last = std::get_if<AttemptStored>(&write.second);
        if (last == nullptr) return false;
        if (person != nullptr && last->use && last->use->user_id == person->user_id) return true;
        if (person != nullptr && !disk_fails &&
            std::ranges::find(last->moved, person->user_id) != last->moved.end())
            return true;
        return code.has_value() && last->use && last->use->public_password == code;
    });
}

void Station::Parts::resume_waiting(Turn& turn) {
    for (const Waiting& one : std::exchange(waiting, {})) {
        if (waits_for_write(one.attempt)) {
            waiting.push_back(one);
        } else {
            present(one.attempt, turn);
        }
    }
}

/// The disk did not answer in time: what would have been granted is refused, with the reason of a
/// verification that got no answer.
void Station::Parts::refuse_waiting(Turn& turn) {
    while (!waiting.empty() && waiting.front().until <= turn.now.instant) {
        const Waiting one = std::move(waiting.front());
        waiting.pop_front();
        if (post(one.attempt.door) == nullptr) continue;
        Decision decision = decide_now(one.attempt, turn);
        if (decision.outcome != Outcome::denied) decision.reason = Reason::verification_timeout;
        decision.outcome = Outcome::denied;
        settle(one.attempt, decision, Shown::yes, turn);
    }
}

}  // namespace sallyport::core
