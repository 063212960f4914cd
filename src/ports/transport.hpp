#pragma once
// Byte streams, HTTP and datagrams without the libraries behind them. Everything here is called, and calls
// back, on the loop thread that the adapter was made for, unless a line says otherwise. Implementation:
// adapters/net.
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

/// SHA-256 over the certificate's DER, upper-case hexadecimal in pairs joined by ':'.
using Fingerprint = std::string;

/// A connected, encrypted stream. Dropping the last reference closes it.
class Stream {
  public:
    virtual ~Stream() = default;
    /// Queues; false and closed when more than the limit (16 MiB) would wait for a slow peer.
    virtual bool send(std::string bytes) = 0;
    /// Sends what is queued, then closes. `closed` is called once, later.
    virtual void close() = 0;
    [[nodiscard]] virtual std::string peer_address() const = 0;
    [[nodiscard]] virtual Fingerprint peer_fingerprint()
        const = 0;  ///< empty when the peer showed no certificate

    std::function<void(std::string_view bytes)> on_received;
    std::function<void(base::Error why)> on_closed;
};
using StreamPtr = std::shared_ptr<Stream>;

/// PEM texts. The key never leaves base::Secret on its way to the library.
struct Identity {
    std::string certificate_pem;
    base::Secret key_pem;
    Fingerprint fingerprint;
};

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
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;  ///< empty when absent
    [[nodiscard]] std::string_view parameter(std::string_view name) const;          ///< empty when absent
};
struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};
/// May be called from any thread, once, at once or later. Dropped uncalled: the client gets 500.
using Respond = std::move_only_function<void(HttpResponse)>;

/// `send` may be called from any thread. A client that does not keep up (1,024 messages waiting) is closed.
class WebSocket {
  public:
    virtual ~WebSocket() = default;
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    virtual void close(std::string_view reason) = 0;
    std::function<void(std::string_view text)> on_text;
    std::function<void()> on_closed;
};
using WebSocketPtr = std::shared_ptr<WebSocket>;

/// Called on the server's loop thread: must not block. Long work goes to threads of the handler's own.
class HttpHandler {
  public:
    virtual ~HttpHandler() = default;
    virtual void handle(HttpRequest, Respond) = 0;
    /// Answers an upgrade: an HttpResponse refuses it, none accepts, and `opened` follows.
    virtual std::optional<HttpResponse> refuse_websocket(const HttpRequest&) = 0;
    virtual void opened(const HttpRequest&, WebSocketPtr) = 0;
};

struct HttpLimits {
    std::size_t body_bytes = 1 << 20;
    std::size_t header_bytes = 16 << 10;
    std::size_t connections = 2'000;
    std::chrono::seconds idle{60};
};

class HttpServer {
  public:
    virtual ~HttpServer() = default;
    [[nodiscard]] virtual Endpoint local() const = 0;
};

}  // namespace sallyport::ports
