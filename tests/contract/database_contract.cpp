#include "contract/database_contract.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <thread>

namespace sallyport::tests {

using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::read_from;
using ports::Rows;
using ports::write_to;

Status DatabaseContract::script(std::string_view sql) {
    return write_to(database(), [&](Connection& c) -> Status { return c.script(sql); });
}

Result<std::int64_t> DatabaseContract::insert(std::int64_t id, std::string_view name) {
    return write_to(database(), [&](Connection& c) -> Result<std::int64_t> {
        return c.execute("INSERT INTO item (id, name) VALUES ($1, $2)", {id, name});
    });
}

std::int64_t DatabaseContract::count() {
    const auto rows = read_from(
        database(), [](Connection& c) -> Result<Rows> { return c.query("SELECT count(*) FROM item"); });
    return rows ? rows->front().integer(0) : -1;
}

namespace {

TEST_P(DatabaseContract, gives_back_what_was_stored) {
    const ports::Blob bytes{std::string("\0\xff\x01", 3)};
    const auto text = std::string("Grüße, \0 你好", 16);
    const auto stored = write_to(database(), [&](Connection& c) -> Result<std::int64_t> {
        return c.execute("INSERT INTO item (id, name, bytes) VALUES ($1, $2, $3), ($4, NULL, $5)",
                         {INT64_MIN, text, bytes, INT64_MAX, std::optional<std::string>()});
    });
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(*stored, 2);
    const auto rows = read_from(database(), [](Connection& c) -> Result<Rows> {
        return c.query("SELECT id, name, bytes FROM item ORDER BY id");
    });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(rows->at(0).integer(0), INT64_MIN);
    EXPECT_EQ(rows->at(0).text(1), text);
    EXPECT_EQ(rows->at(0).blob(2), bytes.bytes);
    EXPECT_EQ(rows->at(1).integer_or_null(0), INT64_MAX);
    EXPECT_EQ(rows->at(1).text_or_null(1), std::nullopt);
    EXPECT_TRUE(rows->at(1).is_null(2));
}

TEST_P(DatabaseContract, numbers_parameters_wherever_they_stand) {
    const auto rows = read_from(database(), [](Connection& c) -> Result<Rows> {
        return c.query("SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT)", {"one", "two"});
    });
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().text(0), "two");
    EXPECT_EQ(rows->front().text(1), "one");
    EXPECT_EQ(rows->front().text(2), "two");
}

TEST_P(DatabaseContract, refuses_a_parameter_without_value) {
    const auto rows = read_from(database(), [](Connection& c) -> Result<Rows> {
        return c.query("SELECT id FROM item WHERE id = $2", {1});
    });
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().kind, ErrorKind::internal);
}

TEST_P(DatabaseContract, names_what_a_constraint_refuses) {
    ASSERT_TRUE(insert(1, "a"));
    const auto twice = insert(2, "a");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().kind, ErrorKind::conflict);
    EXPECT_EQ(twice.error().code, "unique");
    const auto orphan = script("INSERT INTO part (item_id) VALUES (77)");
    ASSERT_FALSE(orphan);
    EXPECT_EQ(orphan.error().code, "foreign_key");
    const auto wrong = script("INSERT INTO nothing (id) VALUES (1)");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::internal);
}

TEST_P(DatabaseContract, undoes_a_unit_that_fails) {
    const auto outcome = write_to(database(), [](Connection& c) -> Status {
        if (const auto stored = c.execute("INSERT INTO item (id) VALUES (1)"); !stored)
            return std::unexpected(stored.error());
        return base::fail(ErrorKind::conflict, "no", "No.");
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, "no");
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, one_failing_unit_does_not_undo_the_others_of_its_commit) {
    constexpr int units = 200;
    std::promise<void> release;
    auto released = release.get_future().share();
    std::latch done(units + 1);
    std::atomic<int> stored = 0;
    // While the first waits, the others gather behind it.
    database().write([released](Connection&) -> Status { return released.wait(), Status{}; },
                     [&](const Status&) { done.count_down(); });
    for (int i = 0; i < units; ++i)
        database().write(
            [i](Connection& c) -> Status {
                const auto row = c.execute("INSERT INTO item (id, name) VALUES ($1, $2)",
                                           {i, i % 3 == 0 ? std::string("same") : std::to_string(i)});
                if (!row) return std::unexpected(row.error());
                return {};
            },
            [&](const Status& outcome) {
                stored += outcome ? 1 : 0;
                done.count_down();
            });
    release.set_value();
    done.wait();
    EXPECT_EQ(stored, units - units / 3);
    EXPECT_EQ(count(), stored);
}

TEST_P(DatabaseContract, refuses_when_too_much_waits) {
    std::promise<void> release;
    auto released = release.get_future().share();
    std::atomic<int> busy = 0;
    std::atomic<int> open = 0;
    database().write([released](Connection&) -> Status { return released.wait(), Status{}; },
                     [](const Status&) {});
    while (busy == 0) {
        ++open;
        database().write([](Connection&) -> Status { return {}; },
                         [&](const Status& outcome) {
                             busy += !outcome && outcome.error().code == "database_busy" ? 1 : 0;
                             --open;
                             open.notify_all();
                         });
    }
    release.set_value();
    for (int left = open; left != 0; left = open) open.wait(left);
    EXPECT_TRUE(insert(1, "a"));
}

TEST_P(DatabaseContract, does_not_run_what_waited_too_long) {
    std::promise<void> release;
    auto released = release.get_future().share();
    std::promise<Status> late;
    std::atomic<bool> ran = false;
    database().write([released](Connection&) -> Status { return released.wait(), Status{}; },
                     [](const Status&) {});
    database().write([&](Connection&) -> Status { return ran = true, Status{}; },
                     [&](Status outcome) { late.set_value(std::move(outcome)); },
                     std::chrono::milliseconds{-1});
    release.set_value();
    const auto outcome = late.get_future().get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::timeout);
    EXPECT_FALSE(ran);
}

TEST_P(DatabaseContract, readers_see_one_moment) {
    ASSERT_TRUE(insert(1, "a"));
    const auto outcome = database().read([&](Connection& c) -> Status {
        const auto before = c.query("SELECT count(*) FROM item");
        EXPECT_TRUE(insert(2, "b"));
        const auto after = c.query("SELECT count(*) FROM item");
        EXPECT_EQ(before->front().integer(0), after->front().integer(0));
        return {};
    });
    EXPECT_TRUE(outcome);
    EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseContract, readers_cannot_write) {
    const auto outcome = database().read([](Connection& c) -> Status {
        const auto row = c.execute("INSERT INTO item (id) VALUES (1)");
        if (!row) return std::unexpected(row.error());
        return {};
    });
    EXPECT_FALSE(outcome);
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, a_read_ends_at_its_deadline) {
    const auto outcome = database().read(
        [](Connection& c) -> Status {
            const auto rows = c.query(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
                "SELECT count(*) FROM n");
            if (!rows) return std::unexpected(rows.error());
            return {};
        },
        std::chrono::milliseconds{50});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::timeout);
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, many_threads_read_and_write) {
    std::vector<std::jthread> threads;
    std::atomic<int> failed = 0;
    for (int thread = 0; thread < 8; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 20; ++i) {
                const auto id = thread * 1'000 + i;
                if (!insert(id, std::to_string(id)) || count() < 1) ++failed;
            }
        });
    threads.clear();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(count(), 160);
    EXPECT_TRUE(database().health());
}

}  // namespace

}  // namespace sallyport::tests
