// JSON over HTTP: the login at /RPC2_Login, everything else at /RPC2, events at
// /SubscribeNotify.cgi?sessionId=N.
#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "codec/cgi/digest.hpp"
#include "codec/cgi/loose.hpp"
#include "controller/dialect/cgi_calls.hpp"
#include "controller/dialect/plain_http.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace dhip = codec::dhip;
namespace json = boost::json;

namespace {

constexpr std::size_t sessions_limit = 64;
constexpr std::uint64_t strays_for_one_failure = 10;
constexpr std::size_t name_bytes = 64;

ports::HttpResponse json_answer(const dhip::Answer& answer) {
    return {200,
            {{"content-type", "application/json"}, {"cache-control", "no-store"}},
            json::serialize(dhip::to_json(answer)) + "\n"};
}

dhip::Answer answer_of(const dhip::Request& request, std::uint32_t session, base::Result<Reply> reply) {
    dhip::Answer answer{session, request.id, true, {}, {}};
    if (!reply) {
        answer.error = dhip::device_error(reply.error());
        return answer;
    }
    answer.result = std::move(reply->result);
    answer.params = std::move(reply->params);
    answer.list = std::move(reply->list);
    return answer;
}

}  // namespace

void PlainHttp::handle_rpc2(const ports::HttpRequest& request, ports::Respond respond) {
    json::error_code error;
    auto message = json::parse(request.body, error);
    auto asked = error || !message.is_object()
                     ? base::fail(base::ErrorKind::invalid, "invalid_parameter",
                                  "The body has to be a JSON object with method, params, id and session.")
                     : dhip::request_from(std::move(message.get_object()));
    if (request.method != "POST")
        asked = base::fail(base::ErrorKind::invalid, "invalid_parameter", "This address takes POST only.");
    if (!asked) return respond(json_answer(answer_of({}, 0, std::unexpected(asked.error()))));
    if (asked->method != "global.login") return run_rpc2(*asked, request, std::move(respond));
    auto session = asked->session;
    auto reply = login(*asked, request, session);
    auto answer = answer_of(*asked, session, reply);
    const auto found = sessions_.find(session);
    if (!reply && reply.error().code == dhip::login_challenge && found != sessions_.end()) {
        answer.params = {
            {"random", found->second.random}, {"realm", service_.realm()}, {"encryption", "Default"}};
    }
    respond(json_answer(answer));
}

void PlainHttp::run_rpc2(const dhip::Request& request, const ports::HttpRequest& http,
                         ports::Respond respond) {
    auto* session = session_of(request.session, http.peer_address);
    if (session == nullptr) {
        return respond(json_answer(answer_of(
            request, request.session,
            base::fail(base::ErrorKind::unauthenticated, "not_logged_in", "Log in first: global.login."))));
    }
    session->heard = service_.real_now();
    static constexpr std::array own{"global.keepAlive",    "global.logout",        "eventManager.attach",
                                    "eventManager.detach", "configManager.attach", "configManager.detach"};
    if (std::ranges::find(own, std::string_view(request.method)) != own.end())
        return respond(json_answer(answer_of(request, request.session, run_own(request, *session))));
    dhip::Request asked;
    asked.id = request.id;
    asked.session = request.session;
    service_.methods().run(service_.controller(),
                           {request.method,
                            request.params,
                            request.object,
                            {session->account, http.peer_address, request.session, {}}},
                           [asked, respond = std::move(respond)](base::Result<Reply> reply) mutable {
                               respond(json_answer(answer_of(asked, asked.session, std::move(reply))));
                           });
}

base::Result<Reply> PlainHttp::login(const dhip::Request& request, const ports::HttpRequest& http,
                                     std::uint32_t& number) {
    cgi::Fault fault;
    const cgi::Loose params(request.params, fault);
    const auto account = params["userName"].text(name_bytes);
    const base::Secret password(params["password"].text(128));
    const auto client = params["clientType"].text(name_bytes);
    const auto kind = params["loginType"].text(name_bytes);
    if (fault) return std::unexpected(*fault);
    if (auto status = service_.refuse_bypass(account, http.peer_address, client, kind); !status)
        return std::unexpected(status.error());
    const auto found = sessions_.find(number);
    if (!password.empty() && found != sessions_.end() && found->second.address == http.peer_address)
        return answer_challenge(found->second, account, password);
    check_patience();
    if (sessions_.size() >= sessions_limit && !end_oldest_stranger())
        return base::fail(base::ErrorKind::limit, "limit",
                          fmt::format("{} sessions are open already: log out of one.", sessions_limit));
    do {
        number = randombytes_random();
    } while (number == 0 || sessions_.contains(number));
    const auto random =
        fmt::format("{:09}{:09}", randombytes_uniform(1'000'000'000), randombytes_uniform(1'000'000'000));
    sessions_[number] = {http.peer_address, {}, account, random, service_.real_now(), {}, {}};
    return base::fail(base::ErrorKind::unauthenticated, std::string(dhip::login_challenge),
                      "Component error: login challenge!");
}

// Who was only challenged so far keeps nobody out.
bool PlainHttp::end_oldest_stranger() {
    auto oldest = sessions_.end();
    for (auto one = sessions_.begin(); one != sessions_.end(); ++one)
        if (one->second.account.empty() &&
            (oldest == sessions_.end() || one->second.heard < oldest->second.heard))
            oldest = one;
    if (oldest == sessions_.end()) return false;
    sessions_.erase(oldest);
    return true;
}

// A challenge is good for one answer.
base::Result<Reply> PlainHttp::answer_challenge(Session& session, const std::string& account,
                                                const base::Secret& answer) {
    const auto random = std::exchange(session.random, {});
    if (random.empty() || session.challenged != account)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "Ask with an empty password first, then answer the challenge.");
    const auto status = service_.check_plain_login(account, session.address, [&](const base::Secret& hash) {
        return cgi::login_answer(account, random, hash).equals(answer) ? DeviceService::Proof::right
                                                                       : DeviceService::Proof::wrong;
    });
    if (!status) {
        if (status.error().kind == base::ErrorKind::unauthenticated)
            service_.note_login(account, session.address, core::DetailTerm::login_refused);
        return std::unexpected(status.error());
    }
    session.account = account;
    session.heard = service_.real_now();
    service_.note_login(account, session.address, core::DetailTerm::login_accepted);
    return Reply{{{"keepAliveInterval", 60}}};
}

// Only from the address that logged in. Who tries numbers is a guesser like one of passwords.
PlainHttp::Session* PlainHttp::session_of(std::uint32_t number, const std::string& address) {
    check_patience();
    const auto found = sessions_.find(number);
    if (found != sessions_.end() && found->second.address == address && !found->second.account.empty())
        return &found->second;
    if (++strays_ % strays_for_one_failure == 0) service_.guard().failed({}, address, service_.real_now());
    return nullptr;
}

base::Result<Reply> PlainHttp::run_own(const dhip::Request& request, Session& session) {
    if (request.method == "global.keepAlive") return Reply{{{"timeout", 60}}};
    if (request.method == "global.logout") {
        end_sessions([&](const Session& one) { return &one == &session; });
        return Reply{};
    }
    if (request.method == "eventManager.detach") {
        session.events.reset();
        return Reply{};
    }
    if (request.method == "configManager.detach") {
        session.config.clear();
        return Reply{};
    }
    if (request.method == "configManager.attach") {
        auto names = service_.config_watch().names_from(request.params);
        if (!names) return std::unexpected(names.error());
        session.config = *std::move(names);
        return Reply{{{"SID", request.session}}};
    }
    const Caller caller{session.account, session.address, request.session, {}};
    if (auto status = check_right(service_.controller(), caller, Right::operating); !status)
        return std::unexpected(status.error());
    auto subscription = subscription_from(request.params);
    if (!subscription) return std::unexpected(subscription.error());
    session.events = *std::move(subscription);
    return Reply{{{"SID", request.session}}};
}

void PlainHttp::listen(const ports::HttpRequest& request, ports::Respond respond) {
    cgi::Fault fault;
    json::object params{{"sessionId", json::string(request.parameter("sessionId"))}};
    const auto number =
        static_cast<std::uint32_t>(cgi::Loose(params, fault)["sessionId"].integer(1, UINT32_MAX));
    if (fault) return respond(cgi_refusal(*fault));
    const auto* session = session_of(number, request.peer_address);
    if (session == nullptr)
        return respond(cgi_refusal({base::ErrorKind::unauthenticated, "not_logged_in",
                                    "There is no such session: log in at /RPC2_Login."}));
    if (!session->events && session->config.empty())
        return respond(cgi_refusal({base::ErrorKind::invalid, "invalid_parameter",
                                    "Say first what is meant: eventManager.attach, configManager.attach."}));
    Listener listener{.stream = nullptr,
                      .events = session->events,
                      .config = session->config,
                      .form = Listener::Form::json_lines,
                      .account = session->account,
                      .session = number,
                      .heartbeat = std::chrono::seconds{20},
                      .said = {}};
    stream_events(std::move(listener), "application/json", std::move(respond));
}

}  // namespace sallyport::controller::dialect
