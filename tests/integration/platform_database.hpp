#pragma once
// A platform's database of its own for one test: a file in a directory that goes with it.
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/sqlite/database.hpp"
#include "embedded/platform_schema.hpp"
#include "server/storage/id_source.hpp"
#include "server/storage/migrate.hpp"

namespace sallyport::tests {

class PlatformDatabase {
  public:
    PlatformDatabase() {
        std::string pattern = (std::filesystem::temp_directory_path() / "sallyport-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        auto opened = adapters::open_sqlite(directory_ / "platform.db");
        if (!opened) throw std::runtime_error(opened.error().message);
        database_ = std::move(*opened);
        auto migrated =
            server::migrate(*database_, server::migrations_of(platform_schema::files()), clock_.utc());
        if (!migrated) throw std::runtime_error(migrated.error().message);
    }
    ~PlatformDatabase() {
        database_.reset();
        std::filesystem::remove_all(directory_);
    }
    PlatformDatabase(const PlatformDatabase&) = delete;
    PlatformDatabase& operator=(const PlatformDatabase&) = delete;

    ports::Database& operator*() { return *database_; }
    server::IdSource& ids() { return ids_; }
    const ports::Clock& clock() { return clock_; }
    const std::filesystem::path& directory() { return directory_; }

    void execute(std::string_view sql) {
        auto done = ports::write_to(*database_, [&](ports::Connection& c) { return c.execute(sql); });
        ASSERT_TRUE(done) << done.error().message;
    }
    /// No event and no entry of the audit log finds room from now on, until `make_room`.
    void fill() {
        execute("CREATE TABLE filler (bytes BLOB)");
        for (const std::string table : {"event", "audit"})
            execute("CREATE TRIGGER grow_" + table + " AFTER INSERT ON " + table +
                    " BEGIN INSERT INTO filler VALUES (zeroblob(1000000)); END");
        execute("PRAGMA max_page_count = 1");  // no more than there are
    }
    void make_room() { execute("PRAGMA max_page_count = 1000000"); }
    /// The rows' columns joined by '|', one line each.
    std::string rows(std::string_view sql) {
        auto rows = ports::read_from(*database_, [&](ports::Connection& c) { return c.query(sql); });
        if (!rows) return rows.error().message;
        std::string text;
        for (const auto& row : *rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (i != 0) text += '|';
                if (std::holds_alternative<std::int64_t>(row.value(i)))
                    text += std::to_string(row.integer(i));
                if (std::holds_alternative<std::string>(row.value(i))) text += row.text(i);
            }
            text += '\n';
        }
        return text;
    }

  private:
    std::filesystem::path directory_;
    adapters::MachineClock clock_;
    server::IdSource ids_{clock_, 0};
    std::unique_ptr<ports::Database> database_;
};

/// A controller with id 1 and its door 1 with id 2, and Anna with id 3, user ID 1001 and a card.
inline void add_a_door_and_anna(PlatformDatabase& database) {
    database.execute(
        "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
        "model, firmware, created_at) "
        "VALUES (1, 'Main', '127.0.0.1', 37777, 'admin', x'', '', 'given', 'SP01', 'm', 'f', 0)");
    database.execute(
        "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, duress) "
        "VALUES (2, 1, 1, 'Main', 3, 'card', 0, 60, 0)");
    database.execute(
        "INSERT INTO person (id, user_id, name, type, valid_from, valid_to, uses, pin, remark, created_at, "
        "changed_at) "
        "VALUES (3, '1001', 'Anna Berger', 'general', NULL, NULL, NULL, NULL, '', 0, 0)");
    database.execute(
        "INSERT INTO card (number, person_id, position, type, status, since) "
        "VALUES ('04A1B2C3', 3, 0, 'general', 'active', 0)");
}

}  // namespace sallyport::tests
