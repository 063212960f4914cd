#pragma once
// ports::DatagramSocket over UDP.
#include <memory>
#include <optional>
#include <string>

#include "ports/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

/// Receives what is sent to `local`, and to `multicast_group` (IPv4) where one is given: joined, and sent to,
/// on the interface that has `local`'s address; with 0.0.0.0 on the one that the system chooses. Without a
/// network yet, or with another one later, the group is joined as soon as it can be. Errors as those of
/// listen_tls.
[[nodiscard]] base::Result<std::unique_ptr<ports::DatagramSocket>> open_datagram(
    boost::asio::io_context&, const ports::Endpoint& local,
    const std::optional<std::string>& multicast_group = std::nullopt);

}  // namespace sallyport::adapters
