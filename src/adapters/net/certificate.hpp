#pragma once
// SHA-256 fingerprints, as ports::Fingerprint writes them.
#include <openssl/x509.h>

#include "ports/transport.hpp"

namespace sallyport::adapters {

[[nodiscard]] ports::Fingerprint fingerprint_of(const X509&);

}  // namespace sallyport::adapters
