#pragma once
// One-time codes of a shared secret and the time, as authenticator apps make them: RFC 6238 over RFC 4226
// with SHA-1, six digits and steps of 30 s. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace sallyport::codec::otp {

/// As many as SHA-1 has (RFC 4226, 4, R6).
inline constexpr std::size_t secret_bytes = 20;
inline constexpr std::int64_t step_s = 30;

/// Steps since 1970.
[[nodiscard]] std::int64_t step_at(base::UtcTime);
/// Six digits, zeroes in front included.
[[nodiscard]] base::Secret code_at(const base::Secret& secret, std::int64_t step);
/// The step that this is the code of: that of `now`, the one before or the one after (RFC 6238, 5.2); a code
/// of another time or form has none. Whoever asks remembers the newest step that was used.
[[nodiscard]] std::optional<std::int64_t> step_of(const base::Secret& code, const base::Secret& secret,
                                                  base::UtcTime now);

/// RFC 4648, 6, without padding.
[[nodiscard]] base::Secret base32(const base::Secret& bytes);
/// What a QR code shows to an app: otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...
[[nodiscard]] base::Secret key_uri(const base::Secret& secret, std::string_view issuer,
                                   std::string_view account);

}  // namespace sallyport::codec::otp
