#include "server/webhooks/signature.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

namespace sallyport::server {

namespace {
constexpr auto base64 = sodium_base64_VARIANT_ORIGINAL;
}

std::string webhook_signature(const base::Secret& secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
    auto encoded = secret.reveal();
    if (!encoded.starts_with(webhook_secret_prefix)) return {};
    encoded.remove_prefix(webhook_secret_prefix.size());
    std::string key(encoded.size(), '\0');
    std::size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), encoded.data(),
                          encoded.size(), nullptr, &length, nullptr, base64) != 0)
        return {};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), length);
    base::wipe(key.data(), key.size());
    for (const auto& part : {fmt::format("{}.{}.", id, timestamp), std::string(body)})
        crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                      part.size());
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_final(&state, mac);
    std::string text(sodium_base64_ENCODED_LEN(sizeof mac, base64), '\0');
    sodium_bin2base64(text.data(), text.size(), mac, sizeof mac, base64);
    text.resize(text.size() - 1);
    return "v1," + text;
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
