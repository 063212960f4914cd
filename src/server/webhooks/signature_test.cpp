#include "server/webhooks/signature.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using std::chrono::milliseconds;

TEST(WebhookSignature, is_that_of_the_standard) {
    // The example of the reference implementation (standard-webhooks, spec and libraries).
    const base::Secret secret(std::string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    EXPECT_EQ(
        webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_EQ(webhook_signature(base::Secret(std::string("whsec_***")), "a", 1, "b"), "");
    EXPECT_EQ(webhook_signature(base::Secret(std::string("other")), "a", 1, "b"), "");
}

TEST(WebhookDelay, doubles_up_to_an_hour_and_is_never_the_same_for_all) {
    EXPECT_EQ(webhook_delay(1, 0), milliseconds{5'000});
    EXPECT_EQ(webhook_delay(2, 0), milliseconds{10'000});
    EXPECT_EQ(webhook_delay(1, 1), milliseconds{3'750});
    EXPECT_EQ(webhook_delay(11, 0), milliseconds{3'600'000});
    EXPECT_EQ(webhook_delay(1'000'000, 0), milliseconds{3'600'000});
}

}  // namespace
}  // namespace sallyport::server
