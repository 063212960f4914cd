#pragma once
// ports::Stream over TLS 1.2 or later, both sides showing their own certificate. Nobody checks a name or a
// signature: the caller compares fingerprints.
#include <chrono>
#include <cstddef>
#include <memory>

#include "ports/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

struct StreamLimits {
    std::size_t connections = 1'000;     ///< more are closed at once
    std::size_t of_one_address = 1'000;  ///< more of them as well
    std::size_t queue_bytes = 16 << 20;
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds write{30'000};  ///< for one message to be taken
    ports::Admission admits{};                ///< others are closed at once
};

/// Errors: `conflict` "port_in_use" naming address and port, `invalid` "invalid_address", `forbidden`
/// "port_forbidden" (below 1024 without the right), `corrupt` "invalid_identity".
[[nodiscard]] base::Result<std::unique_ptr<ports::StreamListener>> listen_tls(boost::asio::io_context&,
                                                                              const ports::Endpoint&,
                                                                              const ports::Identity&,
                                                                              const StreamLimits& = {});

/// In clear, for what `compatibility` speaks. Errors as above, without the last.
[[nodiscard]] base::Result<std::unique_ptr<ports::StreamListener>> listen_plain(boost::asio::io_context&,
                                                                                const ports::Endpoint&,
                                                                                const StreamLimits& = {});

[[nodiscard]] std::unique_ptr<ports::StreamDialler> make_dialler(boost::asio::io_context&,
                                                                 const StreamLimits& = {});
/// Dials in clear; the certificate of `dial` is not looked at.
[[nodiscard]] std::unique_ptr<ports::StreamDialler> make_plain_dialler(boost::asio::io_context&,
                                                                       const StreamLimits& = {});

}  // namespace sallyport::adapters
