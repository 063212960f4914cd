// The controller's store under power cuts, full and failing disks, by the dozen; by the thousand with
// SALLYPORT_LONG. SALLYPORT_SEED runs one of them alone.
#include "sim/disk.hpp"

#include <array>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/witnessed_store.hpp"

namespace sallyport::sim {
namespace {

using ports::StoreWrite;

constexpr std::uint64_t records_limit = 60;
constexpr std::uint64_t lots = UINT64_MAX;
/// A refused write is found after a restart without a power cut, and read as if it were stored: at once, and
/// on a disk that does not take it for good.
constexpr std::array<std::uint32_t, 2> read_but_not_yet_durable{425, 2816};

/// Writes of every kind.
class Writes {
  public:
    explicit Writes(std::uint32_t seed) : random_(seed) {}

    std::uint32_t any(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }

    StoreWrite next() {
        StoreWrite write;
        for (std::uint32_t i = 0; i <= any(4); ++i) write.records.push_back(record());
        if (any(40) == 0) write.factory_reset = true;
        if (any(60) == 0) write.remove_everyone = true;
        for (std::uint32_t i = any(3); i > 0; --i) write.remove.push_back(id());
        for (std::uint32_t i = any(20) == 0 ? 300 : any(3); i > 0; --i) write.upsert.push_back(person());
        for (std::uint32_t i = any(3); i > 0; --i) write.uses.push_back({id(), {}});
        if (any(4) == 0) write.moves.push_back({id(), {{static_cast<std::uint8_t>(any(3))}, at(), 0, {}}});
        if (any(8) == 0) write.forgotten.push_back({core::AreaNumber{static_cast<std::uint8_t>(any(3))}});
        if (any(8) == 0) write.first_cards.push_back({door(), {{19'000}, {0, 3'600}}});
        if (any(4) == 0) write.door_modes = {{static_cast<core::DoorMode>(any(4)), core::DoorMode::normal}};
        if (any(4) == 0) {
            const auto hold = static_cast<std::int32_t>(1 + any(600));
            write.settings = [hold](core::Settings& settings) { settings.doors[0].hold_s = hold; };
        }
        if (any(8) == 0) write.owner = {fmt::format("platform {}", any(2)), any(1'000)};
        if (any(8) == 0) write.accounts = {{{"admin", ports::AccountRole::admin, "hash"}}};
        return write;
    }
    base::UserId id() { return *base::UserId::from(std::to_string(1 + any(400))); }

  private:
    base::DoorNumber door() { return {static_cast<std::uint8_t>(1 + any(2))}; }
    base::UtcTime at() { return {1'790'000'000'000'000 + any(1'000'000)}; }
    core::Record record() {
        core::Record one;
        one.at = at();
        one.door = door();
        one.detail = fmt::format("{}", ++records_);
        return one;
    }
    core::Person person() {
        core::Person one;
        one.user_id = id();
        one.uses_left = any(9);
        one.uses_series.value = *one.uses_left % 3;
        one.cards = {{{random_()}, core::CardType::general, core::CardStatus::normal}};
        one.rights.resize(any(40));
        return one;
    }
    std::mt19937 random_;
    std::uint64_t records_ = 0;
};

/// A store that lives through power cuts and what disks do.
class Hardship {
  public:
    explicit Hardship(std::uint32_t seed) : disk_(seed), writes_(seed), store_(records_limit) {}

    void live() {
        for (int life = 0; life < 6 && store_.broken().empty(); ++life) {
            choose_trouble();
            disk_.cut_power_after(1 + writes_.any(life % 2 == 0 ? 600 : 30));
            for (int turn = 0; disk_.has_power() && turn < 400; ++turn) happen();
            store_.close();
            disk_.cut_power_after(0);
            disk_.return_power();
            come_back();
        }
    }
    [[nodiscard]] const std::vector<std::string>& broken() const { return store_.broken(); }
    [[nodiscard]] int commits() const { return commits_; }

  private:
    void choose_trouble() {
        const auto trouble = writes_.any(4);
        if (trouble == 1) disk_.fail_one_in(5 + writes_.any(60));
        if (trouble == 2) disk_.set_capacity(disk_.used() + writes_.any(400'000));
    }
    void happen() {
        if (!store_.is_open()) static_cast<void>(store_.open());
        if (!store_.is_open()) return;
        const auto what = writes_.any(20);
        if (what == 0) return store_.close();
        if (what == 1) disk_.set_health(static_cast<DiskHealth>(writes_.any(2)));
        if (what < 6) {
            const auto last = store_.load();
            if (last) static_cast<void>(store_.acknowledge({"platform 0", last->last}));
            return;
        }
        std::vector<StoreWrite> group;
        for (std::uint32_t i = 0; i <= writes_.any(3); ++i) group.push_back(writes_.next());
        if (store_.commit(group)) ++commits_;
    }
    /// On a disk that has no room left it can be read; on one that is well again it goes on.
    void come_back() {
        disk_.fail_one_in(0);
        disk_.set_health(DiskHealth::works);
        const bool made = disk_.exists("controller.db") && commits_ > 0;
        if (made) {
            disk_.set_health(writes_.any(3) == 0 ? DiskHealth::read_only : DiskHealth::works);
            disk_.set_capacity(disk_.used());
            const auto opened = store_.open();
            EXPECT_TRUE(opened) << opened.error().message;
            if (!opened) return;
            const std::vector<StoreWrite> one{writes_.next()};
            const auto refused = store_.commit(one);
            if (!refused)
                EXPECT_EQ(refused.error().kind, base::ErrorKind::storage) << refused.error().message;
        }
        disk_.set_capacity(lots);
        disk_.set_health(DiskHealth::works);
        if (!store_.is_open()) {
            const auto opened = store_.open();
            ASSERT_TRUE(opened) << opened.error().message;
        }
        const std::vector<StoreWrite> one{writes_.next()};
        const auto stored = store_.commit(one);
        ASSERT_TRUE(stored) << stored.error().message;
        ++commits_;
        store_.close();
    }

    Disk disk_;
    Writes writes_;
    WitnessedStore store_;
    int commits_ = 0;
};

TEST(Disk, a_power_cut_loses_nothing_that_was_answered_as_stored) {
    const char* only = std::getenv("SALLYPORT_SEED");
    const std::uint32_t first = only != nullptr ? static_cast<std::uint32_t>(std::stoul(only)) : 1;
    const std::uint32_t count = only != nullptr ? 1 : std::getenv("SALLYPORT_LONG") != nullptr ? 3'000 : 60;
    std::vector<std::uint32_t> seeds(count);
    std::iota(seeds.begin(), seeds.end(), first);
    seeds.insert(seeds.end(), read_but_not_yet_durable.begin(), read_but_not_yet_durable.end());
    int commits = 0;
    for (const auto seed : seeds) {
        Hardship hardship(seed);
        hardship.live();
        ASSERT_EQ(hardship.broken(), std::vector<std::string>{}) << "SALLYPORT_SEED=" << seed;
        ASSERT_FALSE(testing::Test::HasFailure()) << "SALLYPORT_SEED=" << seed;
        commits += hardship.commits();
    }
    EXPECT_GT(commits, static_cast<int>(count) * 10) << "the power went before anything happened";
}

TEST(Disk, what_cannot_be_read_leaves_the_rest_and_comes_back_with_the_disk) {
    Disk disk(1);
    StoreWrite write;
    write.upsert.emplace_back().user_id = *base::UserId::from("anna-42");
    write.door_modes = {core::DoorMode::lockdown};
    write.accounts = {{{"admin", ports::AccountRole::admin, "hash"}}};
    write.records.emplace_back();
    const auto open = [] { return adapters::SqliteControllerStore::open("controller.db", records_limit); };
    ASSERT_TRUE(open().value()->commit({&write, 1}));
    disk.spoil("anna-42");
    {
        const auto store = open();
        ASSERT_TRUE(store) << store.error().message;
        const auto image = (*store)->load();
        ASSERT_TRUE(image) << image.error().message;
        EXPECT_NE(image->damage, "");
        EXPECT_EQ(image->people_known, core::People::lost);
        EXPECT_EQ(image->door_modes, std::vector{core::DoorMode::lockdown});
        EXPECT_EQ(image->accounts.size(), 1U);
        EXPECT_EQ(image->last.sequence, 1U);
        const auto refused = (*store)->commit({&write, 1});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, base::ErrorKind::storage);
    }
    disk.spoil({});
    const auto image = open().value()->load();
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(image->damage, "");
    EXPECT_EQ(image->people_known, core::People::known);
    EXPECT_EQ(image->people.size(), 1U) << "nothing was set aside";
}

/// The disk itself: without syncs, something has to be lost.
TEST(Disk, what_was_not_synced_is_lost_or_torn) {
    int lost = 0;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Disk disk(seed);
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open("unsafe.db", &handle), SQLITE_OK);
        const auto run = [&](const char* sql) {
            return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
        };
        ASSERT_EQ(run("PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER); PRAGMA synchronous=OFF"),
                  SQLITE_OK);
        for (int i = 0; i < 20; ++i) ASSERT_EQ(run("INSERT INTO t VALUES (1)"), SQLITE_OK);
        disk.cut_power_after(0);
        sqlite3_close(handle);
        disk.return_power();
        ASSERT_EQ(sqlite3_open("unsafe.db", &handle), SQLITE_OK);
        const bool whole = run("CREATE TEMP TABLE counted (n INTEGER CHECK (n = 20));"
                               "INSERT INTO counted SELECT count(*) FROM t") == SQLITE_OK;
        lost += whole ? 0 : 1;
        sqlite3_close(handle);
    }
    EXPECT_GT(lost, 5);
}

}  // namespace
}  // namespace sallyport::sim
