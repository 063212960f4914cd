#pragma once
// Seals what the platform must be able to read again (passwords of controllers, PINs) with a key that is not
// in the database: XSalsa20-Poly1305 (libsodium's secretbox) with a random nonce in front. Any thread.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "ports/database.hpp"

namespace sallyport::server {

class Sealer {
  public:
    /// Reads the key file of 64 hexadecimal digits, or makes one with mode 0600. Errors: storage "key_file"
    /// when it cannot be read or made; corrupt "key_file" when it holds no key; forbidden "key_file" when
    /// others may read it.
    [[nodiscard]] static base::Result<Sealer> open(const std::filesystem::path& key_file);

    /// `purpose` names what is sealed and whose ("person.pin:42"): a box moved to another row does not open.
    [[nodiscard]] ports::Blob seal(const base::Secret&, std::string_view purpose) const;
    /// corrupt "unsealable" with another key, another purpose or changed bytes.
    [[nodiscard]] base::Result<base::Secret> unseal(std::string_view box, std::string_view purpose) const;
    /// A key of 32 bytes for something else than sealing, another one for each purpose; it tells nothing
    /// of the sealing key.
    [[nodiscard]] base::Secret derived_key(std::string_view purpose) const;
    /// The same for the same secret and purpose, and tells nothing of it to who has no key: 32 hexadecimal
    /// digits.
    [[nodiscard]] std::string mark(const base::Secret&, std::string_view purpose) const;

  private:
    explicit Sealer(base::Secret key) : key_(std::move(key)) {}
    base::Secret key_;
};

}  // namespace sallyport::server
