#pragma once
// HTTP Digest (RFC 7616) as the dialect's clients speak it: MD5, qop "auth". The arithmetic only; nonces,
// their age and their counts are the listener's (controller/dialect/digest_nonces).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::codec::cgi {

/// Upper-case hexadecimal, as the login of the dialect has it.
[[nodiscard]] base::Secret md5_upper(std::string_view);

/// MD5U(user:realm:password): what both the dialect's login and HTTP Digest are computed from. Whoever has it
/// can log in: it is a secret like the password.
[[nodiscard]] base::Secret password_hash(std::string_view user, std::string_view realm,
                                         const base::Secret& password);
/// What `global.login` sends: MD5U(user:random:password_hash).
[[nodiscard]] base::Secret login_answer(std::string_view user, std::string_view random,
                                        const base::Secret& password_hash);

/// Of an Authorization header.
struct Credentials {
    std::string user;
    std::string realm;
    std::string nonce;
    std::string uri;
    std::string response;  ///< 32 hexadecimal digits
    std::string client_nonce;
    std::string count_text;  ///< as sent: 8 hexadecimal digits
    std::uint32_t count = 0;
};
/// nullopt for anything but Digest with MD5 and qop auth that has every member once.
[[nodiscard]] std::optional<Credentials> credentials_from(std::string_view authorization);

/// Whether the response is the one that this secret gives; the same time wherever they differ.
[[nodiscard]] bool fits(const Credentials&, std::string_view http_method, const base::Secret& password_hash);

}  // namespace sallyport::codec::cgi
