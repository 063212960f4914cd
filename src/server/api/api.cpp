#include "server/api/api.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include "server/api/answers.hpp"
#include "server/api/callers.hpp"
#include "server/api/page.hpp"
#include "server/api/responses.hpp"
#include "server/api/sessions_api.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::string_view root = "/api/v1";
constexpr std::string_view live_path = "/api/v1/live";

Problem problem(ErrorKind kind, std::string code, std::string message) {
    return Problem(base::Error{kind, std::move(code), std::move(message)});
}

bool is_api(std::string_view path) {
    return path == "/api" || path.starts_with("/api/");
}

bool before_setup(std::string_view pattern) {
    return pattern == "/health" || pattern == "/ready" || pattern == "/setup";
}

ports::HttpResponse finished(ports::HttpResponse response) {
    response.headers.emplace_back("Cache-Control", "no-store");
    add_security_headers(response);
    return response;
}

Answer<json::object> parsed(const std::string& body) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = 16;
    auto value = json::parse(body, failed, {}, options);
    if (failed)
        return refuse(ErrorKind::invalid, "bad_json",
                      fmt::format("The body is not JSON: {}.", failed.message()));
    if (!value.is_object()) return wrong_field("", "type", "The body must be a JSON object.");
    return std::move(value.get_object());
}

/// What can be called before a password that somebody else chose has been changed.
bool before_password(const Operation& operation) {
    return operation.pattern == "/me" || operation.pattern == "/me/password" ||
           operation.pattern == "/sessions/current";
}

/// And before a second factor that the site asks for is set up.
bool before_second_factor(const Operation& operation) {
    return before_password(operation) || operation.pattern.starts_with("/me/second-factor");
}

Outcome check_access(const Operation& operation, const Session& session, const SignInPolicy& policy,
                     const Part& part) {
    const auto& account = session.account;
    if (account.password == Account::Password::to_change && !before_password(operation))
        return refuse(ErrorKind::forbidden, "password_change_needed",
                      "Choose a password of your own first: somebody else gave you the one of now.");
    if (needs_second_factor(policy, account) && !before_second_factor(operation))
        return refuse(ErrorKind::forbidden, "second_factor_setup_needed",
                      "Set up a second factor for this account first: the site asks for one.");
    const auto& access = operation.access;
    const bool for_people =
        access.by == Access::By::people || (access.to == Access::To::signed_in && operation.method != "GET");
    if (for_people && session.token) return not_for_tokens();
    if (access.to != Access::To::holder) return {};
    if (!account.rights.may(access.function, access.level))
        return refuse(
            ErrorKind::forbidden, "forbidden",
            fmt::format("This account may not do that. Ask an administrator for the right \"{}: {}\".",
                        base::text_of(access.function), base::text_of(access.level)));
    if (access.over == Access::Over::site && !part.whole())
        return refuse(
            ErrorKind::forbidden, "whole_site_only",
            "This concerns the whole site, and this account works in a part of it. Ask somebody who "
            "sees all of it.");
    return {};
}

Problem signed_out() {
    return problem(ErrorKind::unauthenticated, "unauthenticated", "Sign in to go on.");
}

/// Before anything else is said: not even who could sign in.
Problem shut_out() {
    return problem(ErrorKind::forbidden, "address_not_allowed",
                   "The platform does not answer calls from this address. Ask who runs it to allow it.");
}

Problem foreign() {
    return problem(ErrorKind::forbidden, "foreign_origin",
                   "This call comes from a page of another site. Open the platform's own page.");
}

}  // namespace

Api::Api(Operations operations, Accounts& accounts, Sessions& sessions, const SignInRules& rules,
         Tokens& tokens, const EntranceRules& entrance, Live& live, Workers& workers, Workers& strangers,
         RequestMeter& meter, std::span<const base::EmbeddedFile> page,
         std::function<Viewer(const Account&)> viewer_of)
    : router_(std::move(operations)),
      accounts_(accounts),
      sessions_(sessions),
      rules_(rules),
      tokens_(tokens),
      entrance_(entrance),
      live_(live),
      workers_(workers),
      strangers_(strangers),
      meter_(meter),
      page_(page),
      viewer_of_(std::move(viewer_of)) {}

/// Counts what is answered. What clients make up is one route and one method.
ports::Respond Api::metered(std::string_view method, std::string_view route, ports::Respond respond) {
    return [this, began = meter_.now(), method = std::string(method), route = std::string(route),
            respond = std::move(respond)](ports::HttpResponse response) mutable {
        meter_.count(method, route, response.status, began);
        respond(std::move(response));
    };
}

void Api::handle(ports::HttpRequest request, ports::Respond respond) {
    if (!entrance_.admits(request.peer_address)) return respond(finished(response_of(shut_out())));
    if (!is_api(request.path)) {
        auto response = page_response(page_, request);
        add_security_headers(response);
        return metered("GET", "page", std::move(respond))(std::move(response));
    }
    const auto method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    const bool ours = request.path.starts_with(std::string(root) + "/");
    auto found =
        ours ? router_.find(method, std::string_view(request.path).substr(root.size())) : Router::Match{};
    respond = found.operation == nullptr
                  ? metered("any", "none", std::move(respond))
                  : metered(found.operation->method, found.operation->pattern, std::move(respond));
    if (auto refused = refuse(found, request)) return respond(finished(*std::move(refused)));
    call(*found.operation, std::move(found.path), std::move(request), std::move(respond));
}

std::optional<ports::HttpResponse> Api::refuse(const Router::Match& found,
                                               const ports::HttpRequest& request) const {
    const bool state = found.operation != nullptr &&
                       (found.operation->pattern == "/health" || found.operation->pattern == "/ready");
    if (stopping_ && !state)
        return response_of(
            problem(ErrorKind::unavailable, "stopping", "The platform is shutting down. Try again."));
    if (found.operation == nullptr && found.allow.empty())
        return response_of(problem(ErrorKind::not_found, "not_found",
                                   "There is no such operation; the contract is in api/openapi.yaml."));
    if (found.operation == nullptr) {
        auto response = problem_response(405, problem(ErrorKind::invalid, "method_not_allowed",
                                                      fmt::format("Only {} possible here.", found.allow)));
        response.headers.emplace_back("Allow", found.allow);
        return response;
    }
    if (accounts_.setup_needed() && !before_setup(found.operation->pattern))
        return response_of(problem(ErrorKind::forbidden, "setup_needed",
                                   "The platform is not set up yet. Open its page to choose a password."));
    // A browser adds the cookie of itself, but no page of another site knows a token.
    if (found.operation->method != "GET" && comes_from_elsewhere(request) &&
        !is_api_token(bearer_token_of(request)))
        return response_of(foreign());
    if (const auto most = found.operation->body_bytes; request.body.size() > most)
        return problem_response(413, problem(ErrorKind::invalid, "body_too_large",
                                             fmt::format("The body has more than {} MiB.", most >> 20)));
    return std::nullopt;
}

void Api::call(const Operation& operation, std::vector<std::string> path, ports::HttpRequest request,
               ports::Respond respond) {
    auto shared = std::make_shared<ports::Respond>(std::move(respond));
    Workers::Task task = [this, &operation, path = std::move(path), request = std::move(request),
                          shared]() mutable {
        auto call = let_in(operation, std::move(path), std::move(request));
        if (!call) return (*shared)(finished(response_of(call.error())));
        operation.handler(*std::move(call),
                          [shared](Answer<Reply> answer) { (*shared)(finished(response_of(answer))); });
    };
    const bool hashes = operation.access.to == Access::To::anybody && operation.body == Body::object;
    if ((hashes ? strangers_ : workers_).post(task) == Workers::Taken::full)
        (*shared)(finished(response_of(
            problem(ErrorKind::unavailable, "busy", "Too many calls are waiting. Try again in a moment."))));
}

Answer<Session> Api::who(const ports::HttpRequest& request) {
    if (auto current = sessions_.catch_up(); !current) return std::unexpected(current.error());
    if (const auto token = bearer_token_of(request); is_api_token(token))
        return tokens_.use(token, caller_of(request));
    auto session = sessions_.use(token_of(request));
    if (!session) return std::unexpected(signed_out());
    return *std::move(session);
}

Answer<Call> Api::let_in(const Operation& operation, std::vector<std::string> path,
                         ports::HttpRequest request) {
    Call call;
    call.caller = caller_of(request);
    call.path = std::move(path);
    if (operation.access.to != Access::To::anybody) {
        auto session = who(request);
        if (!session) return std::unexpected(session.error());
        call.session = *std::move(session);
        call.part = viewer_of_(call.session->account).part;
        if (auto allowed = check_access(operation, *call.session, rules_.policy(), call.part); !allowed)
            return std::unexpected(allowed.error());
    }
    if (operation.body == Body::object) {
        auto body = parsed(request.body);
        if (!body) return std::unexpected(body.error());
        call.body = *std::move(body);
    }
    call.request = std::move(request);
    return call;
}

std::optional<ports::HttpResponse> Api::refuse_websocket(const ports::HttpRequest& request) {
    if (!entrance_.admits(request.peer_address)) return finished(response_of(shut_out()));
    if (request.path != live_path)
        return finished(response_of(
            problem(ErrorKind::not_found, "not_found", "There is no WebSocket here, only at /api/v1/live.")));
    Operation live{.method = "GET", .pattern = "/live", .access = when_signed_in, .handler = {}};
    if (auto refused = refuse({&live, {}, "GET"}, request)) return finished(*std::move(refused));
    if (comes_from_elsewhere(request)) return finished(response_of(foreign()));
    const auto session = who(request);
    if (!session) return finished(response_of(session.error()));
    if (auto allowed = check_access(live, *session, rules_.policy(), {}); !allowed)
        return finished(response_of(allowed.error()));
    if (const auto pace = pace_of(request); !pace) return finished(response_of(pace.error()));
    return std::nullopt;
}

void Api::opened(const ports::HttpRequest& request, ports::WebSocketPtr socket) {
    const auto session = who(request);
    if (!session) return socket->close("The session has ended.", 4401);
    live_.add(std::move(socket), session->id, request.peer_address, viewer_of_(session->account),
              pace_of(request).value_or(LivePace::at_once));
}

}  // namespace sallyport::server
