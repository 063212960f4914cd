#pragma once
// What lies in the data directory: platform.db, secret.key, the certificate; addresses.json and status.sock
// while it runs.
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/database.hpp"

namespace sallyport::apps {

/// Opens the database and brings it to this version's schema.
[[nodiscard]] base::Result<std::unique_ptr<ports::Database>> open_store(
    const std::filesystem::path& directory, const ports::Clock&);
/// not_found "no_store" when there is no platform in there, `storage` "directory" when this user cannot read
/// it.
[[nodiscard]] base::Status check_store(const std::filesystem::path& directory);
/// Opens it for a command that does not make one. Errors: those of `check_store` besides.
[[nodiscard]] base::Result<std::unique_ptr<ports::Database>> open_existing_store(
    const std::filesystem::path& directory, const ports::Clock&);

}  // namespace sallyport::apps
