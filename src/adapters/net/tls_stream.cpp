#include "adapters/net/tls_stream.hpp"

#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "adapters/net/acceptor.hpp"
#include "adapters/net/stream_connection.hpp"

namespace sallyport::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorKind;
using boost::system::error_code;

namespace {

/// Connections of one kind; the context is null for plain ones.
template <class Connection>
class Listener final : public ports::StreamListener {
  public:
    Listener(TlsContext context, const StreamLimits& limits)
        : context_(std::move(context)), limits_(limits), sessions_(std::make_shared<Sessions>()) {}
    ~Listener() override {
        if (acceptor_) acceptor_->close();
    }

    base::Status open(asio::io_context& loop, const ports::Endpoint& endpoint) {
        auto opened =
            Acceptor::open(loop, endpoint, [this](tcp::socket socket) { accept(std::move(socket)); });
        if (!opened) return std::unexpected(opened.error());
        acceptor_ = *std::move(opened);
        return {};
    }
    [[nodiscard]] ports::Endpoint local() const override { return acceptor_->local(); }

  private:
    void accept(tcp::socket socket) {
        const auto peer = peer_of(socket);
        if (!admitted(peer, limits_.admits) ||
            !sessions_->has_room(peer, limits_.connections, limits_.of_one_address))
            return;
        auto connection = std::make_shared<Connection>(std::move(socket), context_, limits_);
        connection->take_seat(sessions_->enter(connection, peer));
        asio::post(connection->executor(), [connection, accepted = on_accepted] {
            connection->accept([accepted](base::Result<ports::StreamPtr> stream) {
                if (stream && accepted) accepted(*std::move(stream));
            });
        });
    }

    TlsContext context_;
    StreamLimits limits_;
    std::shared_ptr<Sessions> sessions_;
    std::shared_ptr<Acceptor> acceptor_;
};

template <class Connection>
base::Result<std::unique_ptr<ports::StreamListener>> listen(asio::io_context& loop,
                                                            const ports::Endpoint& endpoint,
                                                            TlsContext context, const StreamLimits& limits) {
    auto listener = std::make_unique<Listener<Connection>>(std::move(context), limits);
    if (const auto opened = listener->open(loop, endpoint); !opened) return std::unexpected(opened.error());
    return listener;
}

using Done = std::function<void(base::Result<ports::StreamPtr>)>;

template <class Connection>
class Dialler final : public ports::StreamDialler {
  public:
    Dialler(asio::io_context& loop, const StreamLimits& limits) : loop_(loop), limits_(limits) {}

    void dial(const ports::Endpoint& endpoint, const ports::Identity* own, std::chrono::milliseconds timeout,
              Done done) override {
        base::Result<TlsContext> context = nullptr;
        if constexpr (std::is_same_v<Connection, TlsConnection>)
            context = make_tls_context(TlsSide::caller, own);
        if (!context) {
            return asio::post(loop_, [done, error = context.error()] { done(std::unexpected(error)); });
        }
        const asio::any_io_executor strand = asio::make_strand(loop_);
        auto connection = std::make_shared<Connection>(tcp::socket(strand), *std::move(context), limits_);
        error_code not_numeric;
        const auto address = asio::ip::make_address(endpoint.address, not_numeric);
        if (not_numeric) return resolve(connection, endpoint, timeout, std::move(done));
        asio::post(strand, [connection, peer = tcp::endpoint(address, endpoint.port), timeout, done] {
            connection->dial({peer}, timeout, done);
        });
    }

  private:
    /// The connection's deadline does not run yet, so the name service gets one of its own.
    static void resolve(const std::shared_ptr<Connection>& connection, const ports::Endpoint& endpoint,
                        std::chrono::milliseconds timeout, Done done) {
        auto resolver = std::make_shared<tcp::resolver>(connection->executor());
        auto timer = std::make_shared<asio::steady_timer>(connection->executor(), timeout);
        timer->async_wait([resolver](error_code error) {
            if (!error) resolver->cancel();
        });
        resolver->async_resolve(
            endpoint.address, std::to_string(endpoint.port),
            [connection, timer, resolver, timeout, done = std::move(done), name = endpoint.address](
                error_code error, const tcp::resolver::results_type& found) {
                timer->cancel();
                if (error == asio::error::operation_aborted) {
                    return done(base::fail(ErrorKind::timeout, "timeout", "The name was not found in time."));
                }
                if (error || found.empty()) {
                    return done(base::fail(ErrorKind::unavailable, "unknown_name",
                                           "No address is known for the name '" + name + "'."));
                }
                connection->dial({found.begin(), found.end()}, timeout, done);
            });
    }

    asio::io_context& loop_;
    StreamLimits limits_;
};

}  // namespace

base::Result<std::unique_ptr<ports::StreamListener>> listen_tls(asio::io_context& loop,
                                                                const ports::Endpoint& endpoint,
                                                                const ports::Identity& identity,
                                                                const StreamLimits& limits) {
    auto context = make_tls_context(TlsSide::device, &identity);
    if (!context) return std::unexpected(context.error());
    return listen<TlsConnection>(loop, endpoint, *std::move(context), limits);
}

base::Result<std::unique_ptr<ports::StreamListener>> listen_plain(asio::io_context& loop,
                                                                  const ports::Endpoint& endpoint,
                                                                  const StreamLimits& limits) {
    return listen<PlainConnection>(loop, endpoint, nullptr, limits);
}

std::unique_ptr<ports::StreamDialler> make_dialler(asio::io_context& loop, const StreamLimits& limits) {
    return std::make_unique<Dialler<TlsConnection>>(loop, limits);
}

std::unique_ptr<ports::StreamDialler> make_plain_dialler(asio::io_context& loop, const StreamLimits& limits) {
    return std::make_unique<Dialler<PlainConnection>>(loop, limits);
}

}  // namespace sallyport::adapters
