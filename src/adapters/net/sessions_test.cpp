#include "adapters/net/sessions.hpp"

#include <gtest/gtest.h>

namespace sallyport::adapters {

TEST(Sessions, count_a_network_of_ipv6_as_one_address) {
    const auto sessions = std::make_shared<Sessions>();
    const auto seats = {sessions->enter({}, "2001:db8:1:2::1"), sessions->enter({}, "2001:db8:1:2::2"),
                        sessions->enter({}, "::ffff:10.0.0.7")};
    EXPECT_FALSE(sessions->has_room("2001:db8:1:2::3", 10, 2));
    EXPECT_TRUE(sessions->has_room("2001:db8:1:3::3", 10, 2));
    EXPECT_FALSE(sessions->has_room("10.0.0.7", 10, 1));
    EXPECT_FALSE(sessions->has_room("10.0.0.8", seats.size(), 1));
}

}  // namespace sallyport::adapters
