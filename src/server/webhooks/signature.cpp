#include "server/webhooks/signature.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

#include "base/base64.hpp"

namespace sallyport::server {

std::string webhook_signature(const base::Secret& secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
    auto encoded = secret.reveal();
    if (!encoded.starts_with(webhook_secret_prefix)) return {};
    encoded.remove_prefix(webhook_secret_prefix.size());
    auto bytes = base::from_base64(encoded);
    if (!bytes) return {};
    const base::Secret key(*std::move(bytes));
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.reveal().data()),
                                key.size());
    for (const auto& part : {fmt::format("{}.{}.", id, timestamp), std::string(body)})
        crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                      part.size());
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_final(&state, mac);
    return "v1," + base::to_base64({reinterpret_cast<const char*>(mac), sizeof mac});
}

std::chrono::milliseconds webhook_delay(int failures, double jitter) {
    constexpr std::int64_t first_ms = 5'000;
    constexpr std::int64_t longest_ms = 3'600'000;
    const auto doubled = first_ms << std::clamp(failures - 1, 0, 20);
    const auto longest = static_cast<double>(std::min(doubled, longest_ms));
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(longest * (1 - std::clamp(jitter, 0.0, 1.0) / 4))};
}

}  // namespace sallyport::server
