#pragma once
// HTTP/1.1 and WebSocket, with and without TLS.
#include <memory>

#include "ports/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

/// Serves `handler`, which outlives the server, from now on. Without `identity` it speaks plain HTTP. Errors
/// as those of listen_tls. Several threads may run the io_context.
[[nodiscard]] base::Result<std::unique_ptr<ports::HttpServer>> make_http_server(
    boost::asio::io_context&, const ports::Endpoint&, const ports::Identity* identity,
    const ports::HttpLimits&, ports::HttpHandler& handler);

}  // namespace sallyport::adapters
