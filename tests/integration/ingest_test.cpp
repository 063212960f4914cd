// platform.md L1: every record arrives once, in order; gaps are proved and shown.
#include "server/ingest/ingest.hpp"

#include <gtest/gtest.h>

#include "integration/platform_database.hpp"

namespace sallyport::tests {

namespace {

core::StoredRecord record(std::uint64_t sequence, std::uint32_t generation = 1) {
    core::StoredRecord stored;
    stored.position = {generation, sequence};
    stored.record.kind = core::RecordKind::access;
    stored.record.at = {1'000'000 * static_cast<std::int64_t>(sequence)};
    stored.record.door = {1};
    stored.record.reader = {1};
    stored.record.direction = core::Direction::entry;
    stored.record.result = core::AccessResult::granted;
    stored.record.method = core::Method::card;
    stored.record.user_id = base::UserId::from("1001");
    stored.record.card = base::CardNumber{0x04A1B2C3};
    stored.record.trace.push_back({core::Rule::credential, core::RuleOutcome::passed, -1});
    return stored;
}

std::vector<core::StoredRecord> records(std::uint64_t first, std::uint64_t last,
                                        std::uint32_t generation = 1) {
    std::vector<core::StoredRecord> result;
    for (auto sequence = first; sequence <= last; ++sequence) result.push_back(record(sequence, generation));
    return result;
}

class Ingest : public ::testing::Test {
  protected:
    void SetUp() override { add_a_door_and_anna(database); }
    server::Ingested take(const std::vector<core::StoredRecord>& batch) {
        auto taken = ports::write_to(*database, [&](ports::Connection& c) {
            return server::ingest(c, database.ids(), 1, batch, database.clock().utc() + clock_ahead_);
        });
        EXPECT_TRUE(taken) << taken.error().message;
        return taken.value_or(server::Ingested{});
    }
    std::string stored() { return database.rows("SELECT generation, sequence FROM event ORDER BY id"); }
    std::string gaps() {
        return database.rows("SELECT generation, first_sequence, last_sequence FROM event_gap");
    }
    PlatformDatabase database;
    base::Duration clock_ahead_{0};
};

}  // namespace

TEST_F(Ingest, keeps_everything_that_the_record_says_and_knows_the_person_and_the_door) {
    take({record(1)});
    EXPECT_EQ(
        database.rows("SELECT device_id, door_id, reader, direction, generation, sequence, at, kind, result, "
                      "reason, method, "
                      "user_id, person_id, card, trace FROM event"),
        "1|2|1|entry|1|1|1000000|access|granted||card|1001|3|04A1B2C3|[[\"credential\",\"passed\",-1]]\n");
}

TEST_F(Ingest, a_card_without_a_user_id_is_named_by_its_owner) {
    auto lost = record(1);
    lost.record.user_id.reset();
    take({lost});
    EXPECT_EQ(database.rows("SELECT user_id, person_id FROM event"), "|3\n");
}

TEST_F(Ingest, what_comes_twice_is_stored_once) {
    EXPECT_EQ(take(records(1, 3)).event_ids.size(), 3U);
    const auto again = take(records(2, 5));
    EXPECT_EQ(again.event_ids.size(), 2U);
    EXPECT_EQ(again.cursor, (core::RecordPosition{1, 5}));
    EXPECT_EQ(take(records(1, 5)).event_ids.size(), 0U);
    EXPECT_EQ(stored(), "1|1\n1|2\n1|3\n1|4\n1|5\n");
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, a_batch_larger_than_a_statement_stays_in_order) {
    EXPECT_EQ(take(records(1, 250)).event_ids.size(), 250U);
    EXPECT_EQ(database.rows("SELECT count(*), min(sequence), max(sequence) FROM event"), "250|1|250\n");
    EXPECT_EQ(
        database.rows(
            "SELECT count(*) FROM event a JOIN event b ON b.sequence = a.sequence + 1 WHERE b.id <= a.id"),
        "0\n");
}

TEST_F(Ingest, a_gap_is_kept_and_shown) {
    take(records(1, 2));
    take(records(6, 7));
    EXPECT_EQ(gaps(), "1|3|5\n");
    take(records(8, 9));
    EXPECT_EQ(gaps(), "1|3|5\n");
}

TEST_F(Ingest, what_nobody_can_have_written_is_neither_taken_nor_a_gap) {
    take(records(1, 2));
    auto batch = records(3, 3);
    for (const auto& far : {record(std::uint64_t{1} << 40), record(5'000'000), record(1, UINT32_MAX)}) {
        batch.push_back(far);
        const auto taken = take(batch);
        ASSERT_TRUE(taken.refused);
        EXPECT_EQ(taken.refused->code, "records_leap");
        EXPECT_EQ(taken.cursor, (core::RecordPosition{1, 3})) << "what comes before it is taken";
        batch = {};
    }
    EXPECT_FALSE(take(records(4, 5)).refused);
    EXPECT_EQ(stored(), "1|1\n1|2\n1|3\n1|4\n1|5\n");
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, who_was_away_for_long_may_have_written_much) {
    take(records(1, 1));
    clock_ahead_ = std::chrono::hours{24};
    EXPECT_FALSE(take({record(50'000'000)}).refused);
    EXPECT_EQ(gaps(), "1|2|49999999\n");
}

TEST_F(Ingest, a_first_contact_is_believed_up_to_what_a_controller_writes_in_its_life) {
    EXPECT_TRUE(take({record(std::uint64_t{1} << 42)}).refused);
    EXPECT_EQ(stored(), "");
    EXPECT_FALSE(take({record(std::uint64_t{1} << 39)}).refused);
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, a_list_of_a_controller_in_clear_does_not_leap_either) {
    using enum server::Continuity;
    const auto refused = [&](server::Continuity continuity, const std::vector<core::StoredRecord>& batch) {
        const auto taken = ports::write_to(*database, [&](ports::Connection& c) {
            return server::ingest_list(c, database.ids(), 1, server::RecordList::access, continuity, batch,
                                       database.clock().utc());
        });
        return taken.value().refused.has_value();
    };
    EXPECT_FALSE(refused(whole, records(7, 8, 2)));
    EXPECT_TRUE(refused(broken, {record(std::uint64_t{1} << 40, 2)}));
    EXPECT_EQ(gaps(), "");
    EXPECT_FALSE(refused(broken, {record(3'000'000, 4)})) << "its numbers began anew";
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, a_new_generation_starts_again_without_a_gap) {
    take(records(1, 3));
    take(records(1, 2, 2));
    EXPECT_EQ(stored(), "1|1\n1|2\n1|3\n2|1\n2|2\n");
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, the_first_batch_of_a_controller_that_was_in_use_is_no_gap) {
    take(records(400, 401));
    EXPECT_EQ(gaps(), "");
}

TEST_F(Ingest, a_batch_is_all_or_nothing) {
    take(records(1, 1));
    auto taken = ports::write_to(*database, [&](ports::Connection& c) -> base::Result<bool> {
        auto some = server::ingest(c, database.ids(), 1, records(2, 150), database.clock().utc());
        EXPECT_TRUE(some);
        return base::fail(base::ErrorKind::internal, "stopped",
                          "The work failed after the rows were written.");
    });
    EXPECT_FALSE(taken);
    EXPECT_EQ(stored(), "1|1\n");
    EXPECT_EQ(database.rows("SELECT sequence FROM device_cursor"), "1\n");
}

}  // namespace sallyport::tests
