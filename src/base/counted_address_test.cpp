#include "base/counted_address.hpp"

#include <gtest/gtest.h>

namespace sallyport::base {

TEST(CountedAddress, is_the_64_of_ipv6) {
    EXPECT_EQ(counted_address("2001:db8:1:2:a:b:c:d"), "2001:db8:1:2::/64");
    EXPECT_EQ(counted_address("2001:0DB8:1:2::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(counted_address("2001:db8:1:3::1"), "2001:db8:1:3::/64");
    EXPECT_EQ(counted_address("fe80::1%eth0"), "fe80::/64");
}

TEST(CountedAddress, is_the_address_of_ipv4_however_it_came) {
    EXPECT_EQ(counted_address("10.0.0.7"), "10.0.0.7");
    EXPECT_EQ(counted_address("::ffff:10.0.0.7"), "10.0.0.7");
}

TEST(CountedAddress, is_itself_where_there_is_no_network_of_one) {
    EXPECT_EQ(counted_address("::1"), "::1");
    EXPECT_EQ(counted_address("gate-7"), "gate-7");
    EXPECT_EQ(counted_address(""), "");
}

}  // namespace sallyport::base
