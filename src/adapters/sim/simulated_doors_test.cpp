#include "adapters/sim/simulated_doors.hpp"

#include <gtest/gtest.h>

#include "adapters/sim/simulated_clock.hpp"

namespace sallyport::adapters {
namespace {

using std::chrono::milliseconds;

struct StillClock final : ports::Clock {
    [[nodiscard]] base::Instant monotonic() const override { return {std::chrono::seconds{100}}; }
    [[nodiscard]] base::UtcTime utc() const override { return {1'790'000'000'000'000}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
};

struct Bench {
    StillClock machine;
    SimulatedClock clock{machine};
    SimulatedDoors doors;
    std::vector<core::StationEvent> events;
    base::Duration delay{};

    explicit Bench(const SimulatedDoorOptions& options = {}) : doors(clock, options) {
        doors.on_event = [this](const core::StationEvent& event, base::Instant since) {
            events.push_back(event);
            delay = clock.monotonic() - since;
        };
    }
    /// Fires every deadline in order; gives how long it took.
    base::Duration run() {
        const auto begin = clock.monotonic();
        while (const auto next = doors.next_deadline()) {
            clock.advance_to(*next);
            doors.handle_timeout(clock.monotonic());
        }
        return clock.monotonic() - begin;
    }
};

}  // namespace

TEST(SimulatedDoors, a_card_takes_the_time_of_its_pulses_and_of_the_silence_after_them) {
    Bench bench;
    ASSERT_TRUE(bench.doors.present({1}, 1, {0x4A1B2C3}, ports::FrameFault::none));
    const auto took = bench.run();
    ASSERT_EQ(bench.events.size(), 1U);
    const auto& read = std::get<core::CardRead>(bench.events[0]);
    EXPECT_EQ(read.card.text(), "04A1B2C3");
    EXPECT_EQ(took, milliseconds{33 + 3});
    EXPECT_EQ(bench.delay, base::Duration{});
}

TEST(SimulatedDoors, wrong_parity_is_a_bad_frame_and_never_a_card) {
    Bench bench;
    ASSERT_TRUE(bench.doors.present({1}, 1, {0x4A1B2C3}, ports::FrameFault::parity));
    bench.run();
    ASSERT_EQ(bench.events.size(), 1U);
    EXPECT_TRUE(std::get<core::BadFrame>(bench.events[0]).detail.starts_with("frame_parity_wrong "));
}

TEST(SimulatedDoors, each_door_has_readers_of_its_own) {
    Bench bench({.doors = 2, .readers_per_door = 2});
    ASSERT_TRUE(bench.doors.present({2}, 2, {1}, ports::FrameFault::none));
    ASSERT_TRUE(bench.doors.present({1}, 1, {2}, ports::FrameFault::none));
    EXPECT_EQ(bench.doors.present({1}, 1, {3}, ports::FrameFault::none).error().code, "reader_busy");
    bench.run();
    ASSERT_EQ(bench.events.size(), 2U);
    EXPECT_EQ(std::get<core::CardRead>(bench.events[0]).reader, base::ReaderNumber{1});
    EXPECT_EQ(std::get<core::CardRead>(bench.events[1]).reader, base::ReaderNumber{4});
}

TEST(SimulatedDoors, says_which_card_has_no_frame) {
    Bench bench;
    EXPECT_TRUE(bench.doors.present({1}, 1, {0x7'FFFF'FFFF}, ports::FrameFault::none));
    const auto refused = bench.doors.present({1}, 1, {0x8'0000'0000}, ports::FrameFault::none);
    EXPECT_EQ(refused.error().code, "card_too_long");
}

TEST(SimulatedDoors, an_input_that_is_set_twice_changes_once) {
    Bench bench;
    bench.doors.set_input({1}, core::Input::contact, core::Level::inactive);
    bench.doors.set_input({1}, core::Input::contact, core::Level::active);
    bench.doors.set_input({1}, core::Input::contact, core::Level::active);
    EXPECT_EQ(bench.events.size(), 1U);
}

TEST(SimulatedDoors, keeps_the_last_50_signals) {
    Bench bench;
    for (int i = 0; i < 60; ++i) bench.doors.show_signal({1}, core::Signal::denied);
    EXPECT_EQ(bench.doors.shown({1}).signals.size(), 50U);
    EXPECT_EQ(bench.doors.shown({1}).signals.front().sequence, 11U);
}

TEST(SimulatedClock, setting_the_civil_time_leaves_the_monotonic_one_alone) {
    StillClock machine;
    SimulatedClock clock(machine);
    clock.advance_to(machine.monotonic() + milliseconds{30'000});
    EXPECT_EQ(clock.utc() - machine.utc(), milliseconds{30'000});
    clock.lose_civil_time();
    EXPECT_EQ(clock.trust(), base::ClockTrust::not_set);
    ASSERT_TRUE(clock.set_utc({5}));
    EXPECT_EQ(clock.utc(), base::UtcTime{5});
    EXPECT_EQ(clock.trust(), base::ClockTrust::set);
    EXPECT_EQ(clock.monotonic() - machine.monotonic(), milliseconds{30'000});
}

}  // namespace sallyport::adapters
