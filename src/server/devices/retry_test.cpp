#include "server/devices/retry.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;

TEST(Retry, controllers_that_were_lost_together_do_not_come_back_in_step) {
    std::minstd_rand one(1);
    std::minstd_rand other(2);
    int in_step = 0;
    for (int failures = 0; failures < 20; ++failures) {
        const auto usual = std::min(500ms * (1 << std::min(failures, 10)), 8'000ms);
        const auto first = pause_before_retry(OfflineReason::unreachable, failures, one);
        const auto second = pause_before_retry(OfflineReason::unreachable, failures, other);
        for (const auto pause : {first, second}) {
            EXPECT_GE(pause, usual * 3 / 4) << failures;
            EXPECT_LE(pause, usual * 5 / 4) << failures;
        }
        if (first == second) ++in_step;
    }
    EXPECT_LT(in_step, 4);
}

TEST(Retry, what_would_lock_the_account_or_help_nobody_is_slow) {
    std::minstd_rand random(1);
    EXPECT_GE(pause_before_retry(OfflineReason::wrong_password, 0, random), 45s);
    EXPECT_GE(pause_before_retry(OfflineReason::locked_out, 0, random), 45s);
    EXPECT_GE(pause_before_retry(OfflineReason::certificate_changed, 0, random), 22s);
    EXPECT_GE(pause_before_retry(OfflineReason::records_leap, 0, random), 22s);
    EXPECT_LE(pause_before_retry(OfflineReason::not_registered, 9, random), 125ms);
}

}  // namespace
}  // namespace sallyport::server
