#include "server/accounts/lockout.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr base::UtcTime now{1'774'745'990'000'000};

Failures fail(Failures known, int times, base::UtcTime at) {
    for (int i = 0; i < times; ++i) known = after_failure(known, at);
    return known;
}

TEST(Lockout, the_fifth_wrong_password_locks_for_ten_minutes) {
    EXPECT_FALSE(is_locked(fail({}, 4, now), now));
    const auto locked = fail({}, 5, now);
    EXPECT_TRUE(is_locked(locked, now + minutes{9}));
    EXPECT_FALSE(is_locked(locked, now + minutes{10}));
}

TEST(Lockout, each_lock_is_longer_up_to_a_day) {
    auto known = fail({}, 5, now);
    auto at = known.locked_until;
    known = fail(known, 5, at);
    EXPECT_EQ(known.locked_until - at, base::Duration(minutes{20}));
    for (int i = 0; i < 20; ++i) {
        at = known.locked_until;
        known = fail(known, 5, at);
        EXPECT_LE(known.locked_until - at, base::Duration(hours{24}));
    }
    EXPECT_EQ(known.locked_until - at, base::Duration(hours{24}));
}

TEST(Lockout, what_was_no_failure_is_taken_back_with_its_lock) {
    EXPECT_EQ(without_failure(fail({}, 3, now)).failures, 2);
    const auto locked = fail({}, 5, now);
    EXPECT_FALSE(is_locked(without_failure(locked), now));
    EXPECT_EQ(after_failure(without_failure(locked), now).locked_until, locked.locked_until);
    EXPECT_EQ(without_failure({}).failures, 0);
}

TEST(Lockout, forgets_after_two_quiet_days) {
    const auto known = fail({}, 4, now);
    EXPECT_FALSE(is_locked(after_failure(known, now + hours{49}), now + hours{49}));
}

TEST(Lockout, a_clock_set_back_does_not_lock_for_long) {
    const auto locked = fail({}, 5, now);
    EXPECT_FALSE(is_locked(locked, now + -hours{24 * 365}));
}

}  // namespace
}  // namespace sallyport::server
