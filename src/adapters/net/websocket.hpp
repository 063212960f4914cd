#pragma once
// A WebSocket on a connection whose upgrade the HTTP server has read. Defined in websocket.cpp for plain and
// TLS sockets.
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "adapters/net/sessions.hpp"
#include "ports/transport.hpp"

namespace sallyport::adapters {

struct WebSocketStart {
    std::string received;  ///< the upgrade request as it came, and whatever came after it
    std::size_t text_bytes = 64 << 10;
    std::shared_ptr<Sessions> sessions;
    std::string peer_address;
    /// On the socket's strand, after the upgrade was answered. Not called when the client went before.
    std::function<void(ports::WebSocketPtr)> opened;
};

template <class Socket>
void open_websocket(Socket socket, WebSocketStart);

}  // namespace sallyport::adapters
