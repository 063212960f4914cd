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

}  // namespace
}  // namespace sallyport::server
