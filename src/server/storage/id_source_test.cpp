#include "server/storage/id_source.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

class Calendar final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return {}; }
    [[nodiscard]] base::UtcTime utc() const override { return {years_ * 31'557'600'000'000}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
    void set_year(std::int64_t year) { years_ = year - 1970; }

  private:
    std::int64_t years_ = 2026 - 1970;
};

TEST(IdSource, ids_grow_and_stay_positive_whatever_year_the_clock_says) {
    Calendar clock;
    IdSource ids(clock, 1'023);
    Id before = 0;
    for (const std::int64_t year : {2026, 2100, 2166, 9999, 2026, 1970, 2093, 2095, 2030}) {
        clock.set_year(year);
        for (int i = 0; i < 10'000; ++i) {
            const auto id = ids.next();
            ASSERT_GT(id, before) << year;
            before = id;
        }
    }
}

TEST(IdSource, one_clock_that_was_far_ahead_leaves_room_after_it) {
    Calendar clock;
    clock.set_year(2093);
    IdSource ids(clock, 0);
    const auto last = ids.next();
    IdSource after_a_restart(clock, 0);
    ASSERT_TRUE(after_a_restart.start_after(last));
    clock.set_year(2100);
    EXPECT_GT(after_a_restart.next(), last);
}

TEST(IdSource, where_no_id_is_left_it_says_so) {
    Calendar clock;
    IdSource ids(clock, 0);
    const auto started = ids.start_after(INT64_MAX - 5);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, "ids_used_up");
}

}  // namespace
}  // namespace sallyport::server
