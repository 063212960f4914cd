#include "server/accounts/secret_token.hpp"

#include <sodium.h>

namespace sallyport::server {

std::string token_hash(std::string_view token) {
    std::string hash(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr, 0);
    return hash;
}

base::Secret random_token() {
    std::string bytes(32, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_ENCODED_LEN(32, variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), variant);
    text.resize(text.size() - 1);
    base::wipe(bytes.data(), bytes.size());
    return base::Secret(std::move(text));
}

}  // namespace sallyport::server
