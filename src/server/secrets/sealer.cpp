#include "server/secrets/sealer.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::server {

using base::ErrorKind;
using base::Secret;

namespace {

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::unexpected<base::Error> no_key(ErrorKind kind, const std::filesystem::path& file, std::string_view why) {
    return base::fail(kind, "key_file", fmt::format("The key file {}: {}.", file.string(), why));
}

base::Status make(const std::filesystem::path& file) {
    std::string key(crypto_secretbox_KEYBYTES, '\0');
    randombytes_buf(key.data(), key.size());
    const Secret text(base::to_hex(key) + "\n");
    base::wipe(key.data(), key.size());
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return no_key(ErrorKind::storage, file, std::generic_category().message(errno));
    const auto digits = text.reveal();
    const bool written =
        ::write(descriptor, digits.data(), digits.size()) == static_cast<ssize_t>(digits.size()) &&
        ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (written) return {};
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return no_key(ErrorKind::storage, file, "it could not be written; free some space");
}

/// Each purpose has a key of its own, so that no box opens where it does not belong.
Secret key_for(const Secret& key, std::string_view purpose) {
    std::string derived(crypto_secretbox_KEYBYTES, '\0');
    crypto_generichash(bytes(derived), derived.size(), bytes(purpose), purpose.size(), bytes(key.reveal()),
                       key.size());
    Secret result(derived);
    base::wipe(derived.data(), derived.size());
    return result;
}

}  // namespace

base::Result<Sealer> Sealer::open(const std::filesystem::path& file) {
    if (sodium_init() < 0) return base::fail(ErrorKind::internal, "internal", "libsodium does not start.");
    std::error_code failed;
    if (!std::filesystem::exists(file, failed))
        if (const auto made = make(file); !made) return std::unexpected(made.error());
    const auto permissions = std::filesystem::status(file, failed).permissions();
    if ((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) !=
        std::filesystem::perms::none)
        return no_key(ErrorKind::forbidden, file, "others may read it; run `chmod 600` on it");
    std::ifstream in(file);
    std::string text;
    if (!in || !std::getline(in, text)) return no_key(ErrorKind::storage, file, "it cannot be read");
    auto key = base::from_hex(text);
    base::wipe(text.data(), text.size());
    if (!key || key->size() != crypto_secretbox_KEYBYTES)
        return no_key(ErrorKind::corrupt, file, "it holds no key; restore it from a backup");
    return Sealer(Secret(*std::move(key)));
}

Secret Sealer::derived_key(std::string_view purpose) const {
    return key_for(key_, fmt::format("derived:{}", purpose));
}

std::string Sealer::mark(const Secret& secret, std::string_view purpose) const {
    const auto key = derived_key(fmt::format("mark of {}", purpose));
    const auto text = secret.reveal();
    std::string digest(crypto_generichash_BYTES_MIN, '\0');
    crypto_generichash(bytes(digest), digest.size(), bytes(text), text.size(), bytes(key.reveal()),
                       key.size());
    return base::to_hex(digest);
}

ports::Blob Sealer::seal(const Secret& secret, std::string_view purpose) const {
    const auto text = secret.reveal();
    std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
    randombytes_buf(box.data(), crypto_secretbox_NONCEBYTES);
    const auto key = key_for(key_, purpose);
    crypto_secretbox_easy(bytes(box) + crypto_secretbox_NONCEBYTES, bytes(text), text.size(), bytes(box),
                          bytes(key.reveal()));
    return {std::move(box)};
}

base::Result<Secret> Sealer::unseal(std::string_view box, std::string_view purpose) const {
    constexpr auto around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    const auto key = key_for(key_, purpose);
    std::string text(box.size() < around ? 0 : box.size() - around, '\0');
    if (box.size() < around ||
        crypto_secretbox_open_easy(bytes(text), bytes(box) + crypto_secretbox_NONCEBYTES,
                                   box.size() - crypto_secretbox_NONCEBYTES, bytes(box),
                                   bytes(key.reveal())) != 0)
        return base::fail(
            ErrorKind::corrupt, "unsealable",
            "A stored secret cannot be opened: the key file is not the one that sealed it. Restore "
            "the key file from a backup, or enter the secret again.");
    Secret secret(text);
    base::wipe(text.data(), text.size());
    return secret;
}

}  // namespace sallyport::server
