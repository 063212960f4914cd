#include "server/storage/migrate.hpp"

#include <charconv>

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::server {

using base::ErrorKind;
using base::Status;
using ports::Connection;

namespace {

std::string checksum_of(std::string_view sql) {
    std::string hash(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(sql.data()), sql.size(), nullptr, 0);
    return base::to_hex(hash);
}

Status check_run(const ports::Rows& run, std::span<const Migration> all) {
    if (run.size() > all.size())
        return base::fail(
            ErrorKind::conflict, "schema_newer",
            fmt::format("The database was written by a newer version of sallyport (schema {}; this "
                        "version knows {}). Install that version, or restore a backup.",
                        run.size(), all.size()));
    for (std::size_t i = 0; i < run.size(); ++i)
        if (run[i].text(0) != checksum_of(all[i].sql))
            return base::fail(
                ErrorKind::corrupt, "schema_changed",
                fmt::format("The database's schema {} is not the one of this version of sallyport. "
                            "Install the version that made it, or restore a backup.",
                            all[i].name));
    return {};
}

Status run_one(Connection& connection, const Migration& migration, base::UtcTime now) {
    if (auto outcome = connection.script(migration.sql); !outcome) {
        outcome.error().message = fmt::format("Schema {}: {}", migration.name, outcome.error().message);
        return outcome;
    }
    const auto noted = connection.execute(
        "INSERT INTO schema_migration (number, name, checksum, run_at) VALUES ($1, $2, $3, $4)",
        {migration.number, migration.name, checksum_of(migration.sql), now});
    if (!noted) return std::unexpected(noted.error());
    return {};
}

}  // namespace

std::vector<Migration> migrations_of(std::span<const base::EmbeddedFile> files) {
    std::vector<Migration> all;
    for (const auto& file : files) {
        if (!file.path.ends_with(".sql")) continue;
        Migration migration{0, file.path.substr(0, file.path.size() - 4), file.bytes};
        std::from_chars(file.path.data(), file.path.data() + file.path.size(), migration.number);
        all.push_back(migration);
    }
    return all;
}

Status migrate(ports::Database& database, std::span<const Migration> all, base::UtcTime now) {
    return ports::write_to(database, [&](Connection& connection) -> Status {
        auto outcome = connection.script(
            "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
            "checksum TEXT NOT NULL, run_at INTEGER NOT NULL)");
        if (!outcome) return outcome;
        const auto run = connection.query("SELECT checksum FROM schema_migration ORDER BY number");
        if (!run) return std::unexpected(run.error());
        outcome = check_run(*run, all);
        for (std::size_t i = run->size(); outcome && i < all.size(); ++i)
            outcome = run_one(connection, all[i], now);
        return outcome;
    });
}

}  // namespace sallyport::server
