// The controller's stores: the contract for both, and what only a file can do.
#include "adapters/memory/controller_store.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <sys/resource.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/controller_store.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "contract/controller_store_contract.hpp"
#include "embedded/controller_schema.hpp"

namespace sallyport::tests {
namespace {

struct MemoryPlace final : StorePlace {
    explicit MemoryPlace(std::uint64_t limit) : store(limit) {}
    ports::ControllerStore& reopen() override { return store; }
    adapters::MemoryControllerStore store;
};

struct FilePlace final : StorePlace {
    explicit FilePlace(std::uint64_t records_limit) : limit(records_limit) {
        std::filesystem::create_directory(directory);
    }
    ~FilePlace() override {
        store.reset();
        std::filesystem::remove_all(directory);
    }
    ports::ControllerStore& reopen() override {
        store.reset();
        auto opened = adapters::SqliteControllerStore::open(file, limit);
        EXPECT_TRUE(opened) << opened.error().message;
        store = *std::move(opened);
        return *store;
    }
    std::filesystem::path directory =
        std::filesystem::temp_directory_path() / fmt::format("sallyport-{:x}", std::random_device{}());
    std::filesystem::path file = directory / "controller.db";
    std::uint64_t limit;
    std::unique_ptr<adapters::SqliteControllerStore> store;
};

INSTANTIATE_TEST_SUITE_P(memory, ControllerStoreContract, testing::Values([](std::uint64_t limit) {
                             return std::make_unique<MemoryPlace>(limit);
                         }));
INSTANTIATE_TEST_SUITE_P(sqlite, ControllerStoreContract, testing::Values([](std::uint64_t limit) {
                             return std::make_unique<FilePlace>(limit);
                         }));

/// Files of this process stop growing at `bytes` while this lives: a full disk without a disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

void change_byte(const std::filesystem::path& file, std::string_view where) {
    std::string bytes;
    {
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    const auto at = bytes.find(where);
    ASSERT_NE(at, std::string::npos);
    bytes[at] ^= 1;
    std::ofstream(file, std::ios::binary) << bytes;
}

TEST(SqliteControllerStore, a_full_disk_stores_nothing_of_a_group_and_goes_on_when_there_is_space) {
    FilePlace place(10'000);
    auto& store = place.reopen();
    const auto few = records_write(3);
    ASSERT_TRUE(store.commit({&few, 1}));
    auto many = records_write(5'000);
    many.upsert = {sample_person("1", 1)};
    {
        const FileSizeLimit limit(std::filesystem::file_size(place.directory / "controller.db-wal") +
                                  100'000);
        const auto refused = store.commit({&many, 1});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, base::ErrorKind::storage);
        EXPECT_EQ(store.load()->last.sequence, 3U);
        EXPECT_TRUE(store.load()->people.empty());
    }
    const auto stored = store.commit({&many, 1});
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->front().position.sequence, 4U);
    const auto image = place.reopen().load();
    EXPECT_EQ(image->last.sequence, 5'003U);
    EXPECT_EQ(image->people.size(), 1U);
    EXPECT_TRUE(image->chain_intact) << image->chain_fault;
}

TEST(SqliteControllerStore, names_a_record_that_was_changed) {
    FilePlace place(100);
    const auto write = records_write(20);
    ASSERT_TRUE(place.reopen().commit({&write, 1}));
    place.store.reset();  // the log is emptied into the file
    change_byte(place.file, R"(wrong_pin","method":"card_and_pin","user_id":"1001")");
    const auto image = place.reopen().load();
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_FALSE(image->chain_intact);
    EXPECT_EQ(image->chain_fault.substr(0, 7), "record ");
    const auto read = place.store->read_after({1, 0}, 100);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "record_corrupt");
}

TEST(SqliteControllerStore, finds_ten_minutes_without_reading_the_journal) {
    FilePlace place(100'000);
    ports::StoreWrite write;
    constexpr std::int64_t minute = 60'000'000;
    for (std::int64_t i = 0; i < 20'000; ++i) write.records.emplace_back().at = {i * minute};
    ASSERT_TRUE(place.reopen().commit({&write, 1}));
    auto& store = place.reopen();
    ASSERT_TRUE(store.load());
    ports::RecordSearch wanted{{1, 0}, 20'000, {{15'000 * minute}, {15'010 * minute}}, 500};
    std::size_t found = 0;
    int reads = 0;
    for (; wanted.after.sequence < wanted.upto; ++reads) {
        const auto portion = store.search(wanted);
        ASSERT_TRUE(portion) << portion.error().message;
        found += portion->records.size();
        wanted.after.sequence = portion->searched;
    }
    EXPECT_EQ(found, 10U);
    EXPECT_LE(reads, 2) << "of 500 records at most: the journal has 40 times as many";
}

TEST(SqliteControllerStore, leaves_a_damaged_record_out_of_a_search) {
    FilePlace place(100);
    const auto write = records_write(20);
    ASSERT_TRUE(place.reopen().commit({&write, 1}));
    place.store.reset();
    change_byte(place.file, R"(wrong_pin","method":"card_and_pin","user_id":"1001")");
    auto& store = place.reopen();
    ASSERT_TRUE(store.load());
    const auto found = store.search({{1, 0}, 20, {{0}, base::end_of_time}, 100});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->records.size(), 19U);
    EXPECT_EQ(found->searched, 20U);
}

TEST(SqliteControllerStore, notices_records_that_were_taken_out) {
    for (const auto* where : {"ordinal = 7", "ordinal > 18", "1"}) {
        FilePlace place(100);
        const auto write = records_write(20);
        ASSERT_TRUE(place.reopen().commit({&write, 1}));
        place.store.reset();
        {
            auto raw =
                adapters::SqliteConnection::open(place.file, adapters::SqliteConnection::Access::read_write);
            ASSERT_TRUE((*raw)->script(fmt::format("DELETE FROM records WHERE {}", where)));
        }
        EXPECT_FALSE(place.reopen().load()->chain_intact) << where;
    }
}

TEST(SqliteControllerStore, sets_people_aside_that_cannot_be_read_and_goes_on) {
    FilePlace place(100);
    auto write = records_write(3);
    write.upsert = {sample_person("1", 1), sample_person("2", 2)};
    ASSERT_TRUE(place.reopen().commit({&write, 1}));
    place.store.reset();
    {
        auto raw =
            adapters::SqliteConnection::open(place.file, adapters::SqliteConnection::Access::read_write);
        ASSERT_TRUE((*raw)->script("UPDATE people SET cards = x'01' WHERE user_id = '2'"));
    }
    for (int start = 1; start <= 2; ++start) {
        const auto image = place.reopen().load();
        ASSERT_TRUE(image) << image.error().message;
        EXPECT_EQ(image->damage, "");
        EXPECT_EQ(image->people_known, core::People::lost) << start;
        EXPECT_TRUE(image->people.empty());
        EXPECT_EQ(image->last.sequence, 3U);
    }
    ports::StoreWrite one;
    one.upsert = {sample_person("3", 3)};
    ASSERT_TRUE(place.store->commit({&one, 1}));
    EXPECT_EQ(place.reopen().load()->people_known, core::People::lost) << "one of them is not all";
    ports::StoreWrite all;
    all.people_known = true;
    ASSERT_TRUE(place.store->commit({&all, 1}));
    const auto image = place.reopen().load();
    EXPECT_EQ(image->people_known, core::People::known);
    EXPECT_EQ(image->people.size(), 1U);
}

TEST(SqliteControllerStore, tells_damage_of_anything_else_and_gives_what_can_be_read) {
    FilePlace place(100);
    auto write = records_write(3);
    write.upsert = {sample_person("1", 1)};
    write.door_modes = {core::DoorMode::lockdown};
    ASSERT_TRUE(place.reopen().commit({&write, 1}));
    place.store.reset();
    {
        auto raw =
            adapters::SqliteConnection::open(place.file, adapters::SqliteConnection::Access::read_write);
        ASSERT_TRUE((*raw)->script("UPDATE settings SET rules = 'x'"));
    }
    const auto image = place.reopen().load();
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_NE(image->damage.find("settings"), std::string::npos) << image->damage;
    EXPECT_EQ(image->people.size(), 1U);
    EXPECT_EQ(image->door_modes, std::vector{core::DoorMode::lockdown});
}

TEST(SqliteControllerStore, says_what_to_do_with_a_file_that_is_no_database) {
    FilePlace place(100);
    std::ofstream(place.file) << std::string(5'000, 'x');
    const auto opened = adapters::SqliteControllerStore::open(place.file);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, base::ErrorKind::corrupt);
    const auto nowhere = adapters::SqliteControllerStore::open(place.directory / "missing" / "controller.db");
    EXPECT_EQ(nowhere.error().kind, base::ErrorKind::storage);
}

TEST(SqliteControllerStore, opens_what_any_earlier_version_made) {
    const auto all = controller_schema::files();
    for (std::size_t released = 1; released < all.size(); ++released) {
        SCOPED_TRACE(released);
        FilePlace place(100);
        {
            auto raw =
                adapters::SqliteConnection::open(place.file, adapters::SqliteConnection::Access::read_write);
            ASSERT_TRUE(adapters::migrate(**raw, std::span(all).first(released)));
        }
        ports::StoreWrite write;
        write.upsert = {sample_person("1", 1)};
        ASSERT_TRUE(place.reopen().commit({&write, 1}));
        const auto image = place.reopen().load();
        EXPECT_EQ(image->damage, "");
        EXPECT_EQ(image->people, write.upsert);
    }
}

TEST(SqliteControllerStore, refuses_a_schema_that_it_does_not_know_or_that_was_changed) {
    FilePlace place(100);
    place.reopen();
    place.store.reset();
    const auto change = [&](const char* sql) {
        auto raw =
            adapters::SqliteConnection::open(place.file, adapters::SqliteConnection::Access::read_write);
        ASSERT_TRUE((*raw)->script(sql));
    };
    change("UPDATE schema_versions SET checksum = 'x'");
    EXPECT_EQ(adapters::SqliteControllerStore::open(place.file).error().code, "migration_changed");
    change("UPDATE schema_versions SET version = 9999 WHERE version = 1");
    EXPECT_EQ(adapters::SqliteControllerStore::open(place.file).error().code, "schema_too_new");
}

}  // namespace
}  // namespace sallyport::tests
