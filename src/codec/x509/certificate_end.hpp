#pragma once
// When a certificate ends, of one that somebody has sent as PEM.
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::codec::x509 {

/// `invalid` "certificate_unreadable" for what is no certificate.
[[nodiscard]] base::Result<base::UtcTime> certificate_end(std::string_view pem);

}  // namespace sallyport::codec::x509
