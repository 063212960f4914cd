#include "server/retention/clock_doubt.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using std::chrono::hours;

constexpr base::UtcTime begin{1'774'745'990'000'000};
constexpr base::Duration decade = hours{24 * 3'653};

struct Watched {
    ClockDoubt doubt{begin, begin};
    base::UtcTime now = begin;
    void run(base::Duration by, int times = 1) {
        for (int i = 0; i < times; ++i) doubt.look(now = now + by, by);
    }
    void jump(base::Duration by) { doubt.look(now = now + by, {}); }
};

TEST(ClockDoubt, a_clock_that_goes_on_is_believed_however_rarely_it_is_looked_at) {
    Watched clock;
    clock.run(hours{1}, 100);
    clock.run(hours{24 * 40});
    clock.jump(hours{47});
    EXPECT_FALSE(clock.doubt.doubted);
    EXPECT_EQ(clock.doubt.believed, clock.now);
}

TEST(ClockDoubt, one_that_jumps_is_doubted_until_it_is_back) {
    for (const auto by : {decade, -decade}) {
        Watched clock;
        clock.jump(by);
        clock.run(hours{1}, 71);
        EXPECT_TRUE(clock.doubt.doubted);
        EXPECT_EQ(clock.doubt.left(), hours{1});
        clock.jump(-by);
        EXPECT_FALSE(clock.doubt.doubted);
        clock.jump(by);
        EXPECT_EQ(clock.doubt.left(), hours{72}) << "from the beginning";
    }
}

TEST(ClockDoubt, a_month_without_power_is_believed_after_three_days_of_running) {
    Watched clock;
    clock.jump(hours{24 * 30});
    clock.run(hours{20}, 3);
    clock.jump(hours{4});  // off for the night
    EXPECT_TRUE(clock.doubt.doubted);
    clock.run(hours{12});
    EXPECT_FALSE(clock.doubt.doubted);
    EXPECT_EQ(clock.doubt.believed, clock.now);
}

TEST(ClockDoubt, another_jump_begins_the_wait_anew) {
    Watched clock;
    clock.jump(decade);
    clock.run(hours{70});
    clock.jump(decade);
    clock.run(hours{70});
    EXPECT_TRUE(clock.doubt.doubted);
}

TEST(ClockDoubt, what_is_stored_is_read_again) {
    Watched clock;
    clock.jump(decade);
    clock.run(hours{5});
    const auto read = clock_doubt_from(to_json(clock.doubt));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), to_json(clock.doubt));
    EXPECT_FALSE(clock_doubt_from({{"believed", 5}}));
}

}  // namespace
}  // namespace sallyport::server
