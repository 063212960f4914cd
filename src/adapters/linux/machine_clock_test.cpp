#include "adapters/linux/machine_clock.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace sallyport::adapters {
namespace {

constexpr base::UtcTime summer_2026{1'782'864'000'000'000};

TEST(MachineClock, tells_both_times) {
    const MachineClock clock;
    const auto first = clock.monotonic();
    EXPECT_LE(first, clock.monotonic());
    const auto system = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_LT(std::abs(clock.utc().microseconds - system.time_since_epoch().count()), 10'000'000);
}

TEST(MachineClock, trusts_only_a_clock_that_something_vouches_for) {
    using enum base::ClockTrust;
    EXPECT_EQ(judge({.utc = summer_2026}), not_set);
    EXPECT_EQ(judge({.utc = summer_2026, .hardware = ClockEvidence::Hardware::present}), set);
    EXPECT_EQ(judge({.utc = summer_2026, .synchronised = ClockEvidence::Synchronised::yes}), set);
    EXPECT_EQ(judge({.utc = summer_2026, .set_by_us = ClockEvidence::SetByUs::yes}), set);
}

TEST(MachineClock, never_trusts_a_year_before_the_program) {
    EXPECT_EQ(judge({.utc = {0},
                     .hardware = ClockEvidence::Hardware::present,
                     .synchronised = ClockEvidence::Synchronised::yes}),
              base::ClockTrust::not_set);
}

TEST(MachineClock, refuses_impossible_times_before_it_touches_the_machine) {
    MachineClock clock;
    for (const base::UtcTime at : {base::UtcTime{0}, base::beginning_of_time, base::end_of_time}) {
        const auto status = clock.set_utc(at);
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().kind, base::ErrorKind::invalid);
        EXPECT_EQ(status.error().code, "clock_range");
    }
}

}  // namespace
}  // namespace sallyport::adapters
