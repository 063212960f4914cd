#pragma once
// The configuration of a controller as one sealed file (docs/decisions/0010). Implementation:
// adapters/sqlite/backup. Blocking, and slow on purpose (the passphrase): never on the loop. One at a time.
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::ports {

struct Backup {
    /// People, public passwords, settings, calendar, accounts, owner and the key of their hashes. Serial,
    /// journal, cursors and door modes are no configuration: they are a fresh store's.
    ControllerImage image;
    std::string serial;  ///< of the controller that it was made of
    base::UtcTime made_at;
};

/// 8 to 128 bytes; one sentence otherwise.
[[nodiscard]] inline base::Status check_passphrase(const base::Secret& passphrase) {
    if (passphrase.size() >= 8 && passphrase.size() <= 128) return {};
    return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                      "The passphrase of a backup has 8 to 128 characters.");
}

class Backups {
  public:
    virtual ~Backups() = default;
    /// Errors: `storage`; `unavailable` "busy" without the memory for it; those of check_passphrase.
    virtual base::Result<std::string> seal(const Backup&, const base::Secret& passphrase) = 0;
    /// Errors: `corrupt` "backup_damaged" for what is none; `unauthenticated` "wrong_passphrase" also for one
    /// that was changed: nobody can tell the two apart; `invalid` "schema_too_new" for one of a later
    /// version.
    virtual base::Result<Backup> open(std::string_view sealed, const base::Secret& passphrase) = 0;
};

}  // namespace sallyport::ports
