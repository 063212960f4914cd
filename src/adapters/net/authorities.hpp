#pragma once
// Certificates that somebody gives to be believed.
#include <string>

#include "base/result.hpp"

namespace sallyport::adapters {

/// `invalid` "authority_unreadable" for what holds no certificate in PEM.
[[nodiscard]] base::Status check_authorities(const std::string& pem);

}  // namespace sallyport::adapters
