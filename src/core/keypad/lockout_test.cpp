#include "core/keypad/lockout.hpp"

#include <gtest/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

void guess(Lockout& lockout, base::Instant at, int times) {
    for (int i = 0; i < times; ++i) lockout.wrong(at);
}

TEST(Lockout, K14_five_wrong_codes_within_a_minute_lock_for_a_minute) {
    Lockout lockout;
    guess(lockout, {10s}, 4);
    EXPECT_EQ(lockout.state({10s}), KeypadLock::open);
    lockout.wrong({70s});
    EXPECT_EQ(lockout.state({70s}), KeypadLock::locked);
    EXPECT_EQ(lockout.state({129'999ms}), KeypadLock::locked);
    EXPECT_EQ(lockout.state({130s}), KeypadLock::open);
}

TEST(Lockout, K14_five_in_more_than_a_minute_do_not) {
    Lockout lockout;
    for (const auto at : {10s, 26s, 42s, 58s, 74s, 90s}) lockout.wrong({at});
    EXPECT_EQ(lockout.state({90s}), KeypadLock::open);
}

TEST(Lockout, K14_each_lock_is_twice_as_long_up_to_half_an_hour) {
    Lockout lockout;
    base::Instant now{1h};
    for (const auto lasts : {1min, 2min, 4min, 8min, 16min, 30min, 30min}) {
        guess(lockout, now, 5);
        EXPECT_EQ(lockout.state(now + lasts - 1s), KeypadLock::locked);
        now = now + lasts;
        EXPECT_EQ(lockout.state(now), KeypadLock::open);
    }
}

TEST(Lockout, is_short_again_half_an_hour_after_the_last_lock) {
    Lockout lockout;
    guess(lockout, {0s}, 5);
    guess(lockout, {1min}, 5);
    EXPECT_EQ(lockout.state({2min}), KeypadLock::locked);
    guess(lockout, {33min}, 5);
    EXPECT_EQ(lockout.state({33min + 59s}), KeypadLock::locked);
    EXPECT_EQ(lockout.state({34min}), KeypadLock::open);
}

}  // namespace
}  // namespace sallyport::core
