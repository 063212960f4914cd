#pragma once
// A collector of logs somewhere else: bytes go there, and nothing comes back but the word of TCP that they
// have arrived. Implementation: adapters/net/collector. All on the loop thread.
#include <functional>
#include <string>

#include "ports/outside_error.hpp"

namespace sallyport::ports {

class Collector {
  public:
    using Done = std::function<void(const OutsideResult<void>&)>;

    /// Destroying it closes it, without a callback.
    virtual ~Collector() = default;
    /// Connects, anew where it was connected; calls back once, within 10 s. Errors: unavailable
    /// "unreachable" / "refused", timeout "timeout", corrupt "tls_failed", forbidden "wrong_certificate".
    virtual void open(Done) = 0;
    /// Calls back once: success when the collector's machine has acknowledged every byte; otherwise the
    /// connection is lost, and nobody knows what arrived. One at a time.
    virtual void send(std::string bytes, Done taken) = 0;
    virtual void close() = 0;
    /// The connection ended while nothing was being sent.
    std::function<void(const OutsideError&)> on_lost;
};

}  // namespace sallyport::ports
