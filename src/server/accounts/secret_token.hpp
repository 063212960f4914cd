#pragma once
// What a caller shows to be let in: 256 random bits as text. Only a hash of it is kept, so a copy of the
// database opens nothing.
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace sallyport::server {

/// 43 characters of base64 for URLs, without padding.
[[nodiscard]] base::Secret random_token();
/// BLAKE2b-256; nothing slow is needed for what nobody can guess.
[[nodiscard]] std::string token_hash(std::string_view token);

}  // namespace sallyport::server
