#pragma once
// A connection to another program on this machine (a socket with a path). Implementation: adapters/linux.
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sallyport::ports {

/// For one thread. Destroying it closes it.
class LocalStream {
  public:
    virtual ~LocalStream() = default;
    /// Exactly so many bytes. Errors: timeout "timeout" when not even one comes in `patience`, or the rest
    /// not in 5 s; unavailable "connection_lost", "stopping" within a fifth of a second after `stop`.
    virtual base::Result<std::string> read(std::size_t count, std::chrono::milliseconds patience,
                                           const std::stop_token& stop) = 0;
    /// All of it, within 5 s. Errors: unavailable "connection_lost", timeout "timeout".
    virtual base::Status write(std::string_view bytes) = 0;
};

/// unavailable "unreachable" with what the system says of the path.
using OpenLocal = std::function<base::Result<std::unique_ptr<LocalStream>>(const std::string& path)>;

}  // namespace sallyport::ports
