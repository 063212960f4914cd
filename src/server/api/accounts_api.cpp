#include "server/api/accounts_api.hpp"

#include <algorithm>
#include <iterator>

#include "base/enum_text.hpp"
#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_branches = 1'000;

/// Lower case, so that nobody takes two names for one.
bool is_account(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
}
constexpr TextRule account_rule{1, 32, is_account,
                                "An account's name has small letters, digits and . _ - only."};

/// A mailbox is set by its owner, who proves it.
constexpr TextRule taken_away{0, 254, [](std::string_view) { return false; },
                              "Send null to remove it. Its owner sets another one."};

Keeper keeper(const Call& call) {
    return {call.session->account, call.actor()};
}

Answer<AccountPatch> account_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>&) {
        const bool is_new = sent == Sent::anything;
        const auto need = is_new ? Need::required : Need::optional;
        AccountPatch patch;
        if (is_new) patch.name = fields.text("name", account_rule, need);
        patch.password = fields.secret("password", {0, 128, nullptr, {}}, need);
        const auto role = fields.nullable_id("role_id");
        patch.role_id = role.value_or(std::nullopt);
        if (role && !*role) fields.wrong("role_id", "type", "This must be an id in quotes.");
        if (is_new && !fields.sent("role_id")) fields.wrong("role_id", "missing", "This is missing.");
        patch.areas = fields.nullable_ids("areas", most_branches);
        patch.departments = fields.nullable_ids("departments", most_branches);
        if (is_new) return patch;
        if (fields.is_null("mailbox"))
            patch.mailbox = AccountPatch::Mailbox::goes;
        else
            fields.text("mailbox", taken_away);
        patch.revision = read_revision(fields);
        return patch;
    });
}

Answer<RolePatch> role_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>& errors) {
        const bool is_new = sent == Sent::anything;
        RolePatch patch;
        patch.name = fields.text("name", name_rule, is_new ? Need::required : Need::optional);
        patch.rights = read_rights(fields, errors);
        if (is_new && !fields.sent("rights")) fields.wrong("rights", "missing", "This is missing.");
        if (!is_new) patch.revision = read_revision(fields);
        return patch;
    });
}

constexpr Access looks = may_all(Function::accounts, Level::view);
constexpr Access keeps = may_all(Function::accounts, Level::administer);

/// What a token did to accounts and roles would last when the token is long revoked; and so would a password
/// that somebody finds out because a token lifts each lockout.
constexpr Access lasts = by_people(keeps);

Operations operator_operations(Operators& operators, Tokens& tokens) {
    return {
        {"GET", "/accounts", looks, Body::none, at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(operators.list(*page, call.session->account));
         })},
        {"POST", "/accounts", lasts, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = account_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(operators.add(*patch, keeper(call)));
         })},
        {"GET", "/accounts/{id}", looks, Body::none,
         at_once([&](Call& call) { return ok_or_problem(operators.get(call.id(), call.session->account)); })},
        {"PATCH", "/accounts/{id}", lasts, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = account_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(operators.change(call.id(), *patch, keeper(call)));
         })},
        {"DELETE", "/accounts/{id}", keeps, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(operators.remove(call.id(), keeper(call))); })},
        {"GET", "/lockouts", looks, Body::none,
         at_once([&](Call&) { return ok_or_problem(operators.lockouts()); })},
        {"POST", "/lockouts/lift", lasts, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto who = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
                 const auto kind =
                     fields.choice("kind",
                                   {"account", "lock", "address", "setup", "questions", "token", "mailbox",
                                    "mailbox_asked", "mailbox_asked_from", "code_found"},
                                   Need::required);
                 const auto subject = fields.text("subject", {1, 64, nullptr, {}}, Need::required);
                 return std::pair(kind.value_or(""), subject.value_or(""));
             });
             if (!who) return std::unexpected(who.error());
             const auto lifted = operators.lift(who->first, who->second, call.actor());
             if (lifted && who->first == "token") tokens.forgive(who->second);
             return nothing_or_problem(lifted);
         })},
    };
}

Operations role_operations(Roles& roles) {
    return {
        {"GET", "/roles", looks, Body::none, at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(roles.list(*page));
         })},
        {"POST", "/roles", lasts, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = role_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(roles.add(*patch, keeper(call)));
         })},
        {"GET", "/roles/{id}", looks, Body::none,
         at_once([&](Call& call) { return ok_or_problem(roles.get(call.id())); })},
        {"PATCH", "/roles/{id}", lasts, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = role_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(roles.change(call.id(), *patch, keeper(call)));
         })},
        {"DELETE", "/roles/{id}", keeps, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(roles.remove(call.id(), keeper(call))); })},
    };
}

}  // namespace

std::optional<Rights> read_rights(Fields& fields, std::vector<FieldError>& errors) {
    const auto* object = fields.object("rights");
    if (object == nullptr) return std::nullopt;
    Fields levels(*object, errors, "rights");
    Rights rights;
    for (std::size_t i = 0; i < functions; ++i) {
        const auto function = static_cast<Function>(i);
        const auto word =
            levels.choice(base::text_of(function), {"none", "view", "control", "edit", "administer"});
        if (word) rights.set(function, base::enum_from<Level>(*word).value_or(Level::none));
    }
    levels.finish();
    return rights;
}

Operations account_operations(Operators& operators, Roles& roles, Tokens& tokens) {
    auto all = operator_operations(operators, tokens);
    std::ranges::move(role_operations(roles), std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server
