#include "server/verification/verifications.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "base/log.hpp"
#include "server/rights/card_numbers.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::text_of;

namespace {

/// The controller's word that the time is over may be a little faster than the clock of here.
constexpr base::Duration slack = std::chrono::seconds(1);

json::value id_or_null(std::optional<Id> id) {
    return id ? json::value(id_text(*id)) : json::value(nullptr);
}

json::array words_of(const core::Flags& flags) {
    json::array words;
    if (flags.duress) words.emplace_back("duress");
    if (flags.vip) words.emplace_back("vip");
    if (flags.anti_passback) words.emplace_back("anti_passback");
    if (flags.facility_only) words.emplace_back("facility_only");
    return words;
}

}  // namespace

void Verifications::ask(Id device, const core::AskOperator& asked) {
    const auto door = doors_.find(device, asked.attempt.door.value);
    if (!door) return base::log_warning("A controller asks about a door that it did not have when it came.");
    Question question;
    question.device = device;
    question.number = asked.question;
    question.door = *door;
    question.attempt = asked.attempt;
    question.asked_at = clock_.utc();
    question.until = clock_.monotonic() + asked.patience;
    question.patience = asked.patience;
    read_person(question);
    {
        const std::lock_guard lock(mutex_);
        const auto known = std::ranges::find_if(questions_, [&](const auto& one) {
            return one.second.device == device && one.second.number == asked.question;
        });
        if (known != questions_.end()) {
            if (known->second.state != VerificationState::withdrawn) return;
            question.id = known->first;
        } else {
            if (waiting_at(device) >= at_once)
                return base::log_warning("A controller asks more than it has doors.");
            question.id = ids_.next();
        }
        questions_[question.id] = question;
    }
    publish(question);
}

std::size_t Verifications::waiting_at(Id device) const {
    return static_cast<std::size_t>(std::ranges::count_if(questions_, [&](const auto& one) {
        return one.second.device == device && one.second.state == VerificationState::waiting;
    }));
}

void Verifications::read_person(Question& question) const {
    if (!question.attempt.user_id) return;
    const std::string user_id(question.attempt.user_id->view());
    question.person = json::object{{"id", nullptr},    {"user_id", user_id}, {"name", nullptr},
                                   {"photo", nullptr}, {"erased", false},    {"department_id", nullptr}};
    const auto rows = ports::read_from(database_, [&](ports::Connection& connection) {
        return connection.query(
            "SELECT p.id, p.name, p.department_id, d.name, (SELECT f.changed_at FROM person_photo f WHERE "
            "f.person_id = p.id) FROM person p LEFT JOIN department d ON d.id = p.department_id WHERE "
            "p.user_id = $1",
            ports::Parameters{user_id});
    });
    if (!rows || rows->empty()) return;
    const auto& row = rows->front();
    question.person = json::object{{"id", id_text(row.integer(0))},
                                   {"user_id", user_id},
                                   {"name", row.text(1)},
                                   {"photo", id_or_null(row.integer_or_null(4))},
                                   {"erased", false},
                                   {"department_id", id_or_null(row.integer_or_null(2))}};
    question.department_id = row.integer_or_null(2);
    if (!row.is_null(3)) question.department = row.text(3);
}

void Verifications::end(Question& question, VerificationState state) const {
    question.state = state;
    question.answer.reset();
    question.ended = clock_.monotonic();
}

void Verifications::over(Id device, std::uint64_t number) {
    std::optional<Question> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, question] : questions_) {
            if (question.device != device || question.number != number) continue;
            if (question.state != VerificationState::waiting) return;
            if (question.answer) {  // who gave it hears from the controller whether it was in time
                question.until = clock_.monotonic();
                return;
            }
            end(question, clock_.monotonic() + slack >= question.until ? VerificationState::unanswered
                                                                       : VerificationState::withdrawn);
            ended = question;
        }
    }
    if (ended) publish(*ended);
}

void Verifications::lost(Id device) {
    std::vector<Question> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, question] : questions_) {
            if (question.device != device || question.state != VerificationState::waiting || question.answer)
                continue;
            end(question, VerificationState::withdrawn);
            ended.push_back(question);
        }
    }
    for (const auto& question : ended) publish(question);
}

void Verifications::sweep() {
    std::vector<Question> ended;
    {
        const std::lock_guard lock(mutex_);
        const auto now = clock_.monotonic();
        for (auto& [id, question] : questions_) {
            if (question.state != VerificationState::waiting || question.answer ||
                now < question.until + slack)
                continue;
            end(question, VerificationState::unanswered);
            ended.push_back(question);
        }
        std::erase_if(questions_, [&](const auto& one) {
            return one.second.state != VerificationState::waiting && now > one.second.ended + remembered;
        });
    }
    for (const auto& question : ended) publish(question);
}

Verifications::Sees Verifications::seen_by(const Question& question, const Viewer& viewer) const {
    const auto door = doors_.find(question.door.id);
    const auto area = door ? door->area() : question.door.area();
    if (!viewer.rights.may(Function::doors, Level::control) || !holds(viewer.part.areas, area))
        return Sees::nothing;
    const bool somebody = question.attempt.user_id || question.attempt.card;
    if (somebody && !holds(viewer.part.departments, question.department_id)) return Sees::attempt;
    return sees_card_numbers(viewer.rights) ? Sees::all : Sees::all_but_card;
}

json::object Verifications::told(const Question& question, Sees sees) const {
    const auto& attempt = question.attempt;
    const auto left = question.state == VerificationState::waiting
                          ? std::max(question.until - clock_.monotonic(), base::Duration{0})
                          : base::Duration{0};
    const auto milliseconds = [](base::Duration time) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    };
    const bool names = sees == Sees::all || sees == Sees::all_but_card;
    const bool shows_card = sees == Sees::all && attempt.card;
    return {
        {"id", id_text(question.id)},
        {"device_id", id_text(question.device)},
        {"door_id", id_text(question.door.id)},
        {"door_name", question.door.name},
        {"asked_at", time_text(question.asked_at)},
        {"patience_ms", milliseconds(question.patience)},
        {"left_ms", milliseconds(left)},
        {"direction", attempt.direction == core::Direction::none ? json::value(nullptr)
                                                                 : json::value(text_of(attempt.direction))},
        {"method", text_of(attempt.method)},
        {"person", names ? question.person : json::value(nullptr)},
        {"department", names ? question.department : json::value(nullptr)},
        {"card", shows_card ? json::value(attempt.card->text()) : json::value(nullptr)},
        {"flags", words_of(attempt.flags)},
        {"state", text_of(question.state)},
        {"by", question.by.empty() ? json::value(nullptr) : json::value(question.by)}};
}

void Verifications::publish(const Question& question) const {
    std::map<Sees, json::object> told_as;
    live_.publish("verification", [&](const Viewer& viewer) -> const json::object* {
        const auto sees = seen_by(question, viewer);
        if (sees == Sees::nothing) return nullptr;
        const auto [at, is_new] = told_as.try_emplace(sees);
        if (is_new) at->second = told(question, sees);
        return &at->second;
    });
}

json::object Verifications::list(const Viewer& viewer) const {
    json::array items;
    const std::lock_guard lock(mutex_);
    std::vector<const Question*> waiting;
    for (const auto& [id, question] : questions_)
        if (question.state == VerificationState::waiting && seen_by(question, viewer) != Sees::nothing)
            waiting.push_back(&question);
    std::ranges::sort(waiting, {}, [](const Question* one) { return one->until; });
    for (const auto* one : waiting) items.push_back(told(*one, seen_by(*one, viewer)));
    return {{"items", std::move(items)}, {"next", nullptr}};
}

Verifications::Questions::const_iterator Verifications::find(Id id, const Viewer& viewer) const {
    const auto found = questions_.find(id);
    if (found == questions_.end() || seen_by(found->second, viewer) == Sees::nothing) return questions_.end();
    return found;
}

Answer<json::object> Verifications::get(Id id, const Viewer& viewer) const {
    const std::lock_guard lock(mutex_);
    const auto found = find(id, viewer);
    if (found == questions_.end()) return no_such("question");
    return told(found->second, seen_by(found->second, viewer));
}

Answer<TakenAnswer> Verifications::take(Id id, core::Verification answer, const Viewer& viewer,
                                        const std::string& by) {
    const std::lock_guard lock(mutex_);
    const auto seen = find(id, viewer);
    if (seen == questions_.end()) return no_such("question");
    auto& question = questions_.at(id);
    const auto over = [](std::string message) {
        return refuse(base::ErrorKind::conflict, "question_over", std::move(message));
    };
    if (question.answer)
        return over(fmt::format("{} has answered already: {}.", question.by, text_of(*question.answer)));
    if (question.state == VerificationState::granted || question.state == VerificationState::denied)
        return over(fmt::format("{} has answered already: {}.", question.by, text_of(question.state)));
    if (question.state != VerificationState::waiting)
        return over("The door does not wait any more: nobody answered in time, or the person left.");
    question.answer = answer;
    question.by = by;
    TakenAnswer taken{question.device, question.number, answer, question.door.id, question.door.name, {}};
    if (question.attempt.user_id) taken.user_id = std::string(question.attempt.user_id->view());
    return taken;
}

void Verifications::settle(Id id, const base::Status& taken) {
    std::optional<Question> settled;
    {
        const std::lock_guard lock(mutex_);
        const auto found = questions_.find(id);
        if (found == questions_.end() || !found->second.answer) return;
        auto& question = found->second;
        if (taken) {
            end(question, *question.answer == core::Verification::granted ? VerificationState::granted
                                                                          : VerificationState::denied);
        } else {
            question.by.clear();
            question.answer.reset();
            if (taken.error().code == "question_over" || taken.error().code == "device_offline" ||
                clock_.monotonic() >= question.until)
                end(question, VerificationState::withdrawn);
        }
        settled = question;
    }
    publish(*settled);
}

}  // namespace sallyport::server
