#pragma once
// Brings a database to the newest schema: numbered files, each run once, each remembered with its checksum.
#include <span>

#include "base/embedded.hpp"
#include "base/result.hpp"
#include "ports/database.hpp"

namespace sallyport::adapters {

/// Files are named NNNN_words.sql and given in order; each runs in a transaction of its own, so `connection`
/// must not be in one. Errors: `invalid` "migration_changed" when a file that ran is not what it was,
/// `invalid` "schema_too_new" when the database has versions that this program does not know, `storage`.
[[nodiscard]] base::Status migrate(ports::Connection&, std::span<const base::EmbeddedFile> files);

}  // namespace sallyport::adapters
