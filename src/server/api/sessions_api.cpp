#include "server/api/sessions_api.hpp"

#include <boost/json/array.hpp>

#include "server/api/callers.hpp"
#include "server/api/responses.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/fields.hpp"
#include "server/wire/parameters.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

json::object session_json(const Session& session, Id current) {
    return {{"id", id_text(session.id)},          {"account", session.account.name},
            {"address", session.address},         {"agent", session.agent},
            {"since", time_text(session.since)},  {"last_seen", time_text(session.last_seen)},
            {"kept", session.stay == Stay::kept}, {"current", session.id == current}};
}

json::value list_json(const std::optional<std::vector<Id>>& branches) {
    if (!branches) return nullptr;
    json::array ids;
    for (const auto id : *branches) ids.emplace_back(id_text(id));
    return ids;
}

std::string_view second_factor_word(const SignInPolicy& policy, const Account& account) {
    if (account.second_factor == Account::SecondFactor::on) return "on";
    return needs_second_factor(policy, account) ? "needed" : "none";
}

json::object me_json(const Session& session, const SignInPolicy& policy) {
    const auto& account = session.account;
    return {{"account", account.name},
            {"language", account.language},
            {"role", account.role},
            {"built_in", account.built_in ? json::value(*account.built_in) : json::value(nullptr)},
            {"rights", rights_json(account.rights)},
            {"areas", list_json(account.areas)},
            {"departments", list_json(account.departments)},
            {"password_change", password_change_of(policy, account, session.last_seen)},
            {"password_changed_at", time_text(account.password_changed_at)},
            {"second_factor", second_factor_word(policy, account)}};
}

Answer<Reply> list_sessions(const Sessions& sessions, const Call& call) {
    Parameters parameters(call.request.query);
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    std::optional<Id> before;
    if (page.cursor) {
        before = id_from(*page.cursor);
        if (!before) return bad_cursor();
    }
    json::array items;
    json::value next = nullptr;
    Id last = 0;
    for (const auto& session : sessions.all()) {
        if (before && session.id >= *before) continue;
        if (std::ssize(items) == page.limit) {
            next = id_text(last);
            break;
        }
        last = session.id;
        items.push_back(session_json(session, call.session->id));
    }
    return ok(json::object{{"items", std::move(items)}, {"next", std::move(next)}});
}

Answer<Reply> sign_in(Accounts& accounts, const Call& call) {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    const auto account = fields.text("account", {1, 32, nullptr, {}}, Need::required);
    const auto password = fields.secret("password", {1, 128, nullptr, {}}, Need::required);
    const auto code = fields.secret("code", {1, 32, nullptr, {}});
    const auto stay = fields.truth("stay").value_or(false) ? Stay::kept : Stay::while_used;
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    const auto session = accounts.sign_in({*account, *password, code, stay}, call.caller);
    if (!session) return std::unexpected(session.error());
    return session_reply(*session);
}

Answer<Reply> sign_out(Accounts& accounts, const Call& call) {
    accounts.end_session(*call.session, call.actor());
    auto reply = no_content();
    reply.headers.emplace_back("Set-Cookie", ended_session_cookie());
    return reply;
}

Answer<Reply> end_session(Accounts& accounts, const Sessions& sessions, const Call& call) {
    const auto session = sessions.find(call.id());
    if (!session) return no_such("session");
    accounts.end_session(*session, call.actor());
    return no_content();
}

Answer<Reply> change_password(Accounts& accounts, const Call& call) {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    const auto old = fields.secret("old", {1, 128, nullptr, {}}, Need::required);
    const auto fresh = fields.secret("password", {1, 128, nullptr, {}}, Need::required);
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    if (auto done = accounts.change_password(*call.session, *old, *fresh, call.caller); !done)
        return std::unexpected(done.error());
    return no_content();
}

Answer<Reply> change_me(Accounts& accounts, const SignInRules& rules, const Call& call) {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    const auto language = fields.choice("language", {"en", "zh"}, Need::required);
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    auto session = *call.session;
    if (auto done = accounts.change_language(session, *language); !done) return std::unexpected(done.error());
    session.account.language = *language;
    return ok(me_json(session, rules.policy()));
}

}  // namespace

Reply session_reply(const NewSession& session) {
    auto reply = ok(json::object{{"token", session.token.reveal()},
                                 {"account", session.account},
                                 {"expires", time_text(session.expires)}});
    reply.headers.emplace_back("Set-Cookie", session_cookie(session));
    return reply;
}

Answer<LivePace> pace_of(const ports::HttpRequest& request) {
    Parameters parameters(request.query);
    const auto batches = parameters.text("batches", 64);
    if (batches && *batches != "on_request")
        parameters.wrong("batches", "choice", "Give on_request, or leave it out.");
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return batches ? LivePace::on_request : LivePace::at_once;
}

Operations session_operations(Accounts& accounts, Sessions& sessions, const SignInRules& rules) {
    return {
        {"GET", "/sessions", may_all(Function::accounts, Level::view), Body::none,
         at_once([&](Call& call) { return list_sessions(sessions, call); })},
        {"POST", "/sessions", for_anybody, Body::object,
         at_once([&](Call& call) { return sign_in(accounts, call); })},
        {"DELETE", "/sessions/current", when_signed_in, Body::none,
         at_once([&](Call& call) { return sign_out(accounts, call); })},
        {"DELETE", "/sessions/{id}", may_all(Function::accounts, Level::administer), Body::none,
         at_once([&](Call& call) { return end_session(accounts, sessions, call); })},
        {"POST", "/me/password", when_signed_in, Body::object,
         at_once([&](Call& call) { return change_password(accounts, call); })},
        {"GET", "/me", when_signed_in, Body::none,
         at_once([&](Call& call) -> Answer<Reply> { return ok(me_json(*call.session, rules.policy())); })},
        {"PATCH", "/me", when_signed_in, Body::object,
         at_once([&](Call& call) { return change_me(accounts, rules, call); })},
        {"GET", "/live", when_signed_in, Body::none,
         [](const Call& call, Finish finish) {
             // An upgrade never gets here.
             if (auto pace = pace_of(call.request); !pace) return finish(std::unexpected(pace.error()));
             finish(refuse(base::ErrorKind::invalid, "upgrade_needed",
                           "This is a WebSocket: connect with an upgrade, at wss://.../api/v1/live."));
         }},
    };
}

}  // namespace sallyport::server
