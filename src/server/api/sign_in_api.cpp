#include "server/api/sign_in_api.hpp"

#include <iterator>

#include <boost/json/array.hpp>

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::size_t most_questions = 3;
constexpr TextRule password_rule{1, 128, nullptr, {}};
constexpr TextRule answer_rule{1, 200, nullptr, {}};
constexpr std::int64_t longest_reminder_days = 3'650;

/// Only the password of the one who calls.
Answer<base::Secret> password_body(const Call& call) {
    auto password = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.secret("password", password_rule, Need::required);
    });
    if (!password) return std::unexpected(password.error());
    return **std::move(password);
}

/// As given, after the password was right.
Answer<base::Secret> checked_password(Accounts& accounts, const Call& call) {
    auto password = password_body(call);
    if (!password) return password;
    if (auto known = accounts.check_password(*call.session, *password, call.caller); !known)
        return std::unexpected(known.error());
    return password;
}

Answer<Reply> codes_or_problem(const Answer<std::vector<base::Secret>>& codes) {
    if (!codes) return std::unexpected(codes.error());
    json::array list;
    for (const auto& code : *codes) list.emplace_back(code.reveal());
    return ok(json::object{{"recovery_codes", std::move(list)}});
}

Answer<Reply> begin(Accounts& accounts, SecondFactors& factors, const Call& call) {
    if (auto known = checked_password(accounts, call); !known) return std::unexpected(known.error());
    const auto begun = factors.begin(call.session->account);
    if (!begun) return std::unexpected(begun.error());
    return ok(json::object{{"secret", begun->secret.reveal()}, {"uri", begun->uri.reveal()}});
}

Answer<Reply> confirm(SecondFactors& factors, const Call& call) {
    const auto code = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.secret("code", {1, 32, nullptr, {}}, Need::required);
    });
    if (!code) return std::unexpected(code.error());
    return codes_or_problem(factors.confirm(call.session->account, **code, call.actor()));
}

Operations second_factor_operations(Accounts& accounts, SecondFactors& factors, const Operators& operators) {
    return {
        {"GET", "/me/second-factor", when_signed_in, Body::none,
         at_once([&](Call& call) { return ok_or_problem(factors.get(call.session->account.id)); })},
        {"POST", "/me/second-factor", when_signed_in, Body::object,
         at_once([&](Call& call) { return begin(accounts, factors, call); })},
        {"POST", "/me/second-factor/confirm", when_signed_in, Body::object,
         at_once([&](Call& call) { return confirm(factors, call); })},
        {"POST", "/me/second-factor/recovery-codes", when_signed_in, Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             if (auto known = checked_password(accounts, call); !known) return std::unexpected(known.error());
             return codes_or_problem(factors.renew_codes(call.session->account, call.actor()));
         })},
        {"POST", "/me/second-factor/remove", when_signed_in, Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             if (auto known = checked_password(accounts, call); !known) return std::unexpected(known.error());
             return nothing_or_problem(factors.remove(call.session->account, call.actor()));
         })},
        {"DELETE", "/accounts/{id}/second-factor", by_people(may_all(Function::accounts, Level::administer)),
         Body::none, at_once([&](Call& call) -> Answer<Reply> {
             const auto account = operators.within_reach(call.id(), {call.session->account, call.actor()});
             if (!account) return std::unexpected(account.error());
             return nothing_or_problem(factors.remove(*account, call.actor()));
         })},
    };
}

Answer<Reply> get_questions(const Accounts& accounts, const Call& call) {
    const bool possible = call.session->account.name == administrator;
    json::array texts;
    if (possible) {
        const auto questions = accounts.questions();
        if (!questions) return std::unexpected(questions.error());
        for (const auto& question : *questions) texts.emplace_back(question);
    }
    return ok(json::object{{"possible", possible}, {"questions", std::move(texts)}});
}

Answer<Reply> set_questions(Accounts& accounts, const Call& call) {
    const auto given = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>& errors) {
        auto password = fields.secret("password", password_rule, Need::required);
        return std::pair(std::move(password), read_questions(fields, errors, Need::required));
    });
    if (!given) return std::unexpected(given.error());
    return nothing_or_problem(
        accounts.set_questions(*call.session, *given->first, given->second, call.caller));
}

Answer<Reply> recover(Accounts& accounts, const Call& call) {
    const auto given = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        std::vector<base::Secret> answers;
        auto texts = fields.texts("answers", answer_rule, 1, most_questions, Need::required);
        for (auto& text : texts.value_or(std::vector<std::string>())) answers.emplace_back(std::move(text));
        // The policy has a code of its own for what is too short.
        auto password = fields.secret("password", {0, 128, nullptr, {}}, Need::required);
        return std::pair(std::move(answers), std::move(password));
    });
    if (!given) return std::unexpected(given.error());
    return nothing_or_problem(accounts.recover(given->first, *given->second, call.caller));
}

Operations recovery_operations(Accounts& accounts, const Mailboxes& mailboxes) {
    return {
        {"GET", "/me/questions", when_signed_in, Body::none,
         at_once([&](Call& call) { return get_questions(accounts, call); })},
        {"PUT", "/me/questions", when_signed_in, Body::object,
         at_once([&](Call& call) { return set_questions(accounts, call); })},
        {"GET", "/password-recovery", for_anybody, Body::none, at_once([&](Call&) -> Answer<Reply> {
             const auto questions = accounts.questions();
             if (!questions) return std::unexpected(questions.error());
             return ok(json::object{{"questions", json::array(questions->begin(), questions->end())},
                                    {"mail", mailboxes.can_ask()}});
         })},
        {"POST", "/password-recovery", for_anybody, Body::object,
         at_once([&](Call& call) { return recover(accounts, call); })},
    };
}

Answer<Reply> change_rules(SignInRules& rules, const Call& call) {
    const auto patch = read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>&) {
        const auto factor = fields.choice("second_factor", {"nobody", "administrators", "everybody"});
        const auto staying = fields.choice("staying_signed_in", {"allowed", "forbidden"});
        SignInPatch read;
        if (factor) read.second_factor = base::enum_from<SecondFactorFor>(*factor);
        if (staying) read.staying = base::enum_from<StayingSignedIn>(*staying);
        read.reminder_days = fields.integer("password_reminder_days", 0, longest_reminder_days);
        return read;
    });
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(rules.change(*patch, call.actor()));
}

}  // namespace

std::vector<Question> read_questions(Fields& fields, std::vector<FieldError>& errors, Need need) {
    std::vector<Question> questions;
    const auto* list = fields.list("questions", 0, most_questions, need);
    if (list == nullptr) return questions;
    if (list->size() == 1)
        fields.wrong("questions", "too_short", "One question is found out too easily: ask two or three.");
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto place = "questions." + std::to_string(i);
        const auto* object = (*list)[i].if_object();
        if (object == nullptr) {
            fields.wrong(place, "type", "This must be an object.");
            continue;
        }
        Fields one(*object, errors, place);
        auto question = one.text("question", {1, 200, nullptr, {}}, Need::required);
        auto answer = one.secret("answer", answer_rule, Need::required);
        one.finish();
        if (question && answer) questions.push_back({*std::move(question), *std::move(answer)});
    }
    return questions;
}

Operations sign_in_operations(Accounts& accounts, SecondFactors& factors, SignInRules& rules,
                              const Operators& operators, const Mailboxes& mailboxes) {
    auto all = second_factor_operations(accounts, factors, operators);
    std::ranges::move(recovery_operations(accounts, mailboxes), std::back_inserter(all));
    all.push_back({"GET", "/settings/sign-in", may_all(Function::settings, Level::view), Body::none,
                   at_once([&](Call&) -> Answer<Reply> { return ok(rules.get()); })});
    all.push_back({"PATCH", "/settings/sign-in", by_people(may_all(Function::settings, Level::administer)),
                   Body::object, at_once([&](Call& call) { return change_rules(rules, call); })});
    return all;
}

}  // namespace sallyport::server
