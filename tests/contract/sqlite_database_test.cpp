// The platform's database on SQLite: the contract, and what only a file can do.
#include <filesystem>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/database.hpp"
#include "contract/database_contract.hpp"

namespace sallyport::tests {

namespace {

using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::write_to;

struct Directory {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("sallyport-{:x}", std::random_device{}());
    Directory() { std::filesystem::create_directory(path); }
    ~Directory() { std::filesystem::remove_all(path); }
};

EmptyDatabase make() {
    auto place = std::make_shared<Directory>();
    auto opened = adapters::open_sqlite(place->path / "platform.db");
    return {place, opened ? *std::move(opened) : nullptr};
}
INSTANTIATE_TEST_SUITE_P(sqlite, DatabaseContract, testing::Values(make));

TEST(SqliteDatabase, keeps_what_was_committed) {
    const Directory place;
    const auto file = place.path / "platform.db";
    for (int round = 0; round < 3; ++round) {
        auto database = *adapters::open_sqlite(file);
        const auto rows = write_to(*database, [&](Connection& c) -> Result<ports::Rows> {
            if (const auto made = c.script("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY)"); !made)
                return std::unexpected(made.error());
            if (const auto put = c.execute("INSERT INTO item (id) VALUES ($1)", {round}); !put)
                return std::unexpected(put.error());
            return c.query("SELECT count(*) FROM item");
        });
        ASSERT_TRUE(rows);
        EXPECT_EQ(rows->front().integer(0), round + 1);
    }
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SqliteDatabase, a_full_disk_undoes_what_does_not_fit_and_goes_on) {
    const Directory place;
    auto database = *adapters::open_sqlite(place.path / "platform.db", {.page_limit = 40});
    const auto put = [&](std::int64_t id, std::size_t size) {
        return write_to(*database, [&](Connection& c) -> Result<std::int64_t> {
            return c.execute("INSERT INTO item (id, name) VALUES ($1, $2)", {id, std::string(size, 'x')});
        });
    };
    ASSERT_TRUE(write_to(*database, [](Connection& c) -> Status {
        return c.script("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)");
    }));
    ASSERT_TRUE(put(1, 10));
    const auto large = put(2, 1'000'000);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, ErrorKind::storage);
    EXPECT_FALSE(database->health());
    ASSERT_TRUE(put(3, 10));
    EXPECT_TRUE(database->health());
    const auto rows =
        read_from(*database, [](Connection& c) { return c.query("SELECT id FROM item ORDER BY id"); });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(rows->at(1).integer(0), 3);
}

TEST(SqliteDatabase, says_what_is_wrong_with_the_file) {
    const Directory place;
    const auto missing = adapters::open_sqlite(place.path / "nowhere" / "platform.db");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::storage);
    EXPECT_NE(missing.error().message.find("nowhere"), std::string::npos);
    const auto junk = place.path / "junk.db";
    std::ofstream(junk) << std::string(8'192, 'j');
    const auto wrong = adapters::open_sqlite(junk);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::corrupt);
}

}  // namespace

}  // namespace sallyport::tests
