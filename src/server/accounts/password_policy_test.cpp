#include "server/accounts/password_policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> codes(const char* password) {
    std::vector<std::string> found;
    for (const auto& error : broken_rules(base::Secret(password), "admin")) found.push_back(error.code);
    return found;
}

TEST(PasswordPolicy, takes_good_ones) {
    EXPECT_THAT(codes("correct-horse-7"), IsEmpty());
    EXPECT_THAT(codes("Ünïcödé-ok-4"), IsEmpty());
    EXPECT_THAT(codes("a,b-c+d.e8"), IsEmpty());
}

TEST(PasswordPolicy, names_each_broken_rule) {
    EXPECT_THAT(codes("a1-b2-c"), ElementsAre("policy_short"));
    EXPECT_THAT(codes("correcthorse"), ElementsAre("policy_kinds"));
    EXPECT_THAT(codes("my-Admin-77"), ElementsAre("policy_account"));
    EXPECT_THAT(codes("my-nimda-77"), ElementsAre("policy_account"));
    EXPECT_THAT(codes("horse-123-x"), ElementsAre("policy_run"));
    EXPECT_THAT(codes("horse-cBa-x"), ElementsAre("policy_run"));
    EXPECT_THAT(codes("horse-111-x"), ElementsAre("policy_repeat"));
    EXPECT_THAT(codes("P@ssw0rd"), ElementsAre("policy_common"));
    EXPECT_THAT(codes("111"), ElementsAre("policy_short", "policy_kinds", "policy_repeat"));
}

}  // namespace
}  // namespace sallyport::server
