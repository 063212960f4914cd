#include "server/devices/search_range.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {

namespace {
std::vector<std::string> targets(std::string_view range) {
    std::vector<std::string> result;
    auto parsed = parse_search_range(range, 37810);
    if (!parsed) return {parsed.error().code};
    for (const auto& target : *parsed) result.push_back(target.address + ":" + std::to_string(target.port));
    return result;
}
}  // namespace

TEST(SearchRange, one_address_asks_the_default_port) {
    EXPECT_EQ(targets("192.168.1.20"), std::vector<std::string>{"192.168.1.20:37810"});
}

TEST(SearchRange, a_network_leaves_out_its_own_and_the_broadcast_address) {
    EXPECT_EQ(targets("10.0.0.7/30"), (std::vector<std::string>{"10.0.0.5:37810", "10.0.0.6:37810"}));
    EXPECT_EQ(targets("10.0.0.7/32"), std::vector<std::string>{"10.0.0.7:37810"});
    EXPECT_EQ(targets("192.168.1.0/24").size(), 254U);
}

TEST(SearchRange, spans_of_addresses_and_ports) {
    EXPECT_EQ(targets("10.0.0.255-10.0.1.1").size(), 3U);
    EXPECT_EQ(targets("127.0.0.1:37000-37001"),
              (std::vector<std::string>{"127.0.0.1:37000", "127.0.0.1:37001"}));
    EXPECT_EQ(targets("255.255.255.255").size(), 1U);
}

TEST(SearchRange, refuses_nonsense_and_what_is_too_large) {
    for (auto wrong : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/33", "1.2.3.4:0", "1.2.3.4:70000",
                       "2.0.0.0-1.0.0.0", "1.2.3.4:9-8", "fe80::1", "1.2.3.4/", "-"}) {
        EXPECT_EQ(targets(wrong), std::vector<std::string>{"range_invalid"}) << wrong;
    }
    EXPECT_EQ(targets("10.0.0.0/8"), std::vector<std::string>{"range_too_large"});
}

}  // namespace sallyport::server
