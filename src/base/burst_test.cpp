#include "base/burst.hpp"

#include <gtest/gtest.h>

namespace sallyport::base {
namespace {

using namespace std::chrono_literals;

TEST(Burst, counts_the_last_ones_within_the_window) {
    Burst<3> burst;
    burst.add({0s});
    burst.add({5s});
    EXPECT_FALSE(burst.within(10s));
    burst.add({11s});
    EXPECT_FALSE(burst.within(10s));
    burst.add({15s});
    EXPECT_TRUE(burst.within(10s));
    burst.clear();
    EXPECT_FALSE(burst.within(10s));
}

}  // namespace
}  // namespace sallyport::base
