#pragma once
// The platform's one entrance: /api/v1 by the table of operations, /api/v1/live as a WebSocket, the web
// client for the rest. Who calls, from where and with which right is settled here, once for all operations.
#include <atomic>
#include <span>

#include "base/embedded.hpp"
#include "ports/transport.hpp"
#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"
#include "server/api/router.hpp"
#include "server/api/workers.hpp"
#include "server/entrance/entrance_rules.hpp"
#include "server/live/live.hpp"
#include "server/metrics/request_meter.hpp"
#include "server/tokens/tokens.hpp"

namespace sallyport::server {

class Api final : public ports::HttpHandler {
  public:
    /// All outlive this. `viewer_of`: what an account sees now. `page` are the web client's files. What
    /// strangers send runs on `strangers`: it costs a password hash, and nobody who is signed in waits for
    /// it.
    Api(Operations, Accounts&, Sessions&, const SignInRules&, Tokens&, const EntranceRules&, Live&,
        Workers& workers, Workers& strangers, RequestMeter&, std::span<const base::EmbeddedFile> page,
        std::function<Viewer(const Account&)> viewer_of);

    void handle(ports::HttpRequest, ports::Respond) override;
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override;
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override;
    /// From now on every call but /health and /ready is answered 503 `stopping`.
    void stop() { stopping_ = true; }
    [[nodiscard]] bool stopping() const { return stopping_; }

  private:
    [[nodiscard]] ports::Respond metered(std::string_view method, std::string_view route, ports::Respond);
    void call(const Operation&, std::vector<std::string> path, ports::HttpRequest, ports::Respond);
    [[nodiscard]] std::optional<ports::HttpResponse> refuse(const Router::Match&,
                                                            const ports::HttpRequest&) const;
    /// By the token of a session or of a script.
    [[nodiscard]] Answer<Session> who(const ports::HttpRequest&);
    [[nodiscard]] Answer<Call> let_in(const Operation&, std::vector<std::string> path, ports::HttpRequest);

    Router router_;
    Accounts& accounts_;
    Sessions& sessions_;
    const SignInRules& rules_;
    Tokens& tokens_;
    const EntranceRules& entrance_;
    Live& live_;
    Workers& workers_;
    Workers& strangers_;
    RequestMeter& meter_;
    std::span<const base::EmbeddedFile> page_;
    std::function<Viewer(const Account&)> viewer_of_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace sallyport::server
