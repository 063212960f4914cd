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
    return {{"id", id_text(session.id)},         {"account", session.account.name},
            {"address", session.address},        {"agent", session.agent},
            {"since", time_text(session.since)}, {"last_seen", time_text(session.last_seen)},
            {"current", session.id == current}};
}

json::object me_json(const Session& session) {
    json::array rights;
    for (const auto right : session.account.rights) rights.emplace_back(base::text_of(right));
    return {{"account", session.account.name},
            {"language", session.account.language},
            {"rights", std::move(rights)}};
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
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    const auto session = accounts.sign_in(*account, *password, call.caller);
    if (!session) return std::unexpected(session.error());
    return session_reply(*session);
}

Answer<Reply> sign_out(Accounts& accounts, const Call& call) {
    if (auto done = accounts.sign_out(*call.session, call.caller); !done)
        return std::unexpected(done.error());
    auto reply = no_content();
    reply.headers.emplace_back("Set-Cookie", session_cookie(""));
    return reply;
}

Answer<Reply> change_me(Accounts& accounts, const Call& call) {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    const auto language = fields.choice("language", {"en", "zh"}, Need::required);
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    auto session = *call.session;
    if (auto done = accounts.change_language(session, *language); !done) return std::unexpected(done.error());
    session.account.language = *language;
    return ok(me_json(session));
}

}  // namespace

Reply session_reply(const NewSession& session) {
    auto reply = ok(json::object{{"token", session.token.reveal()},
                                 {"account", session.account},
                                 {"expires", time_text(session.expires)}});
    reply.headers.emplace_back("Set-Cookie", session_cookie(session.token.reveal()));
    return reply;
}

Operations session_operations(Accounts& accounts, Sessions& sessions) {
    return {
        {"GET", "/sessions", Access::administer, Body::none,
         at_once([&](Call& call) { return list_sessions(sessions, call); })},
        {"POST", "/sessions", Access::open, Body::object,
         at_once([&](Call& call) { return sign_in(accounts, call); })},
        {"DELETE", "/sessions/current", Access::signed_in, Body::none,
         at_once([&](Call& call) { return sign_out(accounts, call); })},
        {"GET", "/me", Access::signed_in, Body::none,
         at_once([](Call& call) -> Answer<Reply> { return ok(me_json(*call.session)); })},
        {"PATCH", "/me", Access::signed_in, Body::object,
         at_once([&](Call& call) { return change_me(accounts, call); })},
        {"GET", "/live", Access::view, Body::none,
         [](Call, Finish finish) {
             // An upgrade never gets here.
             finish(refuse(base::ErrorKind::invalid, "upgrade_needed",
                           "This is a WebSocket: connect with an upgrade, at wss://.../api/v1/live."));
         }},
    };
}

}  // namespace sallyport::server
