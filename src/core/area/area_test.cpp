#include "core/area/area.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

constexpr AreaNumber vault{1};
constexpr AreaNumber lab{2};
constexpr Passage way_in{outside, vault};
constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int32_t day_number = 20'605;

base::Moment at(base::Duration into_day, std::int32_t day = day_number) {
    base::Moment now;
    now.instant = {into_day + std::chrono::hours{24} * (day - day_number) + 1h};
    now.utc = {day * day_us + into_day.count()};
    now.local = {{day}, static_cast<std::int32_t>(into_day / 1s), 0};
    return now;
}

Position in(AreaNumber area, const base::Moment& moment) {
    return {area, moment.utc, moment.local.utc_offset_s, moment.instant};
}

AreaRules rules(Passback passback) {
    return {.number = vault, .passback = passback, .minutes = 10, .reset_at_s = {}};
}

TEST(Area, hard_and_soft_want_the_person_where_the_reader_leads_from) {
    const auto now = at(12h);
    for (const Passback passback : {Passback::hard, Passback::soft}) {
        const Position here = in(outside, now);
        const Position there = in(vault, now);
        const Position elsewhere = in(lab, now);
        EXPECT_EQ(judge(rules(passback), way_in, &here, now), Passing::allowed);
        EXPECT_EQ(judge(rules(passback), way_in, &there, now), Passing::violation);
        EXPECT_EQ(judge(rules(passback), way_in, &elsewhere, now), Passing::violation);
        EXPECT_EQ(judge(rules(passback), way_in, nullptr, now), Passing::allowed);
    }
}

TEST(Area, timed_looks_at_the_last_way_into_the_area_alone) {
    const Position there = in(vault, at(12h));
    const Position elsewhere = in(lab, at(12h));
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, at(12h + 10min - 1us)), Passing::violation);
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, at(12h + 10min)), Passing::allowed);
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &elsewhere, at(12h)), Passing::allowed);
}

TEST(Area, timed_counts_in_monotonic_time_and_after_a_restart_in_utc) {
    Position there = in(vault, at(12h));
    auto now = at(12h + 5min);
    now.utc = now.utc + 24h;
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, now), Passing::violation);
    there.moved.reset();
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, now), Passing::allowed);
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, at(12h + 5min)), Passing::violation);
    EXPECT_EQ(judge(rules(Passback::timed), way_in, &there, at(11h)), Passing::allowed) << "the future";
}

TEST(Area, a_position_from_before_the_daily_reset_is_unknown) {
    auto area = rules(Passback::hard);
    area.reset_at_s = 4 * 3'600;
    const Position there = in(vault, at(22h));
    EXPECT_EQ(judge(area, way_in, &there, at(4h - 1s, day_number + 1)), Passing::violation);
    EXPECT_EQ(judge(area, way_in, &there, at(4h, day_number + 1)), Passing::allowed);
    const Position after = in(vault, at(4h));
    EXPECT_EQ(judge(area, way_in, &after, at(23h)), Passing::violation);
    auto unset = at(5h, day_number + 1);
    unset.trust = base::ClockTrust::not_set;
    EXPECT_EQ(judge(area, way_in, &there, unset), Passing::violation);
}

TEST(Area, positions_are_forgotten_for_one_person_or_one_area) {
    const auto anna = base::UserId::from("1").value();
    const auto berta = base::UserId::from("2").value();
    Positions all;
    all.move(anna, in(vault, at(1h)));
    all.move(berta, in(lab, at(1h)));
    all.forget(vault);
    EXPECT_EQ(all.find(anna), nullptr);
    ASSERT_NE(all.find(berta), nullptr);
    all.forget(berta);
    EXPECT_EQ(all.size(), 0U);
}

/// Whoever passes and is moved there passes the same reader no second time, whatever lies between.
RC_GTEST_PROP(AreaProperty, no_reader_is_passed_twice_in_a_row, ()) {
    const Passage passage{{*rc::gen::inRange<std::uint8_t>(0, 4)}, {*rc::gen::inRange<std::uint8_t>(4, 8)}};
    const auto now = at(std::chrono::seconds{*rc::gen::inRange(0, 86'400)});
    const Position there = in(passage.to, now);
    RC_ASSERT(judge(rules(Passback::hard), passage, &there, now) == Passing::violation);
    const Passage back{passage.to, passage.from};
    RC_ASSERT(judge(rules(Passback::hard), back, &there, now) == Passing::allowed);
}

}  // namespace
}  // namespace sallyport::core
