#pragma once
// The hashes that the plain dialect logs in with (controller.md N5). Whoever has one can log in with it, so
// they rest sealed: crypto_secretbox with a key that is not in the database.
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace sallyport::controller {

class SealedHashes {
  public:
    /// `secret`: any secret of this controller that does not stand in its database, such as the private key
    /// of its certificate. Another secret opens nothing that this one has sealed.
    explicit SealedHashes(const base::Secret& secret);

    /// Nonce and box; only this account's name opens it again.
    [[nodiscard]] std::string seal(std::string_view account, const base::Secret& hash) const;
    /// nullopt for what is empty, was sealed with another key or for another account, or was changed.
    [[nodiscard]] std::optional<base::Secret> open(std::string_view account, std::string_view sealed) const;

  private:
    base::Secret key_;
};

}  // namespace sallyport::controller
