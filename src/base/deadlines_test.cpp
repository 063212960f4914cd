#include "base/deadlines.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace sallyport::base {
namespace {

using namespace std::chrono_literals;

enum class Timer : std::uint8_t { tea, bread };

TEST(Deadlines, come_in_their_order_and_once) {
    Deadlines<Timer, 2> deadlines;
    EXPECT_FALSE(deadlines.next().has_value());
    deadlines.set(Timer::tea, {5s});
    deadlines.set(Timer::bread, {3s});
    EXPECT_EQ(deadlines.next(), Instant{3s});
    EXPECT_FALSE(deadlines.take({2s}).has_value());
    EXPECT_EQ(deadlines.take({9s})->timer, Timer::bread);
    EXPECT_EQ(deadlines.take({9s})->due, Instant{5s});
    EXPECT_FALSE(deadlines.take({9s}).has_value());
}

TEST(Deadlines, of_two_at_once_the_first_of_the_enumeration_comes_first) {
    Deadlines<Timer, 2> deadlines;
    deadlines.set(Timer::bread, {5s});
    deadlines.set(Timer::tea, {5s});
    EXPECT_EQ(deadlines.take({5s})->timer, Timer::tea);
    deadlines.clear(Timer::bread);
    EXPECT_FALSE(deadlines.running(Timer::bread));
}

}  // namespace
}  // namespace sallyport::base
