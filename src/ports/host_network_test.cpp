#include "ports/host_network.hpp"

#include <gtest/gtest.h>

namespace sallyport::ports {

TEST(NetworkAddress, is_what_one_machine_can_have) {
    EXPECT_TRUE(check({"192.168.0.2", "255.255.255.0", "", ""}));
    EXPECT_TRUE(check({"10.1.2.3", "255.255.252.0", "10.1.0.1", "02:00:5e:00:00:01"}));
}

TEST(NetworkAddress, is_refused_with_the_field_that_is_wrong) {
    const NetworkAddress right{"10.1.2.3", "255.255.252.0", "10.1.0.1", "02:00:5e:00:00:01"};
    const auto message = [&](std::string NetworkAddress::* field, const char* text) {
        auto wanted = right;
        wanted.*field = text;
        const auto status = check(wanted);
        return status ? std::string() : status.error().message.substr(0, status.error().message.find(' '));
    };
    for (const auto* text : {"", "10.1.2", "10.1.2.3.4", "10.1.2.256", "10.1.2.3 ", "127.0.0.1", "224.0.0.1",
                             "0.1.2.3", "10.1.0.0", "10.1.3.255", "door-7", "10.1.0.1"})
        EXPECT_FALSE(message(&NetworkAddress::address, text).empty()) << text;
    for (const auto* text : {"", "255.0.255.0", "0.0.0.0", "255.255.255.255", "255.255.255.254", "24"})
        EXPECT_EQ(message(&NetworkAddress::subnet_mask, text), "SubnetMask") << text;
    for (const auto* text : {"10.1.4.1", "10.1.2.3", "gate"})
        EXPECT_EQ(message(&NetworkAddress::default_gateway, text), "DefaultGateway") << text;
    for (const auto* text : {"01:00:5e:00:00:01", "00:00:00:00:00:00", "02:00:5e:00:00", "02-00-5e-00-00-01",
                             "0g:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff"})
        EXPECT_EQ(message(&NetworkAddress::gateway_mac, text), "GatewayMac") << text;
    EXPECT_EQ(message(&NetworkAddress::default_gateway, ""), "GatewayMac");
}

}  // namespace sallyport::ports
