// The store's thread between a loop and a store that can fail.
#include "controller/store_thread.hpp"

#include <atomic>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/memory/controller_store.hpp"

namespace sallyport::tests {
namespace {

const base::Error full{base::ErrorKind::storage, "storage", "The disk is full."};

struct Bench {
    boost::asio::io_context loop{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open{loop.get_executor()};
    adapters::MemoryControllerStore memory;
    controller::StoreThread store;
    std::vector<bool> health;

    explicit Bench(const controller::StoreThreadLimits& limits = {}) : store(memory, loop, limits) {
        store.on_health = [this](const base::Status& status) { health.push_back(status.has_value()); };
    }
    template <class Holds>
    void run_until(Holds holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!holds()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing came for 10 s";
            loop.run_one_for(std::chrono::milliseconds{100});
        }
    }
};

ports::StoreWrite one_record(std::string detail = {}) {
    ports::StoreWrite write;
    write.records.emplace_back().detail = std::move(detail);
    return write;
}

}  // namespace

TEST(StoreThread, answers_in_order_with_the_records_of_each_write) {
    Bench bench;
    std::vector<std::uint64_t> given;
    std::size_t told = 0;
    bench.store.on_stored = [&told](const controller::Records& records) { told += records.size(); };
    for (int i = 0; i < 100; ++i) {
        bench.store.keep(one_record(), [&given](const base::Result<controller::Records>& stored) {
            ASSERT_EQ(stored->size(), 1U);
            given.push_back(stored->front().position.sequence);
        });
    }
    EXPECT_FALSE(bench.store.idle());
    bench.run_until([&] { return bench.store.idle(); });
    ASSERT_EQ(given.size(), 100U);
    for (std::size_t i = 0; i < given.size(); ++i) EXPECT_EQ(given[i], i + 1);
    EXPECT_EQ(told, 100U);
}

TEST(StoreThread, a_failing_disk_keeps_facts_waiting_refuses_requests_and_still_reads) {
    Bench bench(
        {.waiting_facts = 100, .waiting_requests = 10, .group = 10, .retry = std::chrono::milliseconds{5}});
    bench.memory.fail_with(full);
    int kept = 0;
    for (int i = 0; i < 30; ++i) bench.store.keep(one_record(), [&kept](const auto&) { ++kept; });
    std::optional<base::Error> refused;
    bench.store.change(one_record(), [&refused](const auto& stored) { refused = stored.error(); });
    bool read = false;
    bench.store.read_after({1, 0}, 10, [&read](const auto& records) { read = records.has_value(); });
    bench.run_until([&] { return refused && read && bench.store.idle(); });
    EXPECT_EQ(refused->kind, base::ErrorKind::storage);
    EXPECT_EQ(kept, 0);
    EXPECT_EQ(bench.health, std::vector<bool>{false});
    bench.memory.fail_with(std::nullopt);
    bench.run_until([&] { return kept == 30; });
    EXPECT_EQ(bench.memory.load()->last.sequence, 30U);
    EXPECT_EQ(bench.health, (std::vector<bool>{false, true}));
}

TEST(StoreThread, says_how_many_records_did_not_fit_while_the_disk_failed) {
    Bench bench(
        {.waiting_facts = 5, .waiting_requests = 2, .group = 10, .retry = std::chrono::milliseconds{5}});
    bench.memory.fail_with(full);
    for (int i = 0; i < 8; ++i) bench.store.keep(one_record());
    bench.run_until([&] { return !bench.health.empty(); });
    bench.memory.fail_with(std::nullopt);
    bench.run_until([&] { return bench.memory.load()->last.sequence == 6; });
    const auto last = bench.memory.read_after({1, 5}, 1)->front().record;
    EXPECT_EQ(last.kind, core::RecordKind::records_overwritten);
    EXPECT_EQ(last.detail, "lost_while_disk_failed count=3");
}

TEST(StoreThread, a_fact_that_does_not_fit_is_answered_all_the_same) {
    Bench bench(
        {.waiting_facts = 1, .waiting_requests = 2, .group = 10, .retry = std::chrono::milliseconds{5}});
    bench.memory.fail_with(full);
    bench.store.keep(one_record());
    std::optional<base::Error> refused;
    bench.store.keep(one_record(), [&refused](const auto& stored) { refused = stored.error(); });
    bench.run_until([&] { return refused && bench.store.idle(); });
    EXPECT_EQ(refused->kind, base::ErrorKind::storage);
}

TEST(StoreThread, too_many_requests_are_refused_at_once) {
    Bench bench(
        {.waiting_facts = 5, .waiting_requests = 2, .group = 10, .retry = std::chrono::milliseconds{5}});
    std::vector<std::string> codes;
    for (int i = 0; i < 3; ++i) {
        bench.store.change(one_record(), [&codes](const base::Result<controller::Records>& stored) {
            codes.push_back(stored ? "stored" : stored.error().code);
        });
    }
    EXPECT_EQ(codes, std::vector<std::string>{"busy"});
    bench.run_until([&] { return codes.size() == 3; });
    EXPECT_EQ(bench.memory.load()->last.sequence, 2U);
}

/// Neither stores nor refuses until it is let go.
class SilentStore final : public ports::ControllerStore {
  public:
    base::Result<ports::ControllerImage> load() override { return memory_.load(); }
    base::Result<std::vector<core::StoredRecord>> commit(std::span<const ports::StoreWrite> writes) override {
        answers_.wait(false);
        return memory_.commit(writes);
    }
    base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition after,
                                                             std::size_t limit) override {
        return memory_.read_after(after, limit);
    }
    base::Result<ports::FoundRecords> search(const ports::RecordSearch& wanted) override {
        return memory_.search(wanted);
    }
    base::Status acknowledge(const ports::Cursor& cursor) override { return memory_.acknowledge(cursor); }
    void answer() {
        answers_ = true;
        answers_.notify_all();
    }

  private:
    adapters::MemoryControllerStore memory_;
    std::atomic<bool> answers_{false};
};

TEST(StoreThread, a_disk_that_does_not_answer_counts_as_failing_until_it_does) {
    boost::asio::io_context loop{1};
    const auto open = boost::asio::make_work_guard(loop);
    SilentStore silent;
    controller::StoreThread store(silent, loop, {.silent = std::chrono::milliseconds{20}});
    std::vector<std::string> health;
    store.on_health = [&](const base::Status& status) {
        health.push_back(status ? "well" : status.error().code);
        silent.answer();
    };
    bool stored = false;
    store.keep(one_record(), [&stored](const auto& records) { stored = records.has_value(); });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (health.size() < 2 && std::chrono::steady_clock::now() < deadline)
        loop.run_one_for(std::chrono::milliseconds{100});
    EXPECT_TRUE(stored);
    EXPECT_EQ(health, (std::vector<std::string>{"storage_silent", "well"}));
}

TEST(StoreThread, stores_what_waits_before_it_ends) {
    for (const auto runs : {controller::StoreRuns::on_its_thread, controller::StoreRuns::on_the_loop}) {
        adapters::MemoryControllerStore memory;
        boost::asio::io_context loop{1};
        {
            controller::StoreThread store(memory, loop, {.runs = runs});
            for (int i = 0; i < 500; ++i) store.keep(one_record());
        }
        EXPECT_EQ(memory.load()->last.sequence, 500U);
    }
}

TEST(StoreThread, on_the_loop_it_answers_later_in_order_and_tries_a_failing_disk_again) {
    Bench bench({.runs = controller::StoreRuns::on_the_loop, .retry = std::chrono::milliseconds{5}});
    bench.memory.fail_with(full);
    std::vector<std::uint64_t> given;
    for (int i = 0; i < 30; ++i) {
        bench.store.keep(one_record(), [&given](const base::Result<controller::Records>& stored) {
            given.push_back(stored->front().position.sequence);
        });
    }
    std::optional<base::Error> refused;
    bench.store.change(one_record(), [&refused](const auto& stored) { refused = stored.error(); });
    EXPECT_FALSE(refused) << "nobody is called back from inside his call";
    bench.run_until([&] { return refused && !bench.health.empty(); });
    EXPECT_TRUE(given.empty());
    bench.memory.fail_with(std::nullopt);
    bench.run_until([&] { return given.size() == 30 && bench.health.size() == 2; });
    for (std::size_t i = 0; i < given.size(); ++i) EXPECT_EQ(given[i], i + 1);
    EXPECT_EQ(bench.health, (std::vector<bool>{false, true}));
}

}  // namespace sallyport::tests
