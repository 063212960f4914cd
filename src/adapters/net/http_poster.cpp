#include "adapters/net/http_poster.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include "adapters/net/tls.hpp"

namespace sallyport::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorKind;
using boost::system::error_code;

namespace {

constexpr std::size_t head_limit = 16 << 10;

/// One exchange on a connection of its own, which ends with it.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(asio::io_context& loop, TlsContext context, ports::HttpPost post, ports::HttpPoster::Done done)
        : context_(std::move(context)),
          post_(std::move(post)),
          done_(std::move(done)),
          resolver_(loop),
          stream_(loop, *context_),
          timer_(loop) {}

    void start(std::chrono::milliseconds patience, const ports::Admission& admits) {
        timer_.expires_after(patience);
        timer_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->fail(ErrorKind::timeout, "timeout", "There was no answer in time.");
        });
        const auto& url = post_.url;
        resolver_.async_resolve(
            url.host, std::to_string(url.port),
            [self = shared_from_this(), admits](error_code error, const tcp::resolver::results_type& found) {
                if (error)
                    return self->fail(ErrorKind::unavailable, "unreachable",
                                      fmt::format("No address is known for {}.", self->post_.url.host));
                self->connect(found, admits);
            });
    }

  private:
    void connect(const tcp::resolver::results_type& found, const ports::Admission& admits) {
        for (const auto& entry : found)
            if (admits(entry.endpoint().address().to_string())) allowed_.push_back(entry.endpoint());
        if (allowed_.empty())
            return fail(ErrorKind::forbidden, "address_refused",
                        fmt::format("{} leads to an address that nothing may be sent to.", post_.url.host));
        asio::async_connect(stream_.next_layer(), allowed_,
                            [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                                if (error)
                                    return self->fail(ErrorKind::unavailable, "refused",
                                                      fmt::format("{} cannot be reached ({}).",
                                                                  self->post_.url.authority, error.message()),
                                                      error.message());
                                self->shake_hands();
                            });
    }

    void shake_hands() {
        error_code failed;
        stream_.set_verify_mode(asio::ssl::verify_peer, failed);
        if (!failed) stream_.set_verify_callback(asio::ssl::host_name_verification(post_.url.host), failed);
        SSL_set_tlsext_host_name(stream_.native_handle(), post_.url.host.c_str());
        if (failed) return fail(ErrorKind::corrupt, "tls_failed", failed.message(), failed.message());
        stream_.async_handshake(asio::ssl::stream_base::client, [self =
                                                                     shared_from_this()](error_code error) {
            if (error)
                return self->fail(ErrorKind::corrupt, "tls_failed",
                                  fmt::format("The certificate is not good for {}, or no TLS connection came "
                                              "about ({}).",
                                              self->post_.url.host, error.message()),
                                  error.message());
            self->send();
        });
    }

    void send() {
        text_ = fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n",
                            post_.url.target, post_.url.authority, post_.body.size());
        for (const auto& [name, value] : post_.headers) text_ += fmt::format("{}: {}\r\n", name, value);
        text_ += "\r\n" + post_.body;
        asio::async_write(stream_, asio::buffer(text_),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->lost(error);
                              self->receive();
                          });
    }

    void receive() {
        text_.clear();
        asio::async_read_until(stream_, asio::dynamic_buffer(text_, head_limit), "\r\n",
                               [self = shared_from_this()](error_code error, std::size_t) {
                                   if (error) return self->lost(error);
                                   self->judge();
                               });
    }

    /// "HTTP/1.1 204 No Content"
    void judge() {
        int status = 0;
        const bool is_http = text_.starts_with("HTTP/1.") && text_.size() > 12;
        const auto* digits = text_.data() + 9;
        if (!is_http || std::from_chars(digits, digits + 3, status).ec != std::errc{} || status < 200)
            return fail(ErrorKind::corrupt, "no_http", "The answer is not HTTP.");
        finish(status);
    }

    void lost(error_code error) {
        fail(ErrorKind::unavailable, "connection_lost",
             fmt::format("The connection was lost before an answer ({}).", error.message()), error.message());
    }
    void fail(ErrorKind kind, const char* code, std::string why, std::string said = {}) {
        finish(std::unexpected(ports::OutsideError(kind, code, std::move(why), std::move(said))));
    }
    void finish(ports::OutsideResult<int> outcome) {
        const auto done = std::exchange(done_, nullptr);
        if (!done) return;
        timer_.cancel();
        resolver_.cancel();
        error_code ignored;
        stream_.next_layer().close(ignored);
        done(std::move(outcome));
    }

    TlsContext context_;
    ports::HttpPost post_;
    ports::HttpPoster::Done done_;
    tcp::resolver resolver_;
    std::vector<tcp::endpoint> allowed_;
    asio::ssl::stream<tcp::socket> stream_;
    asio::steady_timer timer_;
    std::string text_;
};

class Poster final : public ports::HttpPoster {
  public:
    Poster(asio::io_context& loop, ports::Admission admits) : loop_(loop), admits_(std::move(admits)) {}

    void post(ports::HttpPost post, std::chrono::milliseconds patience, Done done) override {
        auto context = make_tls_context(TlsSide::caller, nullptr);
        error_code failed;
        if (context) (*context)->set_default_verify_paths(failed);
        if (!context || failed) {
            return asio::post(loop_, [done = std::move(done)] {
                done(base::fail(ErrorKind::corrupt, "tls_failed",
                                "The machine's certificates of authorities cannot be read."));
            });
        }
        asio::post(loop_, [this, context = *context, post = std::move(post), patience,
                           done = std::move(done)]() mutable {
            std::make_shared<Exchange>(loop_, std::move(context), std::move(post), std::move(done))
                ->start(patience, admits_);
        });
    }

  private:
    asio::io_context& loop_;
    ports::Admission admits_;
};

/// The address of IPv4 that one of IPv6 stands for: mapped, behind a translator (RFC 6052) or a tunnel of
/// 6to4 (RFC 3056). The IPv4-compatible ones are not routed any more.
std::optional<asio::ip::address_v4> v4_inside(const asio::ip::address_v6& address) {
    if (address.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address);
    const auto bytes = address.to_bytes();
    const auto from = [&](std::size_t at) {
        return asio::ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    };
    static constexpr std::array<unsigned char, 12> translated{0, 0x64, 0xff, 0x9b};
    if (std::ranges::equal(translated, std::span(bytes).first<12>())) return from(12);
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return from(2);
    return std::nullopt;
}

/// 64:ff9b:1::/48 (RFC 8215), of translators of a site's own. Where in it they keep an address of IPv4 is up
/// to them, so any may stand for one that only this machine reaches.
bool is_of_a_local_translator(const asio::ip::address_v6& address) {
    static constexpr std::array<unsigned char, 6> prefix{0, 0x64, 0xff, 0x9b, 0, 1};
    const auto bytes = address.to_bytes();
    return std::ranges::equal(prefix, std::span(bytes).first<6>());
}

}  // namespace

std::unique_ptr<ports::HttpPoster> make_http_poster(asio::io_context& loop, ports::Admission admits) {
    return std::make_unique<Poster>(loop, std::move(admits));
}

bool is_elsewhere(const std::string& text) {
    error_code failed;
    auto address = asio::ip::make_address(text, failed);
    if (failed) return false;
    if (address.is_v6())
        if (const auto inside = v4_inside(address.to_v6())) address = *inside;
    if (address.is_unspecified() || address.is_loopback() || address.is_multicast()) return false;
    if (address.is_v6())
        return !address.to_v6().is_link_local() && !is_of_a_local_translator(address.to_v6());
    const auto bytes = address.to_v4().to_bytes();
    const bool link_local = bytes[0] == 169 && bytes[1] == 254;
    return !link_local && bytes[0] != 0 && bytes[0] < 240;
}

}  // namespace sallyport::adapters
