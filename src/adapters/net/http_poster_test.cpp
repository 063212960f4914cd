#include "adapters/net/http_poster.hpp"

#include <gtest/gtest.h>

namespace sallyport::adapters {

TEST(HttpPoster, sends_by_itself_to_no_address_that_only_this_machine_reaches) {
    for (const auto* here :
         {"127.0.0.1", "::1", "0.0.0.0", "::", "0.1.2.3", "169.254.169.254", "fe80::1", "224.0.0.1",
          "ff02::1", "255.255.255.255", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
          "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "no address"})
        EXPECT_FALSE(is_elsewhere(here)) << here;
    for (const auto* anywhere : {"64:ff9b:1::7f00:1", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1::c633:6407"})
        EXPECT_FALSE(is_elsewhere(anywhere)) << anywhere;
    for (const auto* elsewhere :
         {"10.0.0.6", "192.168.1.2", "198.51.100.7", "fd00::7", "2001:db8::7", "::ffff:198.51.100.7",
          "64:ff9b::c633:6407", "2002:c633:6407::1", "64:ff9b:2::7f00:1"})
        EXPECT_TRUE(is_elsewhere(elsewhere)) << elsewhere;
}

}  // namespace sallyport::adapters
