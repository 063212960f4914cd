#include "codec/cgi/civil_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::cgi {

RC_GTEST_PROP(CivilText, both_forms_come_back_as_they_were, ()) {
    const WallTime time{*rc::gen::inRange<std::int64_t>(-62'167'219'200, 253'402'300'800)};
    RC_ASSERT(parse_wall(wall_text(time)) == time);
    RC_ASSERT(parse_wall(compact_text(time)) == time);
}

TEST(CivilText, takes_the_forms_that_clients_write) {
    const auto known = parse_wall("2026-03-09 01:05:00");
    ASSERT_TRUE(known);
    EXPECT_EQ(wall_text(*known), "2026-03-09 01:05:00");
    for (const auto* text : {"20260309 010500", "2026-3-9 1:05:00", "2026-03-09T01:05:00"})
        EXPECT_EQ(parse_wall(text), known) << text;
    EXPECT_EQ(parse_wall("2026-03-09"), parse_wall("20260309 000000"));
}

TEST(CivilText, refuses_what_is_no_time) {
    for (const auto* text : {"", "x", "2026", "2026-13-01 00:00:00", "2026-02-29", "2026-03-09 24:00:00",
                             "2026-03-09 01:60:00", "2026-03-09 01:05", "2026-03-09 01:05:00 ",
                             "20260309 0105", "2026-03-09x01:05:00", "1764180000", "2026-0309", "-026-03-09"})
        EXPECT_FALSE(parse_wall(text)) << text;
}

TEST(CivilText, the_end_of_a_period_is_included_in_the_dialect) {
    EXPECT_EQ(period_text({8 * 3'600, 18 * 3'600}), "1 08:00:00-17:59:59");
    EXPECT_EQ(period_text({0, core::seconds_per_day}), "1 00:00:00-23:59:59");
    const auto line = parse_period("1 08:00:00-23:59:59");
    ASSERT_TRUE(line);
    EXPECT_TRUE(line->enabled);
    EXPECT_EQ(line->period, (core::Period{8 * 3'600, core::seconds_per_day}));
    EXPECT_EQ(parse_period("1 08:00:00-24:00:00")->period.to_s, core::seconds_per_day);
    EXPECT_FALSE(parse_period(no_period)->enabled);
    for (const auto* text : {"", "1", "2 08:00:00-09:00:00", "1 08:00:00", "1 09:00:00-08:00:00",
                             "1 08:00:00-25:00:00", "1 08:00-09:00", "1 08:00:00-09:00:00 "})
        EXPECT_FALSE(parse_period(text)) << text;
}

}  // namespace sallyport::codec::cgi
