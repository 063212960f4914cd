#pragma once
// How a webhook is signed, after Standard Webhooks (https://www.standardwebhooks.com), for which many
// languages have a library: HMAC-SHA256 over "ID.TIMESTAMP.BODY". And when it is tried again. Pure.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace sallyport::server {

inline constexpr std::string_view webhook_secret_prefix = "whsec_";

/// "v1," and the base64 of the MAC. `secret` is "whsec_" and the base64 of the key; empty when it is not.
/// `timestamp` is in seconds since 1970.
[[nodiscard]] std::string webhook_signature(const base::Secret& secret, std::string_view id,
                                            std::int64_t timestamp, std::string_view body);

/// What to wait after so many failures in a row, from 1: five seconds, doubled up to an hour, and up to a
/// quarter less, so that not all come back at once. `jitter` is 0-1.
[[nodiscard]] std::chrono::milliseconds webhook_delay(int failures, double jitter);

}  // namespace sallyport::server
