#include "server/issue/holiday_dates.hpp"

#include <gtest/gtest.h>

#include "codec/dhip/time_text.hpp"

namespace sallyport::server {
namespace {

using codec::dhip::date_text;
using codec::dhip::parse_date;

core::Holiday::Range range(std::string_view first, std::string_view last) {
    return {*parse_date(first), *parse_date(last)};
}
const auto in_2026 = *codec::dhip::parse_utc("2026-11-26T12:00:00Z");

std::string text(const core::Holiday::Range& one) {
    return date_text(one.first) + ".." + date_text(one.last);
}

TEST(HolidayDates, one_that_does_not_repeat_is_its_range) {
    const auto dates = holiday_dates(range("2026-12-24", "2027-01-02"), Repeats::never, in_2026);
    ASSERT_EQ(dates.size(), 1U);
    EXPECT_EQ(text(dates[0]), "2026-12-24..2027-01-02");
}

TEST(HolidayDates, a_yearly_one_covers_last_year_and_as_many_as_a_controller_takes) {
    const auto dates = holiday_dates(range("2020-12-24", "2021-01-02"), Repeats::yearly, in_2026);
    ASSERT_EQ(dates.size(), core::CalendarLimits{}.ranges_per_holiday);
    EXPECT_EQ(text(dates.front()), "2025-12-24..2026-01-02");
    EXPECT_EQ(text(dates.back()), "2040-12-24..2041-01-02");
    EXPECT_TRUE(core::check({{}, {{dates, {}}}}));
}

TEST(HolidayDates, the_29th_of_february_is_the_28th_where_there_is_none) {
    const auto dates = holiday_dates(range("2028-02-29", "2028-02-29"), Repeats::yearly, in_2026);
    EXPECT_EQ(text(dates[0]), "2025-02-28..2025-02-28");
    EXPECT_EQ(text(dates[3]), "2028-02-29..2028-02-29");
}

}  // namespace
}  // namespace sallyport::server
