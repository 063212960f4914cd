#include "controller/dialect/plain_http.hpp"

#include <fmt/core.h>

#include "controller/dialect/cgi_calls.hpp"

namespace sallyport::controller::dialect {
namespace {

constexpr base::Duration silence = std::chrono::seconds{3 * 60};
constexpr base::Duration login_patience = std::chrono::seconds{30};

}  // namespace

PlainHttp::PlainHttp(boost::asio::io_context& loop, DeviceService& service)
    : service_(service), timer_(loop) {
    service_.controller().observe_records([weak = std::weak_ptr(self_)](const Records& records) {
        if (const auto self = weak.lock()) (*self)->records_stored(records);
    });
    service_.observe_accounts([weak = std::weak_ptr(self_)](const std::string& account) {
        if (const auto self = weak.lock()) (*self)->account_changed(account);
    });
    tick();
}

PlainHttp::~PlainHttp() = default;

void PlainHttp::handle(ports::HttpRequest request, ports::Respond respond) {
    if (auto status = check_origin(request); !status) return respond(cgi_refusal(status.error()));
    if (!service_.controller().running() || !service_.controller().initialised()) {
        return respond(cgi_refusal({base::ErrorKind::forbidden, "not_initialised",
                                    "The controller has no password yet: initialise it first."}));
    }
    if (auto status = service_.guard().check_address(request.peer_address, service_.real_now()); !status)
        return respond(cgi_refusal(status.error()));
    if (request.path == "/RPC2" || request.path == "/RPC2_Login")
        return handle_rpc2(request, std::move(respond));
    if (request.path == "/SubscribeNotify.cgi") return listen(request, std::move(respond));
    if (request.path.starts_with("/cgi-bin/")) return handle_cgi(std::move(request), std::move(respond));
    respond(cgi_refusal({base::ErrorKind::not_found, "not_found",
                         "There is nothing here: the dialect is at /RPC2_Login, /RPC2 and /cgi-bin/."}));
}

std::optional<ports::HttpResponse> PlainHttp::refuse_websocket(const ports::HttpRequest&) {
    return cgi_refusal({base::ErrorKind::not_found, "not_found", "There is no WebSocket here."});
}

std::optional<ports::HttpResponse> PlainHttp::complaint(int status, std::string_view sentence) const {
    auto response = cgi_refusal({base::ErrorKind::invalid, "invalid_parameter", std::string(sentence)});
    response.status = status;
    return response;
}

// A page of another site must not use what a browser has remembered.
base::Status PlainHttp::check_origin(const ports::HttpRequest& request) const {
    const auto origin = request.header("origin");
    if (origin.empty() || origin == fmt::format("http://{}", request.header("host"))) return {};
    return base::fail(base::ErrorKind::forbidden, "foreign_origin",
                      "Pages of other sites may not call this.");
}

void PlainHttp::tick() {
    check_patience();
    timer_.after(std::chrono::seconds{1}, [this] { tick(); });
}

void PlainHttp::end_sessions(const std::function<bool(const Session&)>& meant) {
    for (auto entry = sessions_.begin(); entry != sessions_.end();) {
        if (!meant(entry->second)) {
            ++entry;
            continue;
        }
        const auto number = entry->first;
        entry = sessions_.erase(entry);
        for (auto one = listeners_.begin(); one != listeners_.end();) {
            const auto listener = one++;  // its end may take it away
            if (listener->second.session == number) listener->second.stream->close();
        }
    }
}

void PlainHttp::check_patience() {
    const auto now = service_.real_now();
    end_sessions([now](const Session& session) {
        return now - session.heard > (session.account.empty() ? login_patience : silence);
    });
    for (auto entry = listeners_.begin(); entry != listeners_.end();) {
        auto& listener = (entry++)->second;  // what is said may end it
        if (now - listener.said >= listener.heartbeat) say(listener, "Heartbeat");
    }
}

}  // namespace sallyport::controller::dialect
