#include "codec/dhip/time_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::dhip {
namespace {

RC_GTEST_PROP(Times, come_through, ()) {
    const base::UtcTime time{
        *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000)};
    RC_ASSERT(parse_utc(utc_text(time)) == time);
    RC_ASSERT(utc_text(time).size() == 27U);
}

RC_GTEST_PROP(Times, dates_come_through, ()) {
    const base::LocalDate date{*rc::gen::inRange<std::int32_t>(-719'528, 2'932'897)};
    RC_ASSERT(parse_date(date_text(date)) == date);
}

TEST(Times, are_written_in_utc_with_microseconds) {
    EXPECT_EQ(utc_text({}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(utc_text({-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(utc_text(base::beginning_of_time), "0000-01-01T00:00:00.000000Z");
    EXPECT_EQ(utc_text(base::end_of_time), "9999-12-31T23:59:59.999999Z");
}

TEST(Times, are_read_with_any_offset_and_fraction) {
    const auto noon = parse_utc("2026-03-29T12:00:00Z");
    ASSERT_TRUE(noon);
    EXPECT_EQ(parse_utc("2026-03-29T14:00:00+02:00"), noon);
    EXPECT_EQ(parse_utc("2026-03-29T06:30:00-05:30"), noon);
    EXPECT_EQ(parse_utc("2026-03-29T12:00:00.25z")->microseconds, noon->microseconds + 250'000);
    EXPECT_EQ(parse_utc("2026-03-29T12:00:00.123456789Z")->microseconds, noon->microseconds + 123'456);
}

TEST(Times, that_do_not_exist_are_refused) {
    for (const auto* text :
         {"", "2026-03-29", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Z ",
          "2026-01-01T00:00:00+2:00", "+2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1234567890Z"}) {
        EXPECT_FALSE(parse_utc(text)) << text;
    }
    EXPECT_FALSE(parse_date("2026-02-29"));
    EXPECT_FALSE(parse_date("2026-1-01"));
    EXPECT_FALSE(parse_date("2026-01-011"));
}

}  // namespace
}  // namespace sallyport::codec::dhip
