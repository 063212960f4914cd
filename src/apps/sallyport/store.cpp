#include "apps/sallyport/store.hpp"

#include <fmt/core.h>

#include "adapters/sqlite/database.hpp"
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

base::Result<std::unique_ptr<ports::Database>> open_existing_store(const std::filesystem::path& directory,
                                                                   const ports::Clock& clock) {
    std::error_code failed;
    if (!std::filesystem::exists(directory / file_name, failed))
        return base::fail(base::ErrorKind::not_found, "no_store",
                          fmt::format("There is no platform in {}. Check --data, or start one there with "
                                      "`sallyport serve`.",
                                      directory.string()));
    return open_store(directory, clock);
}

}  // namespace sallyport::apps
