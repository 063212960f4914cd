#pragma once
// What TLS needs on both of its sides. Between platform and controllers nobody checks names or signatures:
// who is there is told by fingerprints.
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"
#include "ports/server_trust.hpp"
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

/// For a caller who believes only certificates that are good for the host, a name or a numeric address.
/// corrupt "tls_failed" when the machine's authorities cannot be read; invalid "authority_unreadable" when
/// those given hold no certificate.
[[nodiscard]] base::Result<TlsContext> make_checking_context(const ports::ServerTrust&,
                                                             const std::string& host);

/// Of what the peer showed in the handshake; empty when it showed nothing.
[[nodiscard]] ports::Fingerprint peer_fingerprint(SSL*);

}  // namespace sallyport::adapters
