// CGI calls: who asks (HTTP Digest), and which method is meant.
#include <fmt/core.h>
#include <sodium.h>

#include "codec/cgi/digest.hpp"
#include "codec/cgi/loose.hpp"
#include "codec/cgi/parameters.hpp"
#include "controller/dialect/cgi_calls.hpp"
#include "controller/dialect/plain_http.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::int64_t heartbeat_s = 20;
/// Who has called within it was logged in all the time.
constexpr base::Duration presence = std::chrono::minutes{5};
constexpr std::size_t presences_limit = 256;

}  // namespace

void PlainHttp::handle_cgi(ports::HttpRequest request, ports::Respond respond) {
    const auto caller = caller_of(request);
    if (!caller) {
        if (caller.error().kind == base::ErrorKind::unauthenticated)
            return respond(challenge(caller.error().message));
        return respond(cgi_refusal(caller.error()));
    }
    if (request.path == "/cgi-bin/eventManager.cgi" && request.parameter("action") == "attach")
        return attach(request, *caller, std::move(respond));
    if (request.path == "/cgi-bin/configManager.cgi" && request.parameter("action") == "attach")
        return attach_config(request, *caller, std::move(respond));
    const auto wanted = find_cgi_call(request);
    if (!wanted) return respond(cgi_refusal(wanted.error()));
    auto call = call_from(**wanted, request, *caller);
    if (!call) return respond(cgi_refusal(call.error()));
    // The params stay for the answer's form, which may need the name of a table: passwords do not.
    Call shape = *call;
    shape.params = {};
    if (const auto* name = call->params.if_contains("name")) shape.params["name"] = *name;
    service_.methods().run(
        service_.controller(), *call,
        [wanted = *wanted, shape = std::move(shape), respond = std::move(respond)](
            base::Result<Reply> reply) mutable { respond(cgi_answer(*wanted, shape, reply)); });
}

ports::HttpResponse PlainHttp::challenge(std::string_view why) {
    const auto random = std::uint64_t{randombytes_random()} << 32 | randombytes_random();
    const auto nonce = nonces_.make(random, service_.real_now());
    auto response = cgi_refusal({base::ErrorKind::unauthenticated, "not_logged_in", std::string(why)});
    const bool stale = why.starts_with("The nonce");
    response.headers.emplace_back(
        "www-authenticate",
        fmt::format(R"(Digest realm="{}", qop="auth", nonce="{}", opaque="{}"{})", service_.realm(), nonce,
                    service_.controller().serial(), stale ? ", stale=\"true\"" : ""));
    return response;
}

base::Result<Caller> PlainHttp::caller_of(const ports::HttpRequest& request) {
    const auto header = request.header("authorization");
    if (header.empty())
        return base::fail(
            base::ErrorKind::unauthenticated, "not_logged_in",
            "Log in with HTTP Digest: user name and password of an account of this controller.");
    const auto said = cgi::credentials_from(header);
    if (!said)
        return base::fail(base::ErrorKind::unauthenticated, "not_logged_in",
                          "The Authorization cannot be read: Digest with MD5 and qop auth is spoken here.");
    if (said->uri != request.target)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "The Authorization is for another address than the one that was asked for.");
    // The nonce is the server's word: a realm of another device would make every password wrong.
    if (said->realm != service_.realm())
        return base::fail(base::ErrorKind::unauthenticated, "not_logged_in",
                          "The realm is another device's.");
    using Proof = DeviceService::Proof;
    auto use = DigestNonces::Use::replayed;
    const auto weigh = [&](const base::Secret& hash) {
        if (!cgi::fits(*said, request.method, hash)) return Proof::wrong;
        use = nonces_.use(said->nonce, said->count, service_.real_now());
        return use == DigestNonces::Use::replayed ? Proof::stale : Proof::right;
    };
    const auto status = service_.check_plain_login(said->user, request.peer_address, weigh);
    if (!status) {
        if (status.error().kind == base::ErrorKind::unauthenticated)
            service_.note_login(said->user, request.peer_address, core::DetailTerm::login_refused);
        return std::unexpected(status.error());
    }
    if (use == DigestNonces::Use::replayed)
        return base::fail(base::ErrorKind::unauthenticated, "not_logged_in",
                          "The nonce is too old, or this count of it was used: answer the new one.");
    if (comes_new(said->user, request.peer_address))
        service_.note_login(said->user, request.peer_address, core::DetailTerm::login_accepted);
    return Caller{said->user, request.peer_address, 0, {}};
}

// Some clients answer a new challenge for every call: the journal shall not fill with that.
bool PlainHttp::comes_new(const std::string& account, const std::string& address) {
    const auto now = service_.real_now();
    std::erase_if(present_, [now](const auto& entry) { return entry.second + presence <= now; });
    if (present_.size() >= presences_limit) present_.clear();
    return present_.insert_or_assign(account + "@" + address, now).second;
}

void PlainHttp::attach(const ports::HttpRequest& request, const Caller& caller, ports::Respond respond) {
    const auto params = cgi::object_of(request.query);
    auto status = params ? check_right(service_.controller(), caller, Right::operating)
                         : base::Status(std::unexpected(params.error()));
    if (!status) return respond(cgi_refusal(status.error()));
    auto events = subscription_from(*params);
    if (!events) return respond(cgi_refusal(events.error()));
    Listener listener;
    listener.events = *std::move(events);
    listener.account = caller.account;
    open_parts(request, std::move(listener), std::move(respond));
}

void PlainHttp::attach_config(const ports::HttpRequest& request, const Caller& caller,
                              ports::Respond respond) {
    const auto params = cgi::object_of(request.query);
    auto status = params ? check_right(service_.controller(), caller, Right::viewer)
                         : base::Status(std::unexpected(params.error()));
    if (!status) return respond(cgi_refusal(status.error()));
    auto names = service_.config_watch().names_from(*params);
    if (!names) return respond(cgi_refusal(names.error()));
    Listener listener;
    listener.config = *std::move(names);
    listener.account = caller.account;
    open_parts(request, std::move(listener), std::move(respond));
}

void PlainHttp::open_parts(const ports::HttpRequest& request, Listener listener, ports::Respond respond) {
    cgi::Fault fault;
    const json::object params{{"heartbeat", json::string(request.parameter("heartbeat"))}};
    const auto heartbeat = cgi::Loose(params, fault)["heartbeat"];
    listener.heartbeat =
        std::chrono::seconds{heartbeat.present() ? heartbeat.integer(1, 3'600) : heartbeat_s};
    if (fault) return respond(cgi_refusal(*fault));
    stream_events(std::move(listener), "multipart/x-mixed-replace; boundary=myboundary", std::move(respond));
}

}  // namespace sallyport::controller::dialect
