#pragma once
// ports::Backups: a fresh controller's database with the configuration in it, sealed.
//
// Bytes: "SALLYPORTBACKUP1", then little-endian u32 passes and u32 KiB of memory of argon2id, 16 bytes of
// salt, 24 of nonce, and the database in a box (XSalsa20-Poly1305) under the key that argon2id makes of the
// passphrase. A backup of an earlier version opens because its database migrates like any other.
#include <filesystem>

#include "ports/backups.hpp"

namespace sallyport::adapters {

class SqliteBackups final : public ports::Backups {
  public:
    /// The database stands in a file of this directory for a moment, readable by this user alone.
    explicit SqliteBackups(std::filesystem::path directory) : directory_(std::move(directory)) {}
    /// What a kill in the middle of one left there. Not while another process may be at it.
    void remove_leftovers() const;
    base::Result<std::string> seal(const ports::Backup&, const base::Secret& passphrase) override;
    base::Result<ports::Backup> open(std::string_view sealed, const base::Secret& passphrase) override;

  private:
    std::filesystem::path directory_;
};

}  // namespace sallyport::adapters
