#pragma once
// ports::Collector over TCP, with or without TLS.
#include <memory>
#include <string>
#include <variant>

#include "ports/collector.hpp"
#include "ports/server_trust.hpp"
#include "ports/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

/// Whom to believe.
struct InTheClear {};
struct PinnedCertificate {
    ports::Fingerprint fingerprint;
};
/// A file of certificates in PEM; the collector's has to be signed by one of them and to name the address.
struct PinnedAuthority {
    std::string file;
};
/// As it is said of other servers; the name is checked.
using CollectorTrust = std::variant<InTheClear, PinnedCertificate, PinnedAuthority, ports::ServerTrust>;

/// `invalid` "authority_unreadable" naming the file.
[[nodiscard]] base::Status check_authority(const std::string& file);
/// As check_authority and, for a ServerTrust, make_checking_context.
[[nodiscard]] base::Result<std::unique_ptr<ports::Collector>> make_collector(boost::asio::io_context&,
                                                                             const ports::Endpoint&,
                                                                             const CollectorTrust&);

}  // namespace sallyport::adapters
