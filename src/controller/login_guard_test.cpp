#include "controller/login_guard.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller {
namespace {

base::Instant minute(int count) {
    return {std::chrono::minutes{count}};
}

}  // namespace

TEST(LoginGuard, five_wrong_passwords_lock_an_account_for_five_minutes) {
    LoginGuard guard;
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(guard.check_account("admin", minute(1)));
        guard.failed("admin", "10.0.0.1", minute(1));
    }
    const auto refused = guard.check_account("admin", minute(5));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "locked_out");
    EXPECT_EQ(refused.error().message, "Too many wrong passwords: wait 60 seconds.");
    EXPECT_TRUE(guard.check_account("guard", minute(5)));
    EXPECT_TRUE(guard.check_account("admin", minute(6)));
}

TEST(LoginGuard, ten_from_one_address_lock_the_address_whatever_the_account) {
    LoginGuard guard;
    for (int i = 0; i < 10; ++i) guard.failed("user" + std::to_string(i), "10.0.0.1", minute(1));
    EXPECT_FALSE(guard.check_address("10.0.0.1", minute(2)));
    EXPECT_TRUE(guard.check_address("10.0.0.2", minute(2)));
    EXPECT_TRUE(guard.check_account("user1", minute(2)));
}

TEST(LoginGuard, forgets_old_failures_and_those_before_a_success) {
    LoginGuard guard;
    for (int i = 0; i < 4; ++i) guard.failed("admin", "a", minute(0));
    guard.failed("admin", "a", minute(11));
    EXPECT_TRUE(guard.check_account("admin", minute(11)));
    guard.succeeded("admin", "a");
    for (int i = 0; i < 4; ++i) guard.failed("admin", "a", minute(12));
    EXPECT_TRUE(guard.check_account("admin", minute(12)));
}

TEST(LoginGuard, does_not_grow_without_end) {
    LoginGuard guard;
    for (int i = 0; i < 5'000; ++i) guard.failed("user" + std::to_string(i), std::to_string(i), minute(1));
    for (int i = 0; i < 5; ++i) guard.failed("admin", "last", minute(1));
    EXPECT_FALSE(guard.check_account("admin", minute(2)));
}

}  // namespace sallyport::controller
