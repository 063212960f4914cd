#pragma once
// Brings a database to this program's schema: numbered scripts, each run once, in order, in one transaction.
#include <span>
#include <string_view>
#include <vector>

#include "base/embedded.hpp"
#include "base/result.hpp"
#include "ports/database.hpp"

namespace sallyport::server {

struct Migration {
    int number = 0;         ///< from 1 without gaps
    std::string_view name;  ///< "0001_first"
    std::string_view sql;
};

/// The scripts in `files` ("0001_first.sql" ...), which are sorted by name.
[[nodiscard]] std::vector<Migration> migrations_of(std::span<const base::EmbeddedFile> files);

/// Errors: conflict "schema_newer" when a newer program wrote the database, corrupt "schema_changed" when a
/// script that has run is not the one that this program has; and those of the database.
[[nodiscard]] base::Status migrate(ports::Database&, std::span<const Migration>, base::UtcTime now);

}  // namespace sallyport::server
