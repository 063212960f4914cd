#include "adapters/net/networks.hpp"

#include <gtest/gtest.h>

namespace sallyport::adapters {

TEST(Networks, admit_what_is_in_one_of_them) {
    const auto admits = admission_of({"192.168.0.0/16", "10.1.2.3", "fd00::/8"}).value();
    for (const auto* address :
         {"192.168.0.1", "192.168.255.255", "10.1.2.3", "fd12::1", "::ffff:192.168.3.4"})
        EXPECT_TRUE(admits(address)) << address;
    for (const auto* address :
         {"192.169.0.1", "10.1.2.4", "127.0.0.1", "fe80::1", "::ffff:10.1.2.4", "", "x"})
        EXPECT_FALSE(admits(address)) << address;
}

TEST(Networks, none_admits_everybody_and_a_wrong_one_is_named) {
    EXPECT_FALSE(admission_of({}).value()) << "no function, nobody is asked";
    EXPECT_TRUE(admission_of({"0.0.0.0/0"}).value()("8.8.8.8"));
    for (const auto* text : {"192.168.0.0/33", "192.168", "here", "fd00::/129", "", "1.2.3.4/"}) {
        const auto refused = admission_of({text});
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, "invalid_network");
    }
}

}  // namespace sallyport::adapters
