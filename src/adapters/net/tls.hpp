#pragma once
// What TLS needs on both of its sides. Nobody checks names or signatures here: who is there is told by
// fingerprints.
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::adapters {

/// Shared by the streams that were made with it.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

enum class TlsSide : std::uint8_t {
    device,   ///< accepts, and asks for the caller's certificate
    browser,  ///< accepts, and asks for none, since browsers would ask their user
    caller,   ///< dials
};

/// `identity` may be null for a caller. `corrupt` "invalid_identity" when the library refuses it.
[[nodiscard]] base::Result<TlsContext> make_tls_context(TlsSide, const ports::Identity* identity);

/// Of what the peer showed in the handshake; empty when it showed nothing.
[[nodiscard]] ports::Fingerprint peer_fingerprint(SSL*);

}  // namespace sallyport::adapters
