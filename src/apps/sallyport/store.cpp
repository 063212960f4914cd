#include "apps/sallyport/store.hpp"

#include <cerrno>
#include <unistd.h>

#include <fmt/core.h>

#include "adapters/sqlite/database.hpp"
#include "apps/directory/locked_directory.hpp"
#include "embedded/platform_schema.hpp"
#include "server/storage/migrate.hpp"

namespace sallyport::apps {

namespace {
constexpr auto file_name = "platform.db";
}

base::Result<std::unique_ptr<ports::Database>> open_store(const std::filesystem::path& directory,
                                                          const ports::Clock& clock) {
    auto database = adapters::open_sqlite(directory / file_name);
    if (!database) return database;
    const auto schema = server::migrations_of(platform_schema::files());
    if (auto migrated = server::migrate(**database, schema, clock.utc()); !migrated)
        return std::unexpected(migrated.error());
    return database;
}

base::Status check_store(const std::filesystem::path& directory) {
    if (::access((directory / file_name).c_str(), R_OK) == 0) return {};
    if (errno != ENOENT && errno != ENOTDIR) return unusable_directory(directory, errno);
    return base::fail(base::ErrorKind::not_found, "no_store",
                      fmt::format("There is no platform in {}. Check --data, or start one there with "
                                  "`sallyport serve`.",
                                  directory.string()));
}

base::Result<std::unique_ptr<ports::Database>> open_existing_store(const std::filesystem::path& directory,
                                                                   const ports::Clock& clock) {
    if (auto there = check_store(directory); !there) return std::unexpected(there.error());
    return open_store(directory, clock);
}

}  // namespace sallyport::apps
