#include "server/accounts/password_policy.hpp"

#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

// The page's own rules are held against the same table, in web/src/features/entry/password_rules.test.ts.
TEST(PasswordPolicy, says_of_each_password_what_the_form_says) {
    std::ostringstream text;
    text << std::ifstream("tests/contract/passwords.json").rdbuf();
    const auto table = boost::json::parse(text.str()).as_object();
    ASSERT_GT(table.size(), 20U);
    for (const auto& [password, broken] : table) {
        std::vector<std::string> expected;
        for (const auto& rule : broken.as_array())
            expected.push_back("policy_" + boost::json::value_to<std::string>(rule));
        std::vector<std::string> found;
        for (const auto& error : broken_rules(base::Secret(password), "admin")) found.push_back(error.code);
        EXPECT_EQ(found, expected) << password;
    }
}

}  // namespace
}  // namespace sallyport::server
