#include "codec/cgi/numbers.hpp"

#include <algorithm>
#include <array>

namespace sallyport::codec::cgi {

using core::Alarm;
using core::Reason;
using core::RecordKind;

namespace {

bool came_last_of_a_group(const core::Record& record) {
    return std::ranges::any_of(record.trace, [](const core::TraceStep& step) {
        return step.rule == core::Rule::group && step.outcome == core::RuleOutcome::passed;
    });
}

}  // namespace

int method_number(const core::Record& record) {
    const bool duress = record.flags.duress;
    if (record.result == core::AccessResult::granted && came_last_of_a_group(record)) return 11;
    switch (record.method) {
        case core::Method::none: return 0;
        case core::Method::keypad: return 0;
        case core::Method::card: return 1;
        case core::Method::card_and_pin: return duress ? 13 : 2;
        case core::Method::user_and_pin: return duress ? 13 : 21;
        case core::Method::public_password: return 20;
        case core::Method::remote: return 4;
        case core::Method::exit_button: return 5;
    }
    return 0;
}

int error_code(const core::Record& record) {
    if (record.flags.duress && record.result == core::AccessResult::denied) return 22;
    switch (record.reason) {
        case Reason::none: return 0;
        case Reason::reader_mode:
        case Reason::keypad_locked:
        case Reason::unknown_card:
        case Reason::unknown_user:
        case Reason::blocklisted: return 16;
        case Reason::card_lost:
        case Reason::card_frozen:
        case Reason::card_cancelled: return 17;
        case Reason::denied_by_rule:
        case Reason::no_permission: return 18;
        case Reason::wrong_unlock_mode: return 19;
        case Reason::not_yet_valid:
        case Reason::expired:
        case Reason::uses_exhausted: return 20;
        case Reason::anti_passback: return 21;
        case Reason::lockdown:
        case Reason::door_always_closed: return 23;
        case Reason::interlock: return 24;
        case Reason::patrol_only: return 25;
        case Reason::clock_invalid:
        case Reason::outside_schedule: return 32;
        case Reason::holiday: return 33;
        case Reason::first_card_required: return 48;
        case Reason::wrong_pin: return record.card ? 64 : 16;
        case Reason::pin_timeout: return 65;
        case Reason::group_order: return 80;
        case Reason::more_people_required: return 81;
        case Reason::verification_denied:
        case Reason::verification_timeout: return 96;
    }
    return 16;
}

int unlock_mode_number(core::UnlockMode mode, const core::DoorRules& rules) {
    if (!rules.unlock_periods.empty()) return 5;
    if (!rules.groups.groups.empty()) return 11;
    switch (mode) {
        case core::UnlockMode::card: return 1;
        case core::UnlockMode::card_and_pin: return 3;
        case core::UnlockMode::user_and_pin: return 16;
        case core::UnlockMode::card_or_user_and_pin: return 2;
    }
    return 1;
}

std::optional<core::UnlockMode> unlock_mode_from(std::int64_t number) {
    switch (number) {
        case 1: return core::UnlockMode::card;
        case 2: return core::UnlockMode::card_or_user_and_pin;
        case 3: return core::UnlockMode::card_and_pin;
        case 16: return core::UnlockMode::user_and_pin;
        default: return std::nullopt;
    }
}

int card_type_number(core::CardType type) {
    return static_cast<int>(type);
}

std::optional<core::CardType> card_type_from(std::int64_t number) {
    if (number < 0 || number > static_cast<int>(core::CardType::duress)) return std::nullopt;
    return static_cast<core::CardType>(number);
}

int card_status_bits(core::CardStatus status) {
    switch (status) {
        case core::CardStatus::normal: return 0;
        case core::CardStatus::lost: return 1;
        case core::CardStatus::cancelled: return 2;
        case core::CardStatus::frozen: return 4;
    }
    return 4;
}

std::optional<core::CardStatus> card_status_from(std::int64_t bits) {
    if (bits < 0 || bits > 31) return std::nullopt;
    if ((bits & 1) != 0) return core::CardStatus::lost;
    if ((bits & 2) != 0) return core::CardStatus::cancelled;
    return bits == 0 ? core::CardStatus::normal : core::CardStatus::frozen;
}

std::optional<core::UserType> user_type_from(std::int64_t number) {
    if (number < 0 || number > static_cast<int>(core::UserType::extended_time)) return std::nullopt;
    return static_cast<core::UserType>(number);
}

namespace {

std::string_view code_of(Alarm alarm) {
    switch (alarm) {
        case Alarm::intrusion: return "BreakIn";
        case Alarm::overtime: return "DoorNotClosed";
        case Alarm::duress: return "Duress";
        case Alarm::tamper: return "ChassisIntruded";
        case Alarm::illegal_card: return "MaliciousAccessControl";
        case Alarm::blocklist: return "AccessControlBlacklist";
        case Alarm::exit_button_stuck:
        case Alarm::clock_invalid:
        case Alarm::storage_failed:
        case Alarm::mains_failed:
        case Alarm::battery_low:
        case Alarm::fire:
        case Alarm::overtime_soon: return "AlarmLocal";
    }
    return "AlarmLocal";
}

}  // namespace

core::Method method_from(std::int64_t number, core::Flags& flags) {
    switch (number) {
        case 0:
        case 21: return core::Method::user_and_pin;
        case 1:
        case 11: return core::Method::card;
        case 2:
        case 3: return core::Method::card_and_pin;
        case 4: return core::Method::remote;
        case 5: return core::Method::exit_button;
        case 13: flags.duress = true; return core::Method::user_and_pin;
        case 20:
        case 46: return core::Method::public_password;
        default: return core::Method::none;
    }
}

core::Reason reason_from(std::int64_t error_code, Shown shown) {
    switch (error_code) {
        case 0: return Reason::none;
        case 16: return shown == Shown::card ? Reason::unknown_card : Reason::unknown_user;
        case 17: return Reason::card_cancelled;
        case 19: return Reason::wrong_unlock_mode;
        case 20: return Reason::expired;
        case 21:
        case 99: return Reason::anti_passback;
        case 22:
        case 64: return Reason::wrong_pin;
        case 23:
        case 26: return Reason::door_always_closed;
        case 24: return Reason::interlock;
        case 25: return Reason::patrol_only;
        case 32: return Reason::outside_schedule;
        case 33: return Reason::holiday;
        case 48: return Reason::first_card_required;
        case 65: return Reason::pin_timeout;
        case 80: return Reason::group_order;
        case 81: return Reason::more_people_required;
        case 96: return Reason::verification_denied;
        default: return Reason::no_permission;
    }
}

std::optional<Alarm> alarm_from(std::string_view code) {
    for (const auto alarm : {Alarm::intrusion, Alarm::overtime, Alarm::duress, Alarm::tamper,
                             Alarm::illegal_card, Alarm::blocklist})
        if (code_of(alarm) == code) return alarm;
    return std::nullopt;
}

std::string_view door_state_word(core::DoorMode mode) {
    switch (mode) {
        case core::DoorMode::normal: break;
        case core::DoorMode::always_open: return "OpenAlways";
        case core::DoorMode::always_closed: return "CloseAlways";
        case core::DoorMode::lockdown: return "Lockdown";
    }
    return "Normal";
}

std::optional<core::DoorMode> door_mode_from(std::string_view word) {
    for (const auto mode : {core::DoorMode::normal, core::DoorMode::always_open,
                            core::DoorMode::always_closed, core::DoorMode::lockdown})
        if (door_state_word(mode) == word) return mode;
    return std::nullopt;
}

bool is_event_code(std::string_view code) {
    static constexpr std::array<std::string_view, 10> codes{
        "AccessControl",   "DoorStatus",  "BreakIn",    "DoorNotClosed",          "Duress",
        "ChassisIntruded", "RepeatEnter", "AlarmLocal", "MaliciousAccessControl", "AccessControlBlacklist"};
    return std::ranges::find(codes, code) != codes.end();
}

std::optional<EventName> event_of(const core::Record& record) {
    if (record.kind == RecordKind::door_opened || record.kind == RecordKind::door_closed)
        return EventName{"DoorStatus", "Pulse"};
    if (is_alarm_record(record) && record.alarm)
        return EventName{code_of(*record.alarm), record.kind == RecordKind::alarm_started ? "Start" : "Stop"};
    if (!is_card_record(record)) return std::nullopt;
    if (record.reason == Reason::anti_passback) return EventName{"RepeatEnter", "Pulse"};
    return EventName{"AccessControl", "Pulse"};
}

bool is_card_record(const core::Record& record) {
    return record.kind == RecordKind::access || record.kind == RecordKind::patrol ||
           record.kind == RecordKind::exit_button || record.kind == RecordKind::remote_command;
}

bool is_alarm_record(const core::Record& record) {
    return record.kind == RecordKind::alarm_started || record.kind == RecordKind::alarm_ended;
}

}  // namespace sallyport::codec::cgi
