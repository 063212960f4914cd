#include "adapters/sqlite/migrations.hpp"

#include <array>
#include <charconv>
#include <string>

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::adapters {
namespace {

std::string checksum_of(std::string_view bytes) {
    std::array<unsigned char, 32> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size(), nullptr, 0);
    return base::to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

std::int64_t version_of(const base::EmbeddedFile& file) {
    std::int64_t version = 0;
    std::from_chars(file.path.data(), file.path.data() + file.path.size(), version);
    return version;
}

base::Status run_one(ports::Connection& connection, const base::EmbeddedFile& file) {
    auto status = connection.script("BEGIN IMMEDIATE;" + std::string(file.bytes));
    if (status) {
        auto noted =
            connection.execute("INSERT INTO schema_versions (version, name, checksum) VALUES ($1, $2, $3)",
                               {version_of(file), file.path, checksum_of(file.bytes)});
        if (!noted) status = std::unexpected(noted.error());
    }
    if (status) status = connection.script("COMMIT");
    // After some errors SQLite has rolled back by itself; then this one fails, and nothing is lost.
    if (!status) static_cast<void>(connection.script("ROLLBACK"));
    return status;
}

/// True when the file ran before, unchanged.
base::Result<bool> has_run(ports::Connection& connection, const base::EmbeddedFile& file) {
    auto known =
        connection.query("SELECT checksum FROM schema_versions WHERE version = $1", {version_of(file)});
    if (!known) return std::unexpected(known.error());
    if (known->empty()) return false;
    if (known->front().text(0) == checksum_of(file.bytes)) return true;
    return base::fail(
        base::ErrorKind::invalid, "migration_changed",
        fmt::format("The schema step {} is not the one that made this database: run the program "
                    "version that made it, or restore a backup.",
                    file.path));
}

}  // namespace

base::Status migrate(ports::Connection& connection, std::span<const base::EmbeddedFile> files) {
    auto status = connection.script(
        "CREATE TABLE IF NOT EXISTS schema_versions ("
        "version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT");
    if (!status) return status;
    auto newest = connection.query("SELECT coalesce(max(version), 0) FROM schema_versions");
    if (!newest) return std::unexpected(newest.error());
    const std::int64_t known = files.empty() ? 0 : version_of(files.back());
    if (newest->front().integer(0) > known) {
        return base::fail(
            base::ErrorKind::invalid, "schema_too_new",
            fmt::format("The database has schema version {}, this program knows {}: run the newer "
                        "program, or restore a backup from before the upgrade.",
                        newest->front().integer(0), known));
    }
    for (const auto& file : files) {
        auto done = has_run(connection, file);
        if (!done) return std::unexpected(done.error());
        if (*done) continue;
        if (status = run_one(connection, file); !status) return status;
    }
    return {};
}

}  // namespace sallyport::adapters
