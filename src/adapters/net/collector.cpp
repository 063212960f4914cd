#include "adapters/net/collector.hpp"

#include <array>
#include <linux/sockios.h>
#include <optional>
#include <sys/ioctl.h>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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
using ports::OutsideError;

namespace {

constexpr std::chrono::seconds patience_to_connect{10};
constexpr std::chrono::seconds patience_to_take{30};
constexpr std::chrono::milliseconds look_again{20};

OutsideError connection_lost(const error_code& error) {
    return {ErrorKind::unavailable, "connection_lost",
            fmt::format("The connection was lost ({}).", error.message()), error.message()};
}

/// One connection. Whoever lets go of it closes it; what is under way then ends without a word.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Done = ports::Collector::Done;

    Connection(asio::io_context& loop, ports::Endpoint endpoint, TlsContext context,
               const CollectorTrust& trust)
        : endpoint_(std::move(endpoint)),
          context_(std::move(context)),
          trust_(trust),
          resolver_(loop),
          socket_(loop),
          timer_(loop) {
        if (context_) tls_.emplace(socket_, *context_);
    }

    void open(Done done) {
        done_ = std::move(done);
        expect_within(patience_to_connect, "No connection came about in 10 s.");
        resolver_.async_resolve(
            endpoint_.address, std::to_string(endpoint_.port),
            [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                if (error)
                    return self->fail({ErrorKind::unavailable, "unreachable",
                                       fmt::format("No address is known for {}.", self->endpoint_.address)});
                self->connect(found);
            });
    }

    void send(std::string bytes, Done taken) {
        done_ = std::move(taken);
        sending_ = std::move(bytes);
        expect_within(patience_to_take, "Nothing was taken for 30 s.");
        with_stream([this](auto& stream) {
            asio::async_write(stream, asio::buffer(sending_),
                              [self = shared_from_this()](error_code error, std::size_t) {
                                  if (error) return self->fail(connection_lost(error));
                                  self->wait_for_acknowledgement();
                              });
        });
    }

    void close() {
        closed_ = true;
        done_ = nullptr;
        on_lost = nullptr;
        resolver_.cancel();
        timer_.cancel();
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    std::function<void(const OutsideError&)> on_lost;

  private:
    template <class Use>
    void with_stream(Use use) {
        if (tls_) {
            use(*tls_);
        } else {
            use(socket_);
        }
    }

    void expect_within(std::chrono::seconds patience, const char* otherwise) {
        deadline_ = std::chrono::steady_clock::now() + patience;
        timer_.expires_at(deadline_);
        timer_.async_wait([self = shared_from_this(), otherwise](error_code error) {
            if (!error) self->fail({ErrorKind::timeout, "timeout", otherwise});
        });
    }

    void connect(const tcp::resolver::results_type& found) {
        asio::async_connect(socket_, found,
                            [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                                if (error) return self->refuse(error.message());
                                self->connected();
                            });
    }

    void connected() {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        if (!tls_) return opened();
        if (std::holds_alternative<PinnedAuthority>(trust_))
            tls_->set_verify_callback(asio::ssl::host_name_verification(endpoint_.address), ignored);
        tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code error) {
            if (error)
                return self->fail({ErrorKind::corrupt, "tls_failed",
                                   fmt::format("No TLS connection came about ({}).", error.message()),
                                   error.message()});
            self->check_certificate();
        });
    }

    void check_certificate() {
        const auto* pinned = std::get_if<PinnedCertificate>(&trust_);
        const auto shown = peer_fingerprint(tls_->native_handle());
        if (pinned == nullptr || shown == pinned->fingerprint) return opened();
        fail({ErrorKind::forbidden, "wrong_certificate",
              fmt::format("It shows the certificate {}, which is not the one that is pinned.", shown)});
    }

    void opened() {
        finish({});
        read();
    }

    /// A collector says nothing; what is read tells when it goes.
    void read() {
        with_stream([this](auto& stream) {
            stream.async_read_some(asio::buffer(received_),
                                   [self = shared_from_this()](error_code error, std::size_t) {
                                       if (error) return self->fail(connection_lost(error));
                                       self->read();
                                   });
        });
    }

    void wait_for_acknowledgement() {
        if (closed_) return;
        int waiting = 0;
        if (::ioctl(socket_.native_handle(), SIOCOUTQ, &waiting) != 0 || waiting == 0) return finish({});
        if (std::chrono::steady_clock::now() > deadline_)
            return fail({ErrorKind::timeout, "timeout", "Nothing was taken for 30 s."});
        timer_.expires_after(look_again);
        timer_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->wait_for_acknowledgement();
        });
    }

    void refuse(const std::string& why) {
        fail({ErrorKind::unavailable, "refused",
              fmt::format("{} cannot be reached ({}).", ports::text_of(endpoint_), why), why});
    }

    void finish(const ports::OutsideResult<void>& status) {
        timer_.cancel();
        if (auto done = std::exchange(done_, nullptr)) done(status);
    }

    void fail(const OutsideError& why) {
        if (closed_) return;
        const auto lost = on_lost;
        const bool asked = static_cast<bool>(done_);
        const auto done = done_;
        close();
        if (asked) {
            done(std::unexpected(why));
        } else if (lost) {
            lost(why);
        }
    }

    ports::Endpoint endpoint_;
    TlsContext context_;
    CollectorTrust trust_;
    tcp::resolver resolver_;
    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
    asio::steady_timer timer_;
    std::chrono::steady_clock::time_point deadline_;
    Done done_;
    std::string sending_;
    std::array<char, 256> received_{};
    bool closed_ = false;
};

class TcpCollector final : public ports::Collector {
  public:
    TcpCollector(asio::io_context& loop, ports::Endpoint endpoint, TlsContext context, CollectorTrust trust)
        : loop_(loop),
          endpoint_(std::move(endpoint)),
          context_(std::move(context)),
          trust_(std::move(trust)) {}
    ~TcpCollector() override { close(); }
    TcpCollector(const TcpCollector&) = delete;
    TcpCollector& operator=(const TcpCollector&) = delete;

    void open(Done done) override {
        close();
        connection_ = std::make_shared<Connection>(loop_, endpoint_, context_, trust_);
        connection_->on_lost = [this](const OutsideError& why) {
            if (on_lost) on_lost(why);
        };
        connection_->open(std::move(done));
    }
    void send(std::string bytes, Done taken) override {
        connection_->send(std::move(bytes), std::move(taken));
    }
    void close() override {
        if (connection_) connection_->close();
        connection_.reset();
    }

  private:
    asio::io_context& loop_;
    ports::Endpoint endpoint_;
    TlsContext context_;
    CollectorTrust trust_;
    std::shared_ptr<Connection> connection_;
};

base::Status load_authority(asio::ssl::context& context, const std::string& file) {
    error_code error;
    context.load_verify_file(file, error);
    if (!error) return {};
    return base::fail(
        ErrorKind::invalid, "authority_unreadable",
        fmt::format("'{}' holds no certificates in PEM that can be read ({}).", file, error.message()));
}

}  // namespace

base::Status check_authority(const std::string& file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    return load_authority(context, file);
}

base::Result<std::unique_ptr<ports::Collector>> make_collector(asio::io_context& loop,
                                                               const ports::Endpoint& endpoint,
                                                               const CollectorTrust& trust) {
    TlsContext context;
    if (const auto* server = std::get_if<ports::ServerTrust>(&trust)) {
        if (server->how == ports::ServerTrust::How::clear)
            return make_collector(loop, endpoint, InTheClear{});
        auto made = make_checking_context(*server, endpoint.address);
        if (!made) return std::unexpected(made.error());
        context = *std::move(made);
    } else if (!std::holds_alternative<InTheClear>(trust)) {
        auto made = make_tls_context(TlsSide::caller, nullptr);
        if (!made) return std::unexpected(made.error());
        context = *std::move(made);
    }
    if (const auto* authority = std::get_if<PinnedAuthority>(&trust))
        if (auto loaded = load_authority(*context, authority->file); !loaded)
            return std::unexpected(loaded.error());
    return std::make_unique<TcpCollector>(loop, endpoint, std::move(context), trust);
}

}  // namespace sallyport::adapters
