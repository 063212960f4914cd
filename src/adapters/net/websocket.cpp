#include "adapters/net/websocket.hpp"

#include <deque>
#include <mutex>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/src.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace sallyport::adapters {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

constexpr std::size_t waiting_limit = 1'024;
constexpr std::size_t reason_bytes = 123;

/// What the user's handle needs, whatever the socket is.
class Conversation : public Session {
  public:
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    [[nodiscard]] virtual std::size_t waiting() const = 0;
    virtual void close(websocket::close_reason) = 0;
};

/// What the user holds. When it goes, the connection closes without telling anybody.
class Handle final : public ports::WebSocket {
  public:
    explicit Handle(std::shared_ptr<Conversation> conversation) : conversation_(std::move(conversation)) {}
    ~Handle() override { conversation_->close(websocket::close_code::normal); }
    void send(std::shared_ptr<const std::string> text) override { conversation_->send(std::move(text)); }
    [[nodiscard]] std::size_t waiting() const override { return conversation_->waiting(); }
    void close(std::string_view reason, std::uint16_t code) override {
        conversation_->close({static_cast<websocket::close_code>(code), reason.substr(0, reason_bytes)});
    }

  private:
    std::shared_ptr<Conversation> conversation_;
};

/// All on the socket's strand, but for `send`, `close` and `stop`.
template <class Socket>
class WebSocketSession final : public Conversation,
                               public std::enable_shared_from_this<WebSocketSession<Socket>> {
  public:
    WebSocketSession(Socket socket, WebSocketStart start)
        : stream_(std::move(socket)), start_(std::move(start)) {}

    void run() {
        seat_ = start_.sessions->enter(this->weak_from_this(), start_.peer_address);
        auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
        timeout.idle_timeout = std::chrono::seconds(60);  // and a ping after half of it
        stream_.set_option(timeout);
        stream_.read_message_max(start_.text_bytes);
        stream_.text(true);
        stream_.async_accept(asio::buffer(start_.received),
                             [self = this->shared_from_this()](error_code error) {
                                 if (!error) self->opened();
                             });
    }

    void send(std::shared_ptr<const std::string> text) override {
        const std::scoped_lock lock(mutex_);
        if (refusing_) return;
        if (queue_.size() >= waiting_limit) {
            refusing_ = true;
            return asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->cut(); });
        }
        queue_.push_back(std::move(text));
        if (std::exchange(writing_, true)) return;
        asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->write(); });
    }

    [[nodiscard]] std::size_t waiting() const override {
        const std::scoped_lock lock(mutex_);
        return queue_.size();
    }

    void close(websocket::close_reason why) override {
        {
            const std::scoped_lock lock(mutex_);
            refusing_ = true;
        }
        asio::post(stream_.get_executor(),
                   [self = this->shared_from_this(), why] { self->begin_closing(why); });
    }

    void stop(Stop how) override {
        if (how == Stop::when_answered)
            return close({websocket::close_code::going_away, "The server stops."});
        asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->cut(); });
    }

  private:
    void opened() {
        auto handle = std::make_shared<Handle>(this->shared_from_this());
        handle_ = handle;
        const auto tell = std::exchange(start_.opened, nullptr);
        if (start_.sessions->stopped()) return begin_closing(websocket::close_code::going_away);
        tell(std::move(handle));
        read();
    }

    void read() {
        stream_.async_read(received_, [self = this->shared_from_this()](error_code error, std::size_t) {
            if (error) return self->finish();
            self->deliver();
            self->read();
        });
    }

    void deliver() {
        const auto handle = handle_.lock();
        if (handle && stream_.got_text() && !closing_) {
            const auto callback = handle->on_text;  // it may replace itself
            const auto bytes = received_.cdata();
            if (callback) callback({static_cast<const char*>(bytes.data()), bytes.size()});
        }
        received_.consume(received_.size());
    }

    void write() {
        if (finished_) return;
        {
            const std::scoped_lock lock(mutex_);
            sending_ = queue_.front();
        }
        stream_.async_write(asio::buffer(*sending_),
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                                if (error) return self->finish();
                                self->written();
                            });
    }

    void written() {
        if (finished_) return;
        bool more = false;
        {
            const std::scoped_lock lock(mutex_);
            queue_.pop_front();
            more = !queue_.empty();
            writing_ = more;
        }
        if (more) return write();
        if (closing_) say_goodbye();
    }

    void begin_closing(websocket::close_reason why) {
        if (finished_ || std::exchange(closing_, true)) return;
        why_ = why;
        bool writing = false;
        {
            const std::scoped_lock lock(mutex_);
            refusing_ = true;
            writing = writing_;
        }
        if (!writing) say_goodbye();
    }

    void say_goodbye() {
        stream_.async_close(why_, [self = this->shared_from_this()](error_code) { self->finish(); });
    }

    /// Pending reads and writes end with an error, and with them the session.
    void cut() {
        error_code ignored;
        stream_.next_layer().lowest_layer().close(ignored);
        finish();
    }

    void finish() {
        if (std::exchange(finished_, true)) return;
        {
            const std::scoped_lock lock(mutex_);
            refusing_ = true;
            queue_.clear();
        }
        seat_.reset();
        error_code ignored;
        stream_.next_layer().lowest_layer().close(ignored);
        if (const auto handle = handle_.lock()) {
            const auto text = std::exchange(handle->on_text, nullptr);
            const auto closed = std::exchange(handle->on_closed, nullptr);
            if (closed) closed();
        }
    }

    websocket::stream<Socket, false> stream_;
    WebSocketStart start_;
    Sessions::Seat seat_;
    std::weak_ptr<ports::WebSocket> handle_;
    beast::flat_buffer received_;
    std::shared_ptr<const std::string> sending_;
    websocket::close_reason why_;
    bool closing_ = false;
    bool finished_ = false;

    mutable std::mutex mutex_;  // what `send` touches from other threads
    std::deque<std::shared_ptr<const std::string>> queue_;
    bool writing_ = false;
    bool refusing_ = false;
};

}  // namespace

template <class Socket>
void open_websocket(Socket socket, WebSocketStart start) {
    std::make_shared<WebSocketSession<Socket>>(std::move(socket), std::move(start))->run();
}

template void open_websocket(asio::ip::tcp::socket, WebSocketStart);
template void open_websocket(asio::ssl::stream<asio::ip::tcp::socket>, WebSocketStart);

}  // namespace sallyport::adapters
