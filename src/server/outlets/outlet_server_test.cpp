#include "server/outlets/outlet_server.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using std::chrono::milliseconds;

TEST(Outlets, pauses_grow_up_to_the_longest_and_scatter) {
    const auto within = [](milliseconds pause, milliseconds whole) {
        return pause * 2 >= whole && pause <= whole;
    };
    std::set<milliseconds> seen;
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(within(outlet_pause(1), milliseconds{1'000}));
        EXPECT_TRUE(within(outlet_pause(4), milliseconds{8'000}));
        EXPECT_TRUE(within(outlet_pause(1'000'000), milliseconds{60'000}));
        EXPECT_TRUE(within(outlet_pause(9, milliseconds{200'000}), milliseconds{200'000}));
        seen.insert(outlet_pause(4));
    }
    EXPECT_GT(seen.size(), 10U);
}

TEST(Outlets, are_told_with_the_fingerprints_of_what_they_believe) {
    constexpr std::string_view authority =
        "-----BEGIN CERTIFICATE-----\n"
        "MIIBBDCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARkb29yMB4XDTI2MDEw\n"
        "MTAwMDAwMFoXDTMxMDIwMzA0MDUwNlowDzENMAsGA1UEAwwEZG9vcjBZMBMGByqG\n"
        "SM49AgEGCCqGSM49AwEHA0IABBUq5Kg/KGb95bwPLx+PPinV0AyNQqkQvsWUrcr0\n"
        "GkAjDc4RJg9YpJu/EG9pu9I3bcgBt1RUJNdf02pgq8crzY4wCgYIKoZIzj0EAwID\n"
        "RwAwRAIgbK3msiDW4phne/zjl0Z/R9Thp+f4/vWgsRAedj43f08CIAN7kfx6Gn5A\n"
        "aI7lgd4b1JoZcOPCsrAV6NFHc1Z2qR0k\n"
        "-----END CERTIFICATE-----\n";
    EXPECT_EQ(audited_outlet({{"host", "broker"}, {"certificate", authority}, {"revision", 7}}),
              (boost::json::object{{"host", "broker"},
                                   {"certificate",
                                    {"05:1E:4D:75:58:EB:0E:BE:8F:6C:64:91:FC:27:74:0A:49:37:44:6A:8A:FB:00:"
                                     "EE:1F:6D:56:D4:2C:E3:E8:D5"}}}));
}

}  // namespace
}  // namespace sallyport::server
