#include "controller/latency.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller {

using std::chrono::microseconds;

TEST(Latency, finds_quantiles_within_seven_percent) {
    Latency latency;
    for (int us = 1; us <= 1'000; ++us) latency.add(microseconds{us});
    EXPECT_EQ(latency.count(), 1'000U);
    EXPECT_EQ(latency.max_us(), 1'000U);
    EXPECT_NEAR(static_cast<double>(latency.quantile_us(0.5)), 500, 35);
    EXPECT_NEAR(static_cast<double>(latency.quantile_us(0.99)), 990, 70);
    EXPECT_EQ(latency.quantile_us(1), 1'000U);
}

TEST(Latency, every_value_falls_into_a_step_that_holds_it) {
    for (std::uint64_t us = 0; us < 100'000; us += 7) {
        Latency latency;
        latency.add(microseconds{us});
        ASSERT_EQ(latency.steps().size(), 1U);
        ASSERT_GE(latency.steps()[0].up_to_us, us);
        ASSERT_LE(latency.steps()[0].up_to_us, us + us / 14 + 1) << us;
    }
}

TEST(Latency, is_empty_at_first_and_takes_anything) {
    Latency latency;
    EXPECT_EQ(latency.quantile_us(0.99), 0U);
    latency.add(microseconds{-5});
    latency.add(std::chrono::hours{24 * 365});
    EXPECT_EQ(latency.count(), 2U);
    EXPECT_EQ(latency.steps()[0].up_to_us, 0U);
}

}  // namespace sallyport::controller
