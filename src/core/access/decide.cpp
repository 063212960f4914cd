#include "core/access/decide.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace sallyport::core {

namespace {

enum class PinMatch : std::uint8_t { not_given, right, duress, wrong };

/// What was presented, looked up once; the rules below only read it.
struct Evidence {
    const Attempt& attempt;
    const Policy& policy;
    const DoorSituation& situation;
    const base::Moment& now;
    const DoorSettings* door = nullptr;  ///< null: the settings have no such door
    const Person* person = nullptr;
    const Card* card = nullptr;
    const PublicPassword* public_password = nullptr;
    bool facility_only = false;  ///< the people are lost, and the card's facility is one of the door's
    UnlockMode unlock_mode = UnlockMode::card;
    PinMatch pin = PinMatch::not_given;
    const AreaRules* area = nullptr;  ///< null: the way leads between no areas with rules
    Passage passage{};
    const Position* position = nullptr;  ///< null: unknown
};

struct Verdict {
    RuleOutcome outcome = RuleOutcome::passed;
    Reason reason = Reason::none;
    std::int32_t looked_at = -1;
    Outcome ends_as = Outcome::denied;  ///< what the decision is when this rule does not pass
};

Verdict passed(std::int32_t looked_at = -1) {
    return {RuleOutcome::passed, Reason::none, looked_at};
}
Verdict not_applicable() {
    return {RuleOutcome::not_applicable};
}
Verdict failed(Reason reason, std::int32_t looked_at = -1) {
    return {RuleOutcome::failed, reason, looked_at};
}

// ---------------------------------------------------------------- what was presented

bool by_card(Method method) {
    return method == Method::card || method == Method::card_and_pin;
}

bool with_pin(Method method) {
    return method == Method::card_and_pin || method == Method::user_and_pin;
}

/// Two hashes for every PIN that came, whoever it is for and whether duress is on.
PinMatch match_pin(const Evidence& e) {
    if (!with_pin(e.attempt.method) || !e.attempt.pin || e.attempt.pin_timed_out) return PinMatch::not_given;
    const base::UserId user =
        e.person != nullptr ? e.person->user_id : e.attempt.user.value_or(base::UserId{});
    const PinHash entered = hash_pin(e.policy.pin_key, user, *e.attempt.pin);
    const PinHash meant = hash_pin(e.policy.pin_key, user, true_pin_of_duress(*e.attempt.pin));
    const bool has_pin = e.person != nullptr && e.person->pin.has_value();
    const PinHash stored = has_pin ? *e.person->pin : PinHash{};
    const bool is_right = equal(entered, stored);
    const bool is_duress = equal(meant, stored);
    if (!has_pin) return PinMatch::wrong;
    if (is_right) return PinMatch::right;
    if (is_duress && e.policy.settings.duress == Duress::on) return PinMatch::duress;
    return PinMatch::wrong;
}

const DoorRules& door_rules(const Evidence& e) {
    return rules_of(e.policy.settings.rules, e.attempt.door);
}

ScheduleAnswer answer(const Evidence& e, ScheduleIndex schedule) {
    return evaluate(e.policy.calendar, schedule, e.now.local, e.now.trust);
}

/// A right with an end says nothing while nobody knows what time it is.
ScheduleAnswer answer(const Evidence& e, const Right& right) {
    if (!right.end.never() && e.now.trust == base::ClockTrust::not_set) return ScheduleAnswer::clock_invalid;
    return answer(e, right.schedule);
}

bool is_over(const Evidence& e, const Right& right) {
    return !right.end.never() && e.now.trust == base::ClockTrust::set && e.now.utc >= right.end.time();
}

/// Of the period that holds now, or the door's own.
UnlockMode unlock_mode_of(const Evidence& e) {
    if (e.door == nullptr) return UnlockMode::card;
    for (const UnlockPeriod& period : door_rules(e).unlock_periods) {
        if (e.now.trust == base::ClockTrust::set && answer(e, period.schedule) == ScheduleAnswer::inside)
            return period.mode;
    }
    return e.door->unlock_mode;
}

bool by_facility(const Evidence& e) {
    const Attempt& attempt = e.attempt;
    return e.policy.fallback != nullptr && e.person == nullptr && by_card(attempt.method) &&
           attempt.facility && e.policy.fallback->admits(attempt.door, *attempt.facility);
}

void look_up_area(Evidence& e) {
    if (e.person == nullptr) return;
    const Rules& rules = e.policy.settings.rules;
    e.passage = passage_of(rules, e.attempt.reader, e.attempt.door);
    if (!e.passage.leads()) return;
    e.area = area_of(rules, e.passage);
    if (e.policy.positions != nullptr) e.position = e.policy.positions->find(e.person->user_id);
    if (e.position != nullptr && !is_there(e.policy.settings.rules, e.position->area)) e.position = nullptr;
}

Evidence look_up(const Attempt& attempt, const Policy& policy, const DoorSituation& situation,
                 const base::Moment& now) {
    Evidence e{attempt, policy, situation, now};
    const auto& doors = policy.settings.doors;
    if (attempt.door.value >= 1 && attempt.door.value <= doors.size()) {
        e.door = &doors[attempt.door.value - 1U];
    }
    e.unlock_mode = unlock_mode_of(e);
    if (by_card(attempt.method) && attempt.card) {
        e.person = policy.roster.find(*attempt.card);
        if (e.person != nullptr) {
            e.card = &*std::ranges::find(e.person->cards, *attempt.card, &Card::number);
        }
    } else if (attempt.method == Method::user_and_pin && attempt.user) {
        e.person = policy.roster.find(*attempt.user);
    } else if (attempt.method == Method::public_password && attempt.pin) {
        e.public_password =
            policy.roster.find_public_password(hash_public_password(policy.pin_key, *attempt.pin));
    }
    e.facility_only = by_facility(e);
    e.pin = match_pin(e);
    look_up_area(e);
    return e;
}

bool is_type(const Evidence& e, UserType user, CardType card) {
    return (e.person != nullptr && e.person->type == user) || (e.card != nullptr && e.card->type == card);
}

Flags flags_of(const Evidence& e) {
    return {.duress = e.pin == PinMatch::duress || (e.card != nullptr && e.card->type == CardType::duress),
            .vip = is_type(e, UserType::vip, CardType::vip),
            .patrol = is_type(e, UserType::patrol, CardType::patrol),
            .facility_only = e.facility_only};
}

Validity validity_of(const Evidence& e) {
    if (e.person != nullptr) return e.person->validity;
    return e.public_password != nullptr ? e.public_password->validity : Validity{};
}

bool is_bounded(const Validity& validity) {
    return validity != Validity{};
}

// ---------------------------------------------------------------- the rules, in the order of Reason

Verdict working_mode(const Evidence& e) {
    if (e.situation.working_mode == WorkingMode::reader) return failed(Reason::reader_mode);
    return passed();
}

Verdict keypad_lock(const Evidence& e) {
    const bool needs_keypad = e.attempt.method != Method::card || e.unlock_mode == UnlockMode::card_and_pin;
    if (!needs_keypad) return not_applicable();
    return e.situation.keypad == KeypadLock::locked ? failed(Reason::keypad_locked) : passed();
}

Verdict credential(const Evidence& e) {
    if (e.person != nullptr || e.public_password != nullptr) return passed();
    if (e.facility_only) return not_applicable();
    return failed(by_card(e.attempt.method) ? Reason::unknown_card : Reason::unknown_user);
}

Verdict facility(const Evidence& e) {
    if (!e.facility_only) return not_applicable();
    return passed(static_cast<std::int32_t>(std::min<std::uint32_t>(*e.attempt.facility, INT32_MAX)));
}

Verdict blocklist(const Evidence& e) {
    if (e.person == nullptr) return not_applicable();
    if (is_type(e, UserType::blocklist, CardType::blocklist)) return failed(Reason::blocklisted);
    return passed();
}

Verdict card_status(const Evidence& e) {
    if (e.card == nullptr) return not_applicable();
    switch (e.card->status) {
        case CardStatus::normal: return passed();
        case CardStatus::lost: return failed(Reason::card_lost);
        case CardStatus::frozen: return failed(Reason::card_frozen);
        case CardStatus::cancelled: return failed(Reason::card_cancelled);
    }
    return failed(Reason::card_cancelled);
}

Verdict validity(const Evidence& e) {
    const Validity validity = validity_of(e);
    if (!is_bounded(validity) || e.now.trust == base::ClockTrust::not_set) return not_applicable();
    if (e.now.utc < validity.from) return failed(Reason::not_yet_valid);
    if (e.now.utc >= validity.to) return failed(Reason::expired);
    return passed();
}

Verdict uses(const Evidence& e) {
    if (e.facility_only) return not_applicable();
    const auto& left = e.person != nullptr ? e.person->uses_left : e.public_password->uses_left;
    if (!left) return not_applicable();
    const auto shown = static_cast<std::int32_t>(std::min<std::uint32_t>(*left, INT32_MAX));
    return *left == 0 ? failed(Reason::uses_exhausted, shown) : passed(shown);
}

Verdict unlock_mode(const Evidence& e) {
    if (e.public_password != nullptr) return not_applicable();
    const UnlockMode mode = e.unlock_mode;
    if (e.facility_only && mode == UnlockMode::card_and_pin)
        return failed(Reason::wrong_unlock_mode, static_cast<std::int32_t>(mode));
    const bool user_entry = mode == UnlockMode::user_and_pin || mode == UnlockMode::card_or_user_and_pin;
    const bool fits = by_card(e.attempt.method) ? mode != UnlockMode::user_and_pin : user_entry;
    const auto shown = static_cast<std::int32_t>(mode);
    return fits ? passed(shown) : failed(Reason::wrong_unlock_mode, shown);
}

Verdict pin(const Evidence& e) {
    if (e.public_password != nullptr) return not_applicable();
    if (e.attempt.method == Method::card) {
        if (e.unlock_mode != UnlockMode::card_and_pin) return not_applicable();
        return {RuleOutcome::not_applicable, Reason::none, -1, Outcome::needs_pin};
    }
    switch (e.pin) {
        case PinMatch::right:
        case PinMatch::duress: return passed();
        case PinMatch::wrong: return failed(Reason::wrong_pin);
        case PinMatch::not_given: break;
    }
    return failed(e.attempt.pin_timed_out ? Reason::pin_timeout : Reason::wrong_pin);
}

bool is_of(RightKind kind, RightKind wanted) {
    return kind == wanted || (kind == RightKind::first_card && wanted == RightKind::allow);
}

/// The lowest index, so that the trace does not depend on the order of the rights. What is over is not there.
template <class Counts>
std::optional<ScheduleIndex> lowest(const Evidence& e, RightKind kind, Counts&& counts) {
    std::optional<ScheduleIndex> result;
    if (e.person == nullptr) return result;
    for (const Right& right : e.person->rights) {
        if (!is_of(right.kind, kind) || !right.doors.contains(e.attempt.door) || is_over(e, right)) continue;
        if ((!result || right.schedule < *result) && counts(right)) result = right.schedule;
    }
    return result;
}

Verdict deny_rights(const Evidence& e) {
    const auto applies = [&](const Right& right) {
        return !knows(e.policy.calendar, right.schedule) || answer(e, right) == ScheduleAnswer::inside;
    };
    if (e.person == nullptr) return not_applicable();
    const auto denied = lowest(e, RightKind::deny, applies);
    return denied ? failed(Reason::denied_by_rule, denied->value) : passed();
}

/// The allow right that lets in now; otherwise any for this door.
Verdict rights(const Evidence& e) {
    if (e.door == nullptr) return failed(Reason::no_permission);
    if (e.public_password != nullptr) {
        return e.public_password->doors.contains(e.attempt.door) ? passed() : failed(Reason::no_permission);
    }
    if (e.facility_only) return passed();
    const auto holds = [&](const Right& right) { return answer(e, right) == ScheduleAnswer::inside; };
    if (const auto now = lowest(e, RightKind::allow, holds)) return passed(now->value);
    const auto any = lowest(e, RightKind::allow, [](const Right&) { return true; });
    return any ? passed(any->value) : failed(Reason::no_permission);
}

std::optional<ScheduleIndex> with_answer(const Evidence& e, ScheduleAnswer wanted) {
    return lowest(e, RightKind::allow, [&](const Right& right) { return answer(e, right) == wanted; });
}

/// Whether the clock must be right for this decision, whatever the allow rights say.
bool depends_on_clock(const Evidence& e) {
    const auto scheduled = [](const Right& right) { return right.schedule != always || !right.end.never(); };
    return is_bounded(validity_of(e)) || lowest(e, RightKind::deny, scheduled).has_value();
}

/// Both the person's right and the door's own schedule must hold; of two failures the one that is first in
/// the order of Reason is told.
Verdict schedule(const Evidence& e) {
    const ScheduleAnswer door = answer(e, e.door->schedule);
    if (e.now.trust == base::ClockTrust::not_set && depends_on_clock(e)) return failed(Reason::clock_invalid);
    const bool person_inside = e.person == nullptr || with_answer(e, ScheduleAnswer::inside).has_value();
    constexpr std::pair<ScheduleAnswer, Reason> failures[] = {
        {ScheduleAnswer::clock_invalid, Reason::clock_invalid},
        {ScheduleAnswer::outside, Reason::outside_schedule},
        {ScheduleAnswer::holiday, Reason::holiday}};
    for (const auto& [wanted, reason] : failures) {
        if (!person_inside) {
            if (const auto right = with_answer(e, wanted)) return failed(reason, right->value);
        }
        if (door == wanted) return failed(reason, e.door->schedule.value);
    }
    return passed(e.door->schedule.value);
}

Verdict patrol(const Evidence& e) {
    if (!is_type(e, UserType::patrol, CardType::patrol)) return not_applicable();
    return failed(Reason::patrol_only);
}

Verdict door_mode(const Evidence& e) {
    const auto shown = static_cast<std::int32_t>(e.situation.mode);
    switch (e.situation.mode) {
        case DoorMode::normal:
        case DoorMode::always_open: return passed(shown);
        case DoorMode::always_closed: return failed(Reason::door_always_closed, shown);
        case DoorMode::lockdown: return failed(Reason::lockdown, shown);
    }
    return failed(Reason::lockdown, shown);
}

Verdict interlock(const Evidence& e) {
    if (e.situation.blocked_by) return failed(Reason::interlock, e.situation.blocked_by->value);
    return e.policy.settings.rules.interlocks.empty() ? not_applicable() : passed();
}

bool breaks_passback(const Evidence& e) {
    return e.area != nullptr && judge(*e.area, e.passage, e.position, e.now) == Passing::violation;
}

Verdict anti_passback(const Evidence& e) {
    if (e.area == nullptr || e.area->passback == Passback::off) return not_applicable();
    const std::int32_t shown = e.position != nullptr ? e.position->area.value : -1;
    const bool refused = breaks_passback(e) && e.area->passback != Passback::soft;
    return refused ? failed(Reason::anti_passback, shown) : passed(shown);
}

/// Whether the person is one that a first card rule waits for.
bool is_first_card(const Evidence& e) {
    const auto holds = [&](const Right& right) { return answer(e, right) == ScheduleAnswer::inside; };
    return lowest(e, RightKind::first_card, holds).has_value();
}

/// The period for which this person's card opens the door to others; none where others need not wait.
std::optional<PeriodOfDay> opens_to_others(const Evidence& e) {
    const auto& rule = door_rules(e).first_card;
    if (!rule || !is_first_card(e)) return std::nullopt;
    return period_at(e.policy.calendar, rule->schedule, e.now.local, e.now.trust);
}

Verdict first_card(const Evidence& e) {
    const auto& rule = door_rules(e).first_card;
    if (!rule) return not_applicable();
    const auto shown = static_cast<std::int32_t>(rule->schedule.value);
    const ScheduleAnswer now = answer(e, rule->schedule);
    if (now == ScheduleAnswer::outside || now == ScheduleAnswer::holiday) return not_applicable();
    if (is_first_card(e)) return passed(shown);
    const auto period = period_at(e.policy.calendar, rule->schedule, e.now.local, e.now.trust);
    const bool others_may = period && e.situation.first_card == period;
    return others_may ? passed(shown) : failed(Reason::first_card_required, shown);
}

Verdict group(const Evidence& e) {
    static const Gathering nobody;
    const GroupRules& rules = door_rules(e).groups;
    if (rules.groups.empty()) return not_applicable();
    const Gathering& came = e.situation.gathering != nullptr ? *e.situation.gathering : nobody;
    const auto shown = static_cast<std::int32_t>(came.people(e.now.instant).size());
    if (e.person == nullptr) return failed(Reason::group_order, shown);
    switch (came.judge(rules, e.person->user_id, e.now.instant)) {
        case Arrival::completes: return passed(shown);
        case Arrival::counts:
        case Arrival::came_already: return failed(Reason::more_people_required, shown);
        case Arrival::out_of_turn: return failed(Reason::group_order, shown);
    }
    return failed(Reason::group_order, shown);
}

Verdict verification(const Evidence& e) {
    if (!door_rules(e).verification_s) return not_applicable();
    switch (e.attempt.verification) {
        case Verification::granted: return passed();
        case Verification::denied: return failed(Reason::verification_denied);
        case Verification::unanswered: return failed(Reason::verification_timeout);
        case Verification::not_asked: break;
    }
    return {RuleOutcome::not_applicable, Reason::none, -1, Outcome::needs_verification};
}

struct Step {
    Rule rule;
    Verdict (*look)(const Evidence&);
};
constexpr std::array steps{Step{Rule::working_mode, working_mode},
                           Step{Rule::keypad_lock, keypad_lock},
                           Step{Rule::credential, credential},
                           Step{Rule::facility, facility},
                           Step{Rule::blocklist, blocklist},
                           Step{Rule::card_status, card_status},
                           Step{Rule::validity, validity},
                           Step{Rule::uses, uses},
                           Step{Rule::unlock_mode, unlock_mode},
                           Step{Rule::pin, pin},
                           Step{Rule::deny_rights, deny_rights},
                           Step{Rule::rights, rights},
                           Step{Rule::schedule, schedule},
                           Step{Rule::patrol, patrol},
                           Step{Rule::door_mode, door_mode},
                           Step{Rule::interlock, interlock},
                           Step{Rule::anti_passback, anti_passback},
                           Step{Rule::first_card, first_card},
                           Step{Rule::group, group},
                           Step{Rule::verification, verification}};
static_assert(std::ranges::is_sorted(steps, {}, &Step::rule));
static_assert(steps.size() <= Trace::capacity());

}  // namespace

bool FacilityFallback::admits(base::DoorNumber door, std::uint32_t facility) const {
    if (door.value < 1 || door.value > doors.size()) return false;
    return std::ranges::find(doors[door.value - 1U], facility) != doors[door.value - 1U].end();
}

Decision decide(const Attempt& attempt, const Policy& policy, const DoorSituation& situation,
                const base::Moment& now) {
    const Evidence evidence = look_up(attempt, policy, situation, now);
    Decision decision;
    decision.flags = flags_of(evidence);
    decision.person = evidence.person;
    decision.public_password = evidence.public_password;
    for (const Step& step : steps) {
        if (step.rule == Rule::facility && policy.fallback == nullptr) continue;
        const Verdict verdict = step.look(evidence);
        decision.trace.push_back({step.rule, verdict.outcome, verdict.looked_at});
        if (verdict.outcome == RuleOutcome::failed || verdict.ends_as != Outcome::denied) {
            decision.outcome = verdict.ends_as;
            decision.reason = verdict.reason;
            return decision;
        }
    }
    decision.outcome = Outcome::granted;
    decision.flags.anti_passback = breaks_passback(evidence);
    decision.first_card = opens_to_others(evidence);
    return decision;
}

}  // namespace sallyport::core
