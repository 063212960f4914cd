#include "adapters/net/entrance.hpp"

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/core.h>

#include "adapters/net/http_server.hpp"
#include "adapters/net/http_text.hpp"
#include "adapters/net/own_identity.hpp"
#include "base/log.hpp"

namespace sallyport::adapters {

namespace {

using Origin = ports::CertificateFacts::Origin;

/// The name or address of "Host: NAME:PORT"; empty when it is none.
std::string_view host_of(std::string_view header) {
    const auto end = header.starts_with('[') ? header.find(']') + 1 : header.find(':');
    const auto host = header.substr(0, end);
    const bool plain = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
    return plain ? host : std::string_view();
}

}  // namespace

/// Says where the page is, and nothing else.
class HttpsEntrance::Redirect final : public ports::HttpHandler {
  public:
    explicit Redirect(std::uint16_t https_port) : https_port_(https_port) {}
    void handle(ports::HttpRequest request, ports::Respond respond) override { respond(answer(request)); }
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest& request) override {
        return answer(request);
    }
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override {}

  private:
    [[nodiscard]] ports::HttpResponse answer(const ports::HttpRequest& request) const {
        const auto host = host_of(request.header("host"));
        if (host.empty()) return confined({400, {{"Content-Type", "text/plain"}}, "The host is missing.\n"});
        const std::string target = request.target.starts_with('/') ? request.target : "/";
        // Not to be kept: the address of the page may change.
        return confined({308, {{"Location", fmt::format("https://{}:{}{}", host, https_port_, target)}}, ""});
    }
    const std::uint16_t https_port_;
};

HttpsEntrance::HttpsEntrance(boost::asio::io_context& loop, const ports::Clock& clock,
                             std::filesystem::path directory, ports::Identity made)
    : loop_(loop), clock_(clock), directory_(std::move(directory)), made_(std::move(made)) {
    auto own = own_identity(directory_);
    if (own) {
        own_ = *std::move(own);
    } else {
        base::log_error(own.error().message + " The certificate of the first start is used.");
    }
}

HttpsEntrance::~HttpsEntrance() = default;

base::Status HttpsEntrance::open(const ports::Endpoint& endpoint, const ports::HttpLimits& limits,
                                 ports::HttpHandler& handler) {
    const std::lock_guard lock(mutex_);
    auto server = make_http_server(loop_, endpoint, own_ ? &*own_ : &made_, limits, handler);
    if (!server) return std::unexpected(server.error());
    https_ = *std::move(server);
    redirect_ = std::make_unique<Redirect>(https_->local().port);
    return {};
}

ports::Endpoint HttpsEntrance::local() const {
    return https_->local();
}

void HttpsEntrance::stop() {
    const std::lock_guard lock(mutex_);
    https_->stop();
    if (http_) http_->stop();
}

void HttpsEntrance::close() {
    const std::lock_guard lock(mutex_);
    https_.reset();
    http_.reset();
}

ports::CertificateFacts HttpsEntrance::certificate() const {
    const std::lock_guard lock(mutex_);
    return own_ ? facts_of(*own_, Origin::own) : facts_of(made_, Origin::made_here);
}

/// With the lock held: what new connections are shown from now on.
base::Result<ports::CertificateFacts> HttpsEntrance::shows() {
    const auto& identity = own_ ? *own_ : made_;
    if (https_)
        if (auto used = https_->use(identity); !used) return std::unexpected(used.error());
    return facts_of(identity, own_ ? Origin::own : Origin::made_here);
}

base::Result<ports::CertificateFacts> HttpsEntrance::use_certificate(std::string certificate_pem,
                                                                     base::Secret key_pem) {
    auto identity = checked_identity(std::move(certificate_pem), std::move(key_pem), clock_.utc());
    if (!identity) return std::unexpected(identity.error());
    const std::lock_guard lock(mutex_);
    if (auto kept = keep_own_identity(directory_, *identity); !kept) return std::unexpected(kept.error());
    own_ = *std::move(identity);
    return shows();
}

base::Result<ports::CertificateFacts> HttpsEntrance::drop_certificate() {
    const std::lock_guard lock(mutex_);
    if (auto removed = remove_own_identity(directory_); !removed) return std::unexpected(removed.error());
    own_.reset();
    return shows();
}

base::Status HttpsEntrance::redirect_from(std::optional<std::uint16_t> port) {
    const std::lock_guard lock(mutex_);
    if (http_ && port == http_->local().port) return {};
    Server fresh;
    if (port) {
        ports::HttpLimits limits;
        limits.body_bytes = 1 << 10;
        limits.connections = 200;
        limits.of_one_address = 20;
        limits.idle = limits.exchange = std::chrono::seconds{5};
        auto server = make_http_server(loop_, {https_->local().address, *port}, nullptr, limits, *redirect_);
        if (!server) return std::unexpected(server.error());
        fresh = *std::move(server);
    }
    if (http_) let_go(std::move(http_));
    http_ = std::move(fresh);
    return {};
}

std::optional<ports::Endpoint> HttpsEntrance::redirects_at() const {
    const std::lock_guard lock(mutex_);
    return http_ ? std::optional(http_->local()) : std::nullopt;
}

/// Servers end on the loop's thread.
void HttpsEntrance::let_go(Server server) {
    server->stop();
    boost::asio::post(loop_, [server = std::move(server)]() mutable { server.reset(); });
}

}  // namespace sallyport::adapters
