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

TEST(MachineClock, reports_what_the_kernel_says_of_network_time) {
    using enum base::NetworkTime::State;
    const MachineClock clock({.network_time = [] {
        return base::NetworkTime{synchronised, base::Duration{-120}, base::Duration{1'500}};
    }});
    EXPECT_EQ(clock.network_time().offset, base::Duration{-120});
    const auto real = network_time_of_the_kernel();
    EXPECT_LT(std::chrono::abs(real.offset), std::chrono::seconds{10});
    EXPECT_GE(real.max_error, base::Duration{});
}

TEST(MachineClock, goes_on_trusting_a_clock_that_network_time_has_set_once) {
    static bool heard = false;
    const auto ask = [] { return base::NetworkTime{static_cast<base::NetworkTime::State>(heard), {}, {}}; };
    const MachineClock clock({.network_time = ask, .stamp = "/nowhere"});
    EXPECT_EQ(clock.trust(), base::ClockTrust::not_set);
    heard = true;
    EXPECT_EQ(clock.trust(), base::ClockTrust::set);
    heard = false;
    EXPECT_EQ(clock.trust(), base::ClockTrust::set);
    const MachineClock later({.network_time = ask, .stamp = "/nowhere"});
    EXPECT_EQ(later.trust(), base::ClockTrust::not_set);
    const MachineClock stamped({.network_time = ask, .stamp = "/proc/self/status"});
    EXPECT_EQ(stamped.trust(), base::ClockTrust::set);
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
