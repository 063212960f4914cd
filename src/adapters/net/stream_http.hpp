#pragma once
// HTTP/1.1 on a stream that is open already: a platform that a device has dialled may speak HTTP to it on
// that same connection (active registration by a form). One request after the other. All on the loop thread.
#include <functional>
#include <memory>
#include <string_view>

#include "ports/transport.hpp"

namespace sallyport::adapters {

/// Serves until either side closes, or what is returned is dropped; `first` are bytes that have come already.
/// `ended` is called once, later. Bodies of at most 1 MiB with a Content-Length; what is malformed or larger
/// is answered by the handler's complaint and ends the connection. The handler outlives it.
[[nodiscard]] std::shared_ptr<void> serve_http(const ports::StreamPtr&, std::string_view first,
                                               ports::HttpHandler&, std::function<void()> ended);

}  // namespace sallyport::adapters
