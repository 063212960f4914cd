#include "codec/otp/totp.hpp"

#include <array>

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace sallyport::codec::otp {

namespace {

constexpr std::uint32_t codes = 1'000'000;

/// RFC 3986, 2.3: everything else is written as %XX.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            result += c;
        } else {
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return result;
}

}  // namespace

std::int64_t step_at(base::UtcTime time) {
    return time.microseconds / (step_s * 1'000'000);
}

base::Secret code_at(const base::Secret& secret, std::int64_t step) {
    std::array<unsigned char, 8> message{};
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    std::array<unsigned char, 20> mac{};
    unsigned int size = mac.size();
    const auto key = secret.reveal();
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.data(),
         &size);
    const std::size_t at = mac[19] & 0x0fU;  // RFC 4226, 5.3
    const std::uint32_t number = (mac[at] & 0x7fU) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 |
                                 static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
    base::wipe(mac.data(), mac.size());
    return base::Secret(fmt::format("{:06}", number % codes));
}

std::optional<std::int64_t> step_of(const base::Secret& code, const base::Secret& secret, base::UtcTime now) {
    const auto step = step_at(now);
    for (const auto near : {step, step - 1, step + 1})
        if (code_at(secret, near).equals(code)) return near;
    return std::nullopt;
}

base::Secret base32(const base::Secret& bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    base::Secret text;
    std::uint32_t kept = 0;
    unsigned bits = 0;
    for (const char c : bytes.reveal()) {
        kept = (kept << 8 | static_cast<unsigned char>(c)) & 0xfffU;
        for (bits += 8; bits >= 5; bits -= 5) text.append(digits[kept >> (bits - 5) & 0x1fU]);
    }
    if (bits > 0) text.append(digits[kept << (5 - bits) & 0x1fU]);
    return text;
}

base::Secret key_uri(const base::Secret& secret, std::string_view issuer, std::string_view account) {
    return base::Secret(fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}", escaped(issuer),
                                    escaped(account), base32(secret).reveal()));
}

}  // namespace sallyport::codec::otp
