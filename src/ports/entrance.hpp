#pragma once
// What of the platform's own ports changes while it runs: the certificate that the page and the API show, and
// a port in clear that only leads to them (platform.md S6). Any thread. Implementation: adapters/net.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ports/transport.hpp"

namespace sallyport::ports {

struct CertificateFacts {
    enum class Origin { made_here, own };
    Origin origin = Origin::made_here;
    std::string subject;  ///< "CN=door.example, O=Example"
    std::string issuer;
    std::vector<std::string> names;  ///< host names and addresses
    base::UtcTime valid_from;
    base::UtcTime valid_to;
    Fingerprint fingerprint;
};

class Entrance {
  public:
    virtual ~Entrance() = default;
    [[nodiscard]] virtual CertificateFacts certificate() const = 0;
    /// PEM texts; the certificate first, then those between it and its root. New connections see it at once,
    /// and those that are open go on. invalid, with nothing changed: "certificate_unreadable",
    /// "key_unreadable" (with a password too), "key_mismatch", "certificate_expired",
    /// "certificate_not_yet_valid", "certificate_weak"; storage where the disk refuses.
    virtual base::Result<CertificateFacts> use_certificate(std::string certificate_pem,
                                                           base::Secret key_pem) = 0;
    /// Back to the one that the first start made.
    virtual base::Result<CertificateFacts> drop_certificate() = 0;
    /// Answers every call of this port with the address of the page; none: no such port. Errors as those of
    /// a server that cannot listen, with nothing changed.
    virtual base::Status redirect_from(std::optional<std::uint16_t> port) = 0;
    /// Where that port is; none: it is not open.
    [[nodiscard]] virtual std::optional<Endpoint> redirects_at() const = 0;
};

}  // namespace sallyport::ports
