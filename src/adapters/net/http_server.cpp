#include "adapters/net/http_server.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "adapters/net/acceptor.hpp"
#include "adapters/net/http_text.hpp"
#include "adapters/net/sessions.hpp"
#include "adapters/net/tls.hpp"
#include "adapters/net/watchdog.hpp"
#include "adapters/net/websocket.hpp"

namespace sallyport::adapters {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using PlainSocket = tcp::socket;
using TlsSocket = asio::ssl::stream<tcp::socket>;
using Parser = http::request_parser<http::string_body>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_bytes = 8 << 10;
constexpr std::size_t write_bytes = 256 << 10;
constexpr std::chrono::milliseconds farewell{2'000};
constexpr std::size_t body_limit = 1 << 20;

/// What new connections are made with; each keeps for itself what it was made with.
class CurrentTls {
  public:
    explicit CurrentTls(TlsContext context) : context_(std::move(context)) {}
    [[nodiscard]] TlsContext get() const {
        const std::scoped_lock lock(mutex_);
        return context_;
    }
    void set(TlsContext context) {
        const std::scoped_lock lock(mutex_);
        context_ = std::move(context);
    }

  private:
    mutable std::mutex mutex_;
    TlsContext context_;
};

/// What the connections of one server share.
struct Service {
    ports::HttpLimits limits;
    ports::HttpHandler* handler = nullptr;
    std::shared_ptr<CurrentTls> tls;  ///< null for plain HTTP
    std::shared_ptr<Sessions> sessions = std::make_shared<Sessions>();
};

class Answering : public Session {
  public:
    /// From any thread.
    virtual void answer(ports::HttpResponse) = 0;
    virtual bool more(std::string part) = 0;
    virtual void end() = 0;
};

/// The way back from a handler, which may forget it, or use it after the client has gone.
class PendingAnswer {
  public:
    explicit PendingAnswer(std::weak_ptr<Answering> connection) : connection_(std::move(connection)) {}
    PendingAnswer(PendingAnswer&&) noexcept = default;
    PendingAnswer& operator=(PendingAnswer&&) = delete;
    ~PendingAnswer() { give(problem(500, "internal", "The request was not answered.")); }
    void give(ports::HttpResponse response) {
        if (const auto connection = std::exchange(connection_, {}).lock()) {
            connection->answer(std::move(response));
        }
    }

  private:
    std::weak_ptr<Answering> connection_;
};

/// What a handler holds of an answer that goes on.
class GoingBody final : public ports::BodyStream {
  public:
    explicit GoingBody(std::weak_ptr<Answering> connection) : connection_(std::move(connection)) {}
    ~GoingBody() override { end(); }
    bool send(std::string part) override {
        const auto connection = connection_.lock();
        return connection && connection->more(std::move(part));
    }
    void close() override { end(); }

  private:
    void end() {
        if (const auto connection = connection_.lock()) connection->end();
    }
    std::weak_ptr<Answering> connection_;
};

struct Complaint {
    int status;
    std::string_view code;
    std::string_view sentence;
};

constexpr Complaint too_slow{408, "too_slow", "The request did not arrive in time."};

Complaint complaint(error_code error) {
    if (error == http::error::header_limit)
        return {431, "headers_too_large", "The headers of the request are too long."};
    if (error == http::error::body_limit)
        return {413, "body_too_large", "The body of the request is too long."};
    return {400, "bad_request", "The request is not valid HTTP/1.1."};
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

/// The request as it stood, for the WebSocket's own handshake.
std::string text_of(const http::request<http::string_body>& request) {
    std::string text(request.method_string());
    text.append(" ").append(request.target()).append(" HTTP/1.1\r\n");
    for (const auto& field : request) {
        text.append(field.name_string()).append(": ").append(field.value()).append("\r\n");
    }
    return text + "\r\n";
}

/// Whoever stands before us must not see the end of the body elsewhere than we do, or what is in it is a
/// request of its own: the only transfer coding is `chunked`, once, of HTTP/1.1 (RFC 9112 6.1, 6.3).
bool ends_where_all_agree(const http::request<http::string_body>& message) {
    const auto codings = message.count(http::field::transfer_encoding);
    return codings == 0 || (codings == 1 && message.version() == 11 &&
                            lower(message[http::field::transfer_encoding]) == "chunked");
}

template <class Socket>
class Connection final : public Answering, public std::enable_shared_from_this<Connection<Socket>> {
  public:
    template <class... Tls>
    Connection(std::shared_ptr<const Service> service, tcp::socket socket, Tls&... tls)
        : service_(std::move(service)),
          socket_(std::in_place, std::move(socket), tls...),
          watchdog_(socket_->get_executor(),
                    std::min({service_->limits.idle, service_->limits.exchange, farewell})),
          answered_(socket_->get_executor(), asio::steady_timer::time_point::max()) {}

    void run(const std::string& peer) {
        peer_address_ = peer;
        seat_ = service_->sessions->enter(this->weak_from_this(), peer);
        asio::co_spawn(
            socket_->get_executor(), [self = this->shared_from_this()] { return self->serve(); },
            asio::detached);
    }

    void answer(ports::HttpResponse response) override {
        asio::dispatch(executor_,
                       [self = this->shared_from_this(), response = std::move(response)]() mutable {
                           self->answer_ = std::move(response);
                           self->answered_.cancel();
                       });
    }

    bool more(std::string part) override {
        if (body_ended_) return false;
        if ((body_waiting_ += part.size()) > body_limit) {
            body_ended_ = true;
            asio::post(executor_, [self = this->shared_from_this()] { self->cut(); });
            return false;
        }
        asio::post(executor_, [self = this->shared_from_this(), part = std::move(part)]() mutable {
            self->parts_.push_back(std::move(part));
            self->answered_.cancel();
        });
        return true;
    }

    void end() override {
        body_ended_ = true;
        asio::post(executor_, [self = this->shared_from_this()] { self->answered_.cancel(); });
    }

    void stop(Stop how) override {
        asio::post(executor_, [self = this->shared_from_this(), how] {
            self->stopping_ = true;
            if (how == Stop::now) return self->cut();
            if (self->stage_ == Stage::idle) self->cancel();
            self->answered_.cancel();
        });
    }

  private:
    enum class Stage : std::uint8_t { idle, receiving, answering, leaving, gone };
    enum class Then : std::uint8_t { next_request, leave };

    asio::awaitable<void> serve() {
        watchdog_.start(this->weak_from_this(), [this] { overdue(); });
        if (co_await shaken()) {
            while (!stopping_ && co_await exchange() == Then::next_request) {
            }
            if (stage_ != Stage::gone) co_await leave();
        }
        seat_.reset();
        watchdog_.stop();
    }

    asio::awaitable<bool> shaken() {
        if constexpr (std::is_same_v<Socket, TlsSocket>) {
            watchdog_.allow(service_->limits.exchange);
            const auto [error] = co_await socket_->async_handshake(TlsSocket::server, as_result);
            co_return !error;
        }
        co_return true;
    }

    /// One request and its answer.
    asio::awaitable<Then> exchange() {
        if (!co_await begun()) co_return Then::leave;
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(service_->limits.header_bytes));
        parser.body_limit(service_->limits.body_bytes);
        if (const auto error = co_await received(parser)) {
            if (error.category() == http::make_error_code(http::error::bad_method).category()) {
                co_await write(said(complaint(error)), Persistence::close, AnswerBody::sent);
            } else if (overdue_ && !stopping_) {
                co_await write(said(too_slow), Persistence::close, AnswerBody::sent);
            }
            co_return Then::leave;
        }
        co_return co_await answered(parser.get());
    }

    /// Between requests a connection may be idle for long; once a byte has come it may not.
    asio::awaitable<bool> begun() {
        stage_ = Stage::idle;
        if (buffer_.size() == 0) {
            watchdog_.allow(service_->limits.idle);
            const auto [error, count] =
                co_await socket_->async_read_some(buffer_.prepare(read_bytes), as_result);
            if (error) co_return false;
            buffer_.commit(count);
        }
        stage_ = Stage::receiving;
        watchdog_.allow(service_->limits.exchange);
        co_return true;
    }

    asio::awaitable<error_code> received(Parser& parser) {
        parser.eager(true);
        bool invited = false;
        for (;;) {
            error_code error;
            if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
            if (error == http::error::need_more) error = {};
            if (error || parser.is_done()) co_return error;
            if (!invited && parser.is_header_done()) {
                invited = true;
                error = co_await invite(parser.get()[http::field::expect]);
                if (error) co_return error;
            }
            const auto [failed, count] =
                co_await socket_->async_read_some(buffer_.prepare(read_bytes), as_result);
            if (failed) co_return failed;
            buffer_.commit(count);
        }
    }

    /// A client may ask whether its body is wanted before it sends it.
    asio::awaitable<error_code> invite(std::string_view expected) {
        if (!has_token(expected, "100-continue")) co_return error_code{};
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, count] = co_await asio::async_write(*socket_, asio::buffer(go_on), as_result);
        co_return error;
    }

    asio::awaitable<Then> answered(http::request<http::string_body>& message) {
        auto request = request_from(message);
        if (!request) {
            co_await write(said(complaint({})), Persistence::close, AnswerBody::sent);
            co_return Then::leave;
        }
        const bool upgrade = message.version() == 11 && message.method() == http::verb::get &&
                             has_token(request->header("connection"), "upgrade") &&
                             has_token(request->header("upgrade"), "websocket");
        const auto body = message.method() == http::verb::head ? AnswerBody::left_out : AnswerBody::sent;
        const bool keep_alive = message.keep_alive();
        stage_ = Stage::answering;
        watchdog_.pause();
        if (stopping_) co_return Then::leave;
        answer_.reset();
        if (upgrade) {
            answer_ = service_->handler->refuse_websocket(*request);
            if (!answer_) {
                upgraded(message, *std::move(request));
                co_return Then::leave;
            }
        } else {
            service_->handler->handle(*std::move(request), responder());
        }
        while (!answer_ && stage_ != Stage::gone) co_await answered_.async_wait(as_result);
        if (stage_ == Stage::gone) co_return Then::leave;
        if (answer_->go_on) {
            co_await going_on(body);
            co_return Then::leave;
        }
        const auto persistence = keep_alive && !stopping_ ? Persistence::keep_alive : Persistence::close;
        const bool parts = answer_->next && body == AnswerBody::sent;
        bool sent = co_await write(*answer_, persistence, parts ? AnswerBody::goes_on : body);
        if (sent && parts) sent = co_await write_parts();
        co_return sent&& persistence == Persistence::keep_alive ? Then::next_request : Then::leave;
    }

    [[nodiscard]] ports::HttpResponse said(const Complaint& what) const {
        auto own = service_->handler->complaint(what.status, what.sentence);
        return own ? *std::move(own) : problem(what.status, what.code, what.sentence);
    }

    /// Nothing more is asked on such a connection: what comes is the client's leaving, and is noticed
    /// although there is nothing to send.
    asio::awaitable<void> watch_for_the_end() {
        std::array<char, 512> ignored{};
        for (bool open = true; open;) {
            const auto [error, count] = co_await socket_->async_read_some(asio::buffer(ignored), as_result);
            open = !error;
        }
        watching_ = false;
        body_ended_ = true;
        answered_.cancel();
    }

    asio::awaitable<void> going_on(AnswerBody asked) {
        const bool only_head = asked == AnswerBody::left_out;
        const bool sent = co_await write(*answer_, Persistence::close,
                                         only_head ? AnswerBody::left_out : AnswerBody::goes_on);
        if (!sent || only_head) co_return;
        auto body = std::make_shared<GoingBody>(this->weak_from_this());
        const std::weak_ptr<ports::BodyStream> handle = body;
        answer_->go_on(std::move(body));
        answer_->go_on = nullptr;
        watching_ = true;
        asio::co_spawn(
            executor_, [self = this->shared_from_this()] { return self->watch_for_the_end(); },
            asio::detached);
        while (stage_ != Stage::gone && !stopping_) {
            if (parts_.empty()) {
                if (body_ended_) break;
                watchdog_.pause();
                co_await answered_.async_wait(as_result);
                continue;
            }
            const auto part = std::move(parts_.front());
            parts_.pop_front();
            watchdog_.allow(service_->limits.exchange);
            const auto [error, count] = co_await asio::async_write(*socket_, asio::buffer(part), as_result);
            body_waiting_ -= part.size();
            if (error) break;
        }
        body_ended_ = true;
        if (const auto open = handle.lock())
            if (const auto closed = std::exchange(open->on_closed, nullptr)) closed();
        cancel();  // one reader at a time: the farewell reads as well
        while (watching_) co_await answered_.async_wait(as_result);
    }

    ports::Respond responder() {
        return [pending = PendingAnswer(this->weak_from_this())](ports::HttpResponse response) mutable {
            pending.give(std::move(response));
        };
    }

    std::optional<ports::HttpRequest> request_from(http::request<http::string_body>& message) const {
        auto target = parse_target(message.target());
        const bool host_missing = message.version() == 11 && message.count(http::field::host) != 1;
        if (!target || host_missing || !ends_where_all_agree(message)) return std::nullopt;
        ports::HttpRequest request;
        request.method = message.method_string();
        request.path = std::move(target->path);
        request.query = std::move(target->query);
        for (const auto& field : message) {
            request.headers.emplace_back(lower(field.name_string()), field.value());
        }
        request.body = std::move(message.body());
        request.peer_address = peer_address_;
        request.target = message.target();
        return request;
    }

    void upgraded(const http::request<http::string_body>& message, ports::HttpRequest request) {
        stage_ = Stage::gone;
        watchdog_.stop();
        WebSocketStart start{
            text_of(message), service_->limits.websocket_text_bytes, service_->sessions, peer_address_, {}};
        const auto early = buffer_.cdata();
        start.received.append(static_cast<const char*>(early.data()), early.size());
        start.opened = [service = service_, request = std::move(request)](ports::WebSocketPtr opened) {
            service->handler->opened(request, std::move(opened));
        };
        open_websocket(*std::move(socket_), std::move(start));
        socket_.reset();
    }

    /// Large answers have the time limit for each of their parts.
    asio::awaitable<bool> write(const ports::HttpResponse& response, Persistence persistence,
                                AnswerBody body) {
        if (persistence == Persistence::close) stage_ = Stage::leaving;
        const auto text = answer_text(response, persistence, body);
        for (std::size_t at = 0; at < text.size(); at += write_bytes) {
            watchdog_.allow(service_->limits.exchange);
            const auto part = asio::buffer(asio::buffer(text) + at, write_bytes);
            const auto [error, count] = co_await asio::async_write(*socket_, part, as_result);
            if (error) co_return false;
        }
        co_return true;
    }

    /// Each part is asked for when the one before is on its way.
    asio::awaitable<bool> write_parts() {
        for (auto left = answer_->length; left > 0;) {
            watchdog_.allow(service_->limits.exchange);
            answer_->next([weak = this->weak_from_this()](std::string part) {
                if (const auto self = weak.lock()) self->more(std::move(part));
            });
            while (parts_.empty() && stage_ != Stage::gone) co_await answered_.async_wait(as_result);
            if (stage_ == Stage::gone) co_return false;
            const auto part = std::move(parts_.front());
            parts_.pop_front();
            body_waiting_ -= part.size();
            if (part.empty() || part.size() > left) co_return false;
            watchdog_.allow(service_->limits.exchange);
            const auto [error, count] = co_await asio::async_write(*socket_, asio::buffer(part), as_result);
            if (error) co_return false;
            left -= part.size();
        }
        co_return true;
    }

    /// Says that no more will come, and waits for the client to see it: closing at once would take an answer
    /// back from a client that is still sending.
    asio::awaitable<void> leave() {
        stage_ = Stage::leaving;
        watchdog_.allow(farewell);
        if constexpr (std::is_same_v<Socket, TlsSocket>) {
            co_await asio::async_initiate<decltype(as_result), void(error_code)>(
                [this](auto done) { socket_->async_shutdown(std::move(done)); }, as_result);
        }
        error_code error;
        auto& socket = socket_->lowest_layer();
        socket.shutdown(tcp::socket::shutdown_send, error);
        buffer_.clear();
        while (!error && stage_ != Stage::gone) {
            const auto [failed, count] =
                co_await tcp_socket().async_read_some(buffer_.prepare(read_bytes), as_result);
            error = failed;
        }
        cut();
    }

    tcp::socket& tcp_socket() {
        if constexpr (std::is_same_v<Socket, TlsSocket>) {
            return socket_->next_layer();
        } else {
            return *socket_;
        }
    }

    void overdue() {
        overdue_ = true;
        if (stage_ == Stage::receiving) return cancel();  // and say so
        cut();
    }
    void cancel() {
        error_code ignored;
        if (socket_) socket_->lowest_layer().cancel(ignored);
    }
    void cut() {
        stage_ = Stage::gone;
        answered_.cancel();
        error_code ignored;
        if (socket_) socket_->lowest_layer().close(ignored);
    }

    std::shared_ptr<const Service> service_;
    std::optional<Socket> socket_;  ///< none: a WebSocket has it
    asio::any_io_executor executor_ = socket_->get_executor();
    Watchdog watchdog_;
    asio::steady_timer answered_;  ///< never fires: cancelled when the answer is there
    Sessions::Seat seat_;
    beast::flat_buffer buffer_;
    Stage stage_ = Stage::idle;
    bool stopping_ = false;
    bool overdue_ = false;
    bool watching_ = false;  ///< somebody reads while an answer goes on
    std::string peer_address_;
    std::optional<ports::HttpResponse> answer_;
    std::deque<std::string> parts_;  ///< of an answer that goes on
    std::atomic<std::size_t> body_waiting_{0};
    std::atomic<bool> body_ended_{false};
};

class Server final : public ports::HttpServer {
  public:
    explicit Server(Service service) : service_(std::make_shared<Service>(std::move(service))) {}
    ~Server() override {
        if (acceptor_) acceptor_->close();
        service_->sessions->stop(Stop::now);
    }

    base::Status open(asio::io_context& loop, const ports::Endpoint& endpoint) {
        auto opened = Acceptor::open(loop, endpoint, [service = service_](tcp::socket socket) {
            const auto peer = peer_of(socket);
            const auto& limits = service->limits;
            if (!admitted(peer, limits.admits) ||
                !service->sessions->has_room(peer, limits.connections, limits.of_one_address))
                return;
            if (service->tls) {
                std::make_shared<Connection<TlsSocket>>(service, std::move(socket), *service->tls->get())
                    ->run(peer);
            } else {
                std::make_shared<Connection<PlainSocket>>(service, std::move(socket))->run(peer);
            }
        });
        if (!opened) return std::unexpected(opened.error());
        acceptor_ = *std::move(opened);
        return {};
    }
    [[nodiscard]] ports::Endpoint local() const override { return acceptor_->local(); }
    base::Status use(const ports::Identity& identity) override {
        if (!service_->tls) return base::fail(base::ErrorKind::invalid, "no_tls", "This port has no TLS.");
        auto context = make_tls_context(TlsSide::browser, &identity);
        if (!context) return std::unexpected(context.error());
        service_->tls->set(*std::move(context));
        return {};
    }
    void stop() override {
        acceptor_->stop();
        service_->sessions->stop(Stop::when_answered);
    }

  private:
    std::shared_ptr<Service> service_;
    std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace

base::Result<std::unique_ptr<ports::HttpServer>> make_http_server(asio::io_context& loop,
                                                                  const ports::Endpoint& endpoint,
                                                                  const ports::Identity* identity,
                                                                  const ports::HttpLimits& limits,
                                                                  ports::HttpHandler& handler) {
    Service service{limits, &handler, {}};
    if (identity != nullptr) {
        auto context = make_tls_context(TlsSide::browser, identity);
        if (!context) return std::unexpected(context.error());
        service.tls = std::make_shared<CurrentTls>(*std::move(context));
    }
    auto server = std::make_unique<Server>(std::move(service));
    if (const auto opened = server->open(loop, endpoint); !opened) return std::unexpected(opened.error());
    return server;
}

}  // namespace sallyport::adapters
