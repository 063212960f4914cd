// What an attempt changes beyond its own door, and who else has a say in it: areas, first cards, groups,
// operators (controller.md A7, E2).
#include <algorithm>
#include <utility>

#include "core/station/parts.hpp"

namespace sallyport::core {

namespace {

base::UserId user_of(const Change& change) {
    const auto* const move = std::get_if<MovePerson>(&change);
    return move != nullptr ? move->user_id : base::UserId{};
}

}  // namespace

// ---------------------------------------------------------------- areas

/// Whoever passes together is taken to the area that the reader of the record leads into, at once.
std::vector<Change> Station::Parts::moves_of(const Record& record,
                                             const std::vector<base::UserId>& companions, Turn& turn) {
    std::vector<Change> moves;
    const Passage passage = passage_of(state.settings.rules, record.reader, record.door);
    if (!record.user_id || !passage.leads()) return moves;
    const Position there{passage.to, turn.now.utc, turn.now.local.utc_offset_s, turn.now.instant};
    const auto move = [&](const base::UserId& person) {
        state.positions.move(person, there);
        moves.emplace_back(MovePerson{person, there});
    };
    move(*record.user_id);
    for (const base::UserId& person : companions) move(person);
    return moves;
}

/// The door was opened on a grant: only now the people are where the reader leads.
void Station::Parts::taken(Post& at, Record record, Turn& turn) {
    auto moves = moves_of(record, at.companions, turn);
    at.companions.clear();
    write_attempt({}, std::move(moves), std::move(record), turn);
}

void Station::Parts::write_attempt(std::optional<CountUse> use, std::vector<Change> changes, Record record,
                                   Turn& turn) {
    AttemptStored purpose{use, {}};
    for (const Change& change : changes) {
        if (const auto person = user_of(change); !person.empty()) purpose.moved.push_back(person);
    }
    if (use) changes.emplace_back(*use);
    if (changes.empty()) return append(std::move(record), turn);
    write(std::move(purpose), std::move(changes), std::move(record), turn);
}

void Station::Parts::on(const PositionForgotten& forgotten, Turn& turn) {
    Record record;
    record.kind = RecordKind::remote_command;
    record.method = Method::remote;
    if (const auto* person = std::get_if<base::UserId>(&forgotten.whose)) {
        state.positions.forget(*person);
        record.user_id = *person;
        record.detail = written({DetailTerm::person_pardoned, {{DetailName::by, forgotten.by}}});
    } else {
        const auto area = std::get<AreaNumber>(forgotten.whose);
        state.positions.forget(area);
        record.detail = written(
            {DetailTerm::area_reset, {{DetailName::number, area.value}, {DetailName::by, forgotten.by}}});
    }
    write(FactStored{}, {ForgetPosition{forgotten.whose}}, std::move(record), turn);
}

// ---------------------------------------------------------------- first cards and groups

std::vector<BeginFirstCard> first_cards_ended(const Settings& before, const Settings& after) {
    std::vector<BeginFirstCard> ended;
    for (std::size_t i = 0; i < before.doors.size(); ++i) {
        const base::DoorNumber door{static_cast<std::uint8_t>(i + 1)};
        if (rules_of(before.rules, door).first_card != rules_of(after.rules, door).first_card)
            ended.push_back({door, {}});
    }
    return ended;
}

std::optional<PeriodOfDay> Station::Parts::first_card(base::DoorNumber door) const {
    return door.value <= state.first_cards.size() ? state.first_cards[door.value - 1U] : std::nullopt;
}

void Station::Parts::begin_first_card(base::DoorNumber door, const PeriodOfDay& period,
                                      std::vector<Change>& changes) {
    if (first_card(door) == period) return;
    if (state.first_cards.size() < door.value) state.first_cards.resize(door.value);
    state.first_cards[door.value - 1U] = period;
    changes.emplace_back(BeginFirstCard{door, period});
}

/// One more of a group has come: the panel asks for the next one instead of refusing.
Signal Station::Parts::arrive(Post& at, const Decision& decision, Turn& turn) {
    if (decision.reason != Reason::more_people_required || decision.person == nullptr) return Signal::denied;
    const GroupRules& rules = rules_of(state.settings.rules, at.number).groups;
    const base::UserId& person = decision.person->user_id;
    if (at.gathering.judge(rules, person, turn.now.instant) == Arrival::counts)
        at.gathering.add(rules, person, turn.now.instant);
    return Signal::next;
}

// ---------------------------------------------------------------- operators

/// A later person before the door takes the place of an earlier one.
void Station::Parts::ask(Post& at, const Attempt& attempt, const Decision& decision, Turn& turn) {
    give_up_question(at, turn);
    const std::chrono::seconds patience{*rules_of(state.settings.rules, at.number).verification_s};
    last_question = std::max(
        last_question + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(turn.now.utc.microseconds, 0)));
    at.question = Question{last_question, attempt, turn.now.instant + patience};
    at.gathering.wait_until(at.question->until + std::chrono::seconds{1});
    Record record = record_of(attempt, decision);
    record.result = AccessResult::none;
    turn.out.emplace_back(AskOperator{last_question, std::move(record), patience});
}

/// The attempt with what was said of it; none without a question.
std::optional<Attempt> Station::Parts::stop_asking(Post& at, Verification answer, Turn& turn) {
    if (!at.question) return std::nullopt;
    Attempt attempt = std::move(at.question->attempt);
    attempt.verification = answer;
    turn.out.emplace_back(StopAsking{at.question->number});
    at.question.reset();
    return attempt;
}

void Station::Parts::give_up_question(Post& at, Turn& turn) {
    const auto attempt = stop_asking(at, Verification::unanswered, turn);
    if (attempt) settle(*attempt, decide_now(*attempt, turn), Shown::no, turn);
}

void Station::Parts::end_questions(Turn& turn) {
    for (Post& at : posts) {
        if (!at.question || turn.now.instant < at.question->until) continue;
        present(*stop_asking(at, Verification::unanswered, turn), turn);
    }
}

void Station::Parts::on(const OperatorAnswered& answered, Turn& turn) {
    const auto at = std::ranges::find_if(
        posts, [&](const Post& one) { return one.question && one.question->number == answered.question; });
    if (at == posts.end()) return;
    const bool granted = answered.answer == Verification::granted;
    Record record;
    record.kind = RecordKind::remote_command;
    record.method = Method::remote;
    record.door = at->number;
    record.detail = written(
        {DetailTerm::verified, {{DetailName::answer, answered.answer}, {DetailName::by, answered.by}}});
    append(std::move(record), turn);
    present(*stop_asking(*at, granted ? Verification::granted : Verification::denied, turn), turn);
}

}  // namespace sallyport::core
