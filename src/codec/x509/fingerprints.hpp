#pragma once
// SHA-256 of certificates, as `openssl x509 -fingerprint -sha256` prints it.
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

namespace sallyport::codec::x509 {

[[nodiscard]] std::string fingerprint_of(const X509&);

/// Of each certificate in a PEM text, up to the first that cannot be read.
[[nodiscard]] std::vector<std::string> fingerprints_in(std::string_view pem);

}  // namespace sallyport::codec::x509
