#pragma once
// Byte streams, HTTP and datagrams without the libraries behind them. Implementation: adapters/net.
//
// Threads: callbacks of one object never overlap. On a loop of one thread they all come on it; where several
// threads run the loop, each stream, WebSocket and HTTP connection may be on a thread of its own. `send` and
// `close` may be called from any thread. Callbacks of a stream or a WebSocket are set in the call that hands
// it over (`on_accepted`, `done`, `opened`) or, later, in one of its own callbacks; those of a listener or
// socket before the loop runs. Objects are destroyed on the loop's only thread, or when it does not run.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::ports {

struct Endpoint {
    std::string address;  ///< numeric, or a name to resolve
    std::uint16_t port = 0;
};
/// "ADDR:PORT", "[v6]:PORT"; `invalid` with a sentence otherwise.
[[nodiscard]] base::Result<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string text_of(const Endpoint&);

/// Whether a numeric address may connect; none asks nobody.
using Admission = std::function<bool(const std::string& address)>;

/// SHA-256 over the certificate's DER, as `openssl x509 -fingerprint -sha256` and browsers write it:
/// upper-case hexadecimal in pairs joined by ':'.
using Fingerprint = std::string;
/// Of one that somebody typed or copied: in either case, with colons or spaces or without.
[[nodiscard]] std::optional<Fingerprint> fingerprint_from(std::string_view text);

/// A connected stream: inside TLS, but where `compatibility` speaks in clear. Dropping the last reference
/// closes it like `close`, without a callback.
class Stream {
  public:
    virtual ~Stream() = default;
    /// Queues; false when it is closed, or when more than the limit (16 MiB) would wait for a slow peer,
    /// which closes it.
    virtual bool send(std::string bytes) = 0;
    /// Sends what is queued, for at most 2 s, then closes. `on_closed` is called once, later.
    virtual void close() = 0;
    [[nodiscard]] virtual std::string peer_address() const = 0;
    /// Empty when the peer showed no certificate.
    [[nodiscard]] virtual Fingerprint peer_fingerprint() const = 0;

    std::function<void(std::string_view bytes)> on_received;
    /// Once; afterwards both callbacks are let go, with what they hold. Codes: "closed" (by `close`),
    /// "closed_by_peer", "too_slow" (queue full, or nothing taken for 30 s), "connection_lost".
    std::function<void(base::Error why)> on_closed;
};
using StreamPtr = std::shared_ptr<Stream>;

/// PEM texts. The key never leaves base::Secret on its way to the library.
struct Identity {
    std::string certificate_pem;
    base::Secret key_pem;
    Fingerprint fingerprint;
};

/// Accepts until it is destroyed; streams that it handed over live on.
class StreamListener {
  public:
    virtual ~StreamListener() = default;
    [[nodiscard]] virtual Endpoint local() const = 0;
    std::function<void(StreamPtr)> on_accepted;
};

class StreamDialler {
  public:
    virtual ~StreamDialler() = default;
    /// TLS without a name check: the caller compares `peer_fingerprint` with what it pinned. Calls back once,
    /// within `timeout`. `own` may be null: no client certificate. Errors: unavailable "unreachable" /
    /// "refused", timeout "timeout", corrupt "tls_failed".
    virtual void dial(const Endpoint&, const Identity* own, std::chrono::milliseconds timeout,
                      std::function<void(base::Result<StreamPtr>)> done) = 0;
};

class DatagramSocket {
  public:
    virtual ~DatagramSocket() = default;
    /// `to` has a numeric address. What cannot be sent is lost, as datagrams are.
    virtual void send(std::string bytes, const Endpoint& to) = 0;
    [[nodiscard]] virtual Endpoint local() const = 0;
    std::function<void(std::string_view bytes, const Endpoint& from)> on_received;
};

// ---------------------------------------------------------------- HTTP

struct HttpRequest {
    std::string method;                                        ///< "GET" ...
    std::string path;                                          ///< decoded, without query
    std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
    std::string peer_address;
    std::string target{};  ///< path and query as they came
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;  ///< empty when absent
    [[nodiscard]] std::string_view parameter(std::string_view name) const;          ///< empty when absent
};
/// The rest of an answer, part by part. Dropping the last reference ends the answer.
class BodyStream {
  public:
    virtual ~BodyStream() = default;
    /// From any thread. False when it has ended, or when more than 1 MiB would wait for a slow client, which
    /// ends it.
    virtual bool send(std::string part) = 0;
    /// Sends what waits, then ends the answer.
    virtual void close() = 0;
    /// Once, when the client or the server has gone. Set in the call that hands the stream over.
    std::function<void()> on_closed;
};
using BodyStreamPtr = std::shared_ptr<BodyStream>;

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// Set: the answer goes on after `body`, without a length, until it is ended; called once the head is
    /// sent.
    std::function<void(BodyStreamPtr)> go_on{};
    /// Set: the answer goes on after an empty `body`, for `length` bytes, and is never in memory as a whole.
    /// Called on the loop for each part once the one before is on its way. `give` may be called from any
    /// thread, once, with at most 1 MiB; an empty part breaks the answer off, which the client notices by its
    /// length. Device streams do not know it.
    using Give = std::function<void(std::string part)>;
    std::function<void(Give give)> next{};
    std::uint64_t length = 0;
};
/// May be called from any thread, once, at once or later. Dropped uncalled: the client gets 500. Does nothing
/// once the client or the server has gone. Body length and connection headers are the server's own business;
/// a HEAD is answered like a GET, without its body being sent.
using Respond = std::move_only_function<void(HttpResponse)>;

/// A client that does not keep up (1,024 messages waiting) is closed. Dropping the last reference closes it.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    /// Messages that were handed to `send` and not yet to the network. From any thread.
    [[nodiscard]] virtual std::size_t waiting() const = 0;
    /// `code` is a close code of RFC 6455: 1000 normal, 4000-4999 an application's own.
    virtual void close(std::string_view reason, std::uint16_t code = 1000) = 0;
    std::function<void(std::string_view text)> on_text;
    /// Once; afterwards both callbacks are let go.
    std::function<void()> on_closed;
};
using WebSocketPtr = std::shared_ptr<WebSocket>;

/// Called on the loop's threads, for several connections at the same time where there are several: must not
/// block. Long work goes to threads of the handler's own. What is malformed, too large (413, 431) or too slow
/// (408) never gets here.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;
    virtual void handle(HttpRequest, Respond) = 0;
    /// Answers an upgrade: an HttpResponse refuses it, none accepts, and `opened` follows.
    virtual std::optional<HttpResponse> refuse_websocket(const HttpRequest&) = 0;
    virtual void opened(const HttpRequest&, WebSocketPtr) = 0;
    /// What is said of a request that never gets here, in the handler's own form; none: as problem+json.
    [[nodiscard]] virtual std::optional<HttpResponse> complaint(int /*status*/,
                                                                std::string_view /*sentence*/) const {
        return std::nullopt;
    }
};

struct HttpLimits {
    std::size_t body_bytes = 1 << 20;
    std::size_t header_bytes = 16 << 10;
    std::size_t connections = 2'000;             ///< more are closed at once
    std::size_t of_one_address = 2'000;          ///< more of them as well
    std::chrono::milliseconds idle{60'000};      ///< between requests
    std::chrono::milliseconds exchange{30'000};  ///< for a request to arrive, and for an answer to be taken
    std::size_t websocket_text_bytes = 64 << 10;
    Admission admits{};  ///< others are closed at once
};

/// Destroying it closes every connection at once.
class HttpServer {
  public:
    virtual ~HttpServer() = default;
    [[nodiscard]] virtual Endpoint local() const = 0;
    /// New connections see this certificate; those that are open go on. From any thread. invalid "no_tls" for
    /// a server that speaks in clear, and the errors of one that is made with it.
    virtual base::Status use(const Identity&) = 0;
    /// Takes no more requests: idle connections and WebSockets are closed, requests under way are answered.
    /// When the last is, nothing of it keeps the loop running.
    virtual void stop() = 0;
};

}  // namespace sallyport::ports
