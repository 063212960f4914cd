#include "adapters/net/stream_connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

namespace sallyport::adapters {

namespace asio = boost::asio;
using base::ErrorKind;
using boost::system::error_code;

namespace {

constexpr std::size_t read_bytes = 16 << 10;
constexpr std::chrono::milliseconds farewell{2'000};

/// What the user holds. When it goes, the connection closes without telling anybody.
template <class Connection>
class OpenStream final : public ports::Stream {
  public:
    explicit OpenStream(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
    ~OpenStream() override { connection_->close(); }
    bool send(std::string bytes) override { return connection_->send(std::move(bytes)); }
    void close() override { connection_->close(); }
    [[nodiscard]] std::string peer_address() const override { return connection_->peer_address(); }
    [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return connection_->fingerprint(); }

  private:
    std::shared_ptr<Connection> connection_;
};

base::Error closed_by_us() {
    return {ErrorKind::unavailable, "closed", "The connection was closed by this side."};
}

base::Error too_slow() {
    return {ErrorKind::limit, "too_slow", "The other side does not take what is sent to it."};
}

base::Error lost(error_code error) {
    // Many devices leave without a word of TLS.
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        return {ErrorKind::unavailable, "closed_by_peer", "The other side closed the connection."};
    }
    return {ErrorKind::unavailable, "connection_lost",
            fmt::format("The connection was lost: {}.", error.message())};
}

base::Error not_reached(error_code error) {
    if (error == asio::error::connection_refused) {
        return {ErrorKind::unavailable, "refused", "Nothing listens on that port."};
    }
    return {ErrorKind::unavailable, "unreachable", fmt::format("Not reached: {}.", error.message())};
}

base::Error no_tls(error_code error) {
    return {ErrorKind::corrupt, "tls_failed", fmt::format("No TLS was agreed on: {}.", error.message())};
}

std::chrono::milliseconds shortest(const StreamLimits& limits) {
    return std::min({limits.handshake, limits.write, farewell});
}

/// A plain socket has no use for the context.
template <class Socket>
Socket make_socket(asio::ip::tcp::socket socket, const TlsContext& context) {
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        return {std::move(socket), *context};
    } else {
        return socket;
    }
}

}  // namespace

template <class Socket>
StreamConnection<Socket>::StreamConnection(asio::ip::tcp::socket socket, TlsContext context,
                                           const StreamLimits& limits)
    : context_(std::move(context)),
      socket_(make_socket<Socket>(std::move(socket), context_)),
      limits_(limits),
      watchdog_(socket_.get_executor(), shortest(limits)) {}

template <class Socket>
asio::ip::tcp::socket& StreamConnection<Socket>::tcp_socket() {
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        return socket_.next_layer();
    } else {
        return socket_;
    }
}

template <class Socket>
void StreamConnection<Socket>::dial(const std::vector<asio::ip::tcp::endpoint>& endpoints,
                                    std::chrono::milliseconds time, Shaken shaken) {
    shaken_ = std::move(shaken);
    watchdog_.start(this->weak_from_this(), [this] { overdue(); });
    watchdog_.allow(time);
    const auto connected = [self = this->shared_from_this()](error_code error, const auto&) {
        if (error) return self->refuse(not_reached(error));
        error_code ignored;
        self->tcp_socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        self->tcp_socket().set_option(asio::socket_base::keep_alive(true), ignored);
        self->shake(Side::caller);
    };
    asio::async_connect(tcp_socket(), endpoints, connected);
}

template <class Socket>
void StreamConnection<Socket>::accept(Shaken shaken) {
    shaken_ = std::move(shaken);
    watchdog_.start(this->weak_from_this(), [this] { overdue(); });
    watchdog_.allow(limits_.handshake);
    shake(Side::device);
}

template <class Socket>
void StreamConnection<Socket>::shake(Side side) {
    error_code error;
    const auto peer = tcp_socket().remote_endpoint(error);
    if (!error) peer_address_ = peer.address().to_string();
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        const auto type = side == Side::caller ? TlsSocket::client : TlsSocket::server;
        socket_.async_handshake(type, [self = this->shared_from_this()](error_code failure) {
            if (failure) return self->refuse(no_tls(failure));
            self->shaken();
        });
    } else {
        shaken();
    }
}

template <class Socket>
void StreamConnection<Socket>::shaken() {
    if (stage_ != Stage::connecting) return;
    stage_ = Stage::open;
    watchdog_.pause();
    if constexpr (std::is_same_v<Socket, TlsSocket>) fingerprint_ = peer_fingerprint(socket_.native_handle());
    auto stream = std::make_shared<OpenStream<StreamConnection>>(this->shared_from_this());
    handle_ = stream;
    std::exchange(shaken_, nullptr)(std::move(stream));
    received_.resize(read_bytes);
    read();
}

template <class Socket>
void StreamConnection<Socket>::refuse(base::Error error) {
    if (stage_ == Stage::closed) return;
    auto tell = std::exchange(shaken_, nullptr);
    finish();
    if (tell) tell(std::unexpected(std::move(error)));
}

template <class Socket>
void StreamConnection<Socket>::overdue() {
    if (stage_ == Stage::connecting) {
        return refuse({ErrorKind::timeout, "timeout", "There was no answer in time."});
    }
    if (!why_) why_ = too_slow();
    finish();
}

template <class Socket>
void StreamConnection<Socket>::read() {
    socket_.async_read_some(asio::buffer(received_),
                            [self = this->shared_from_this()](error_code error, std::size_t count) {
                                if (self->stage_ == Stage::closed) return;
                                if (error) return self->begin_closing(lost(error));
                                self->deliver(count);
                                self->read();
                            });
}

template <class Socket>
void StreamConnection<Socket>::deliver(std::size_t count) {
    const auto handle = handle_.lock();
    if (!handle || stage_ != Stage::open) return;
    const auto callback = handle->on_received;  // it may replace itself
    if (callback) callback(std::string_view(received_).substr(0, count));
}

template <class Socket>
bool StreamConnection<Socket>::send(std::string bytes) {
    {
        const std::scoped_lock lock(mutex_);
        if (refusing_) return false;
        queued_bytes_ += bytes.size();
        if (queued_bytes_ <= limits_.queue_bytes) {
            queue_.push_back(std::move(bytes));
            if (!std::exchange(writing_, true)) {
                asio::post(executor(), [self = this->shared_from_this()] { self->write(); });
            }
            return true;
        }
        refusing_ = true;
    }
    asio::post(executor(), [self = this->shared_from_this()] {
        if (!self->why_) self->why_ = too_slow();
        self->finish();
    });
    return false;
}

template <class Socket>
void StreamConnection<Socket>::write() {
    if (stage_ != Stage::open && stage_ != Stage::closing) return;
    {
        const std::scoped_lock lock(mutex_);
        sending_ = std::move(queue_.front());
        queue_.pop_front();
    }
    if (stage_ == Stage::open) watchdog_.allow(limits_.write);
    asio::async_write(
        socket_, asio::buffer(sending_),
        [self = this->shared_from_this()](error_code error, std::size_t) { self->written(error); });
}

template <class Socket>
void StreamConnection<Socket>::written(error_code error) {
    if (stage_ == Stage::closed) return;
    if (error) {
        if (!why_) why_ = lost(error);
        return finish();
    }
    bool more = false;
    {
        const std::scoped_lock lock(mutex_);
        queued_bytes_ -= sending_.size();
        more = !queue_.empty();
        writing_ = more;
    }
    if (more) return write();
    if (stage_ == Stage::closing) return shut_down();
    watchdog_.pause();
}

template <class Socket>
void StreamConnection<Socket>::close() {
    {
        const std::scoped_lock lock(mutex_);
        refusing_ = true;
    }
    asio::post(executor(), [self = this->shared_from_this()] { self->begin_closing(closed_by_us()); });
}

template <class Socket>
void StreamConnection<Socket>::begin_closing(base::Error why) {
    if (stage_ == Stage::connecting || stage_ == Stage::closed) return finish();
    if (!why_) why_ = std::move(why);
    if (stage_ == Stage::closing) return;
    stage_ = Stage::closing;
    watchdog_.allow(farewell);
    bool writing = false;
    {
        const std::scoped_lock lock(mutex_);
        refusing_ = true;
        writing = writing_;
    }
    if (!writing) shut_down();
}

template <class Socket>
void StreamConnection<Socket>::shut_down() {
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        socket_.async_shutdown([self = this->shared_from_this()](error_code) { self->finish(); });
    } else {
        // What is in flight still arrives: the socket is closed, not reset.
        error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        finish();
    }
}

template <class Socket>
void StreamConnection<Socket>::finish() {
    if (stage_ == Stage::closed) return;
    stage_ = Stage::closed;
    {
        const std::scoped_lock lock(mutex_);
        refusing_ = true;
        queue_.clear();
    }
    watchdog_.stop();
    seat_.reset();
    error_code ignored;
    socket_.lowest_layer().close(ignored);
    if (const auto handle = handle_.lock()) {
        const auto received = std::exchange(handle->on_received, nullptr);
        const auto closed = std::exchange(handle->on_closed, nullptr);
        if (closed) closed(why_.value_or(closed_by_us()));
    }
}

template class StreamConnection<TlsSocket>;
template class StreamConnection<PlainSocket>;

}  // namespace sallyport::adapters
