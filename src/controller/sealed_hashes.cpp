#include "controller/sealed_hashes.hpp"

#include <array>

#include <sodium.h>

namespace sallyport::controller {
namespace {

constexpr std::string_view purpose = "sallyport plain dialect 1";

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

SealedHashes::SealedHashes(const base::Secret& secret) {
    std::string key(crypto_secretbox_KEYBYTES, '\0');
    const auto from = secret.reveal();
    crypto_generichash(reinterpret_cast<unsigned char*>(key.data()), key.size(), bytes(from), from.size(),
                       bytes(purpose), purpose.size());
    key_ = base::Secret(std::move(key));
}

std::string SealedHashes::seal(std::string_view account, const base::Secret& hash) const {
    // The name is inside: a row that was moved to another account does not open there.
    base::Secret inside(std::string(hash.reveal()) + std::string(account));
    std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + inside.size(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, bytes(inside.reveal()), inside.size(), out,
                          bytes(key_.reveal()));
    return sealed;
}

std::optional<base::Secret> SealedHashes::open(std::string_view account, std::string_view sealed) const {
    constexpr std::size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (sealed.size() < overhead + account.size()) return std::nullopt;
    std::string inside(sealed.size() - overhead, '\0');
    const auto box = sealed.substr(crypto_secretbox_NONCEBYTES);
    if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(inside.data()), bytes(box), box.size(),
                                   bytes(sealed), bytes(key_.reveal())) != 0)
        return std::nullopt;
    base::Secret opened(std::move(inside));
    const auto text = opened.reveal();
    if (!text.ends_with(account)) return std::nullopt;
    return base::Secret(std::string(text.substr(0, text.size() - account.size())));
}

}  // namespace sallyport::controller
