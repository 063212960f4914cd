#include "core/schedule/schedule.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

constexpr std::int32_t hour = 3'600;
constexpr base::LocalDate monday{4};  // 1970-01-05
constexpr ScheduleIndex first{0};

base::LocalTime at(base::LocalDate date, std::int32_t second) {
    return {date, second, 0};
}
base::LocalDate after(base::LocalDate date, std::int32_t days) {
    return {date.days + days};
}
ScheduleAnswer ask(const Calendar& calendar, base::LocalTime when, ScheduleIndex index = first) {
    return evaluate(calendar, index, when, base::ClockTrust::set);
}

/// Mondays 08:00-12:00 and 13:00-24:00, Sundays 00:00-24:00.
Calendar office() {
    WeeklySchedule schedule;
    schedule.week[0] = {{8 * hour, 12 * hour}, {13 * hour, 24 * hour}};
    schedule.week[6] = {{0, 24 * hour}};
    return {{schedule}, {}};
}

Calendar with_holiday(Calendar calendar, const Holiday& holiday) {
    calendar.holidays.push_back(holiday);
    calendar.schedules[0].holidays.push_back(static_cast<std::uint8_t>(calendar.holidays.size() - 1));
    return calendar;
}

TEST(Schedule, periods_are_half_open_to_the_second) {
    const Calendar calendar = office();
    EXPECT_EQ(ask(calendar, at(monday, 8 * hour - 1)), ScheduleAnswer::outside);
    EXPECT_EQ(ask(calendar, at(monday, 8 * hour)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(calendar, at(monday, 12 * hour - 1)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(calendar, at(monday, 12 * hour)), ScheduleAnswer::outside);
    EXPECT_EQ(ask(calendar, at(monday, 13 * hour)), ScheduleAnswer::inside);
}

TEST(Schedule, midnight_as_an_end_holds_to_the_last_second) {
    EXPECT_EQ(ask(office(), at(monday, seconds_per_day - 1)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(office(), at(after(monday, 1), 0)), ScheduleAnswer::outside);
}

TEST(Schedule, the_week_begins_on_monday) {
    EXPECT_EQ(ask(office(), at(after(monday, 6), 0)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(office(), at(after(monday, 5), 12 * hour)), ScheduleAnswer::outside);
    EXPECT_EQ(ask(office(), at(after(monday, 7), 9 * hour)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(office(), at(after(monday, -7), 9 * hour)), ScheduleAnswer::inside);  // before 1970
}

TEST(Schedule, a_holiday_replaces_the_weekday) {
    const Holiday short_day{{{monday, after(monday, 1)}}, {{10 * hour, 11 * hour}}};
    const Calendar calendar = with_holiday(office(), short_day);
    EXPECT_EQ(ask(calendar, at(monday, 9 * hour)), ScheduleAnswer::holiday);
    EXPECT_EQ(ask(calendar, at(monday, 10 * hour)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(calendar, at(after(monday, 1), 10 * hour)),
              ScheduleAnswer::inside);  // a Tuesday: week is empty
    EXPECT_EQ(ask(calendar, at(after(monday, 2), 10 * hour)), ScheduleAnswer::outside);
    EXPECT_EQ(ask(calendar, at(after(monday, 7), 9 * hour)), ScheduleAnswer::inside);
}

TEST(Schedule, a_holiday_without_a_period_denies_all_day) {
    const Calendar calendar = with_holiday(office(), {{{monday, monday}}, {}});
    EXPECT_EQ(ask(calendar, at(monday, 0)), ScheduleAnswer::holiday);
    EXPECT_EQ(ask(calendar, at(monday, 9 * hour)), ScheduleAnswer::holiday);
}

TEST(Schedule, a_holiday_that_the_schedule_does_not_name_changes_nothing) {
    Calendar calendar = office();
    calendar.holidays.push_back({{{monday, monday}}, {}});
    EXPECT_EQ(ask(calendar, at(monday, 9 * hour)), ScheduleAnswer::inside);
}

TEST(Schedule, of_two_holidays_on_a_date_both_must_hold) {
    Calendar calendar = with_holiday(office(), {{{monday, monday}}, {{8 * hour, 10 * hour}}});
    calendar = with_holiday(calendar, {{{monday, monday}}, {{9 * hour, 11 * hour}}});
    EXPECT_EQ(ask(calendar, at(monday, 8 * hour)), ScheduleAnswer::holiday);
    EXPECT_EQ(ask(calendar, at(monday, 9 * hour)), ScheduleAnswer::inside);
    EXPECT_EQ(ask(calendar, at(monday, 10 * hour)), ScheduleAnswer::holiday);
}

TEST(Schedule, an_index_out_of_range_fails_closed) {
    EXPECT_EQ(ask(office(), at(monday, 9 * hour), ScheduleIndex{1}), ScheduleAnswer::outside);
    EXPECT_EQ(ask({}, at(monday, 9 * hour)), ScheduleAnswer::outside);
    EXPECT_FALSE(knows(office(), ScheduleIndex{1}));
    Calendar calendar = office();
    calendar.schedules[0].holidays = {7};
    EXPECT_EQ(ask(calendar, at(monday, 9 * hour)), ScheduleAnswer::outside);
}

TEST(Schedule, always_holds_even_without_a_clock) {
    EXPECT_EQ(evaluate({}, always, at(monday, 0), base::ClockTrust::not_set), ScheduleAnswer::inside);
    EXPECT_TRUE(knows({}, always));
}

TEST(Schedule, without_a_clock_every_other_schedule_says_so) {
    EXPECT_EQ(evaluate(office(), first, at(monday, 9 * hour), base::ClockTrust::not_set),
              ScheduleAnswer::clock_invalid);
}

// ---------------------------------------------------------------- properties

rc::Gen<Day> any_day() {
    return rc::gen::exec([] {
        const auto count = *rc::gen::inRange<std::size_t>(0, 7);
        auto cuts =
            *rc::gen::unique<std::vector<std::int32_t>>(count * 2, rc::gen::inRange(0, seconds_per_day + 1));
        std::ranges::sort(cuts);
        Day day;
        for (std::size_t i = 0; i < count; ++i) day.push_back({cuts[2 * i], cuts[2 * i + 1]});
        return day;
    });
}

rc::Gen<Calendar> any_calendar() {
    return rc::gen::exec([] {
        Calendar calendar;
        const auto holidays = *rc::gen::inRange<std::size_t>(0, 4);
        for (std::size_t i = 0; i < holidays; ++i) {
            const auto from = *rc::gen::inRange(0, 40);
            calendar.holidays.push_back({{{{from}, {from + *rc::gen::inRange(0, 5)}}}, *any_day()});
        }
        const auto schedules = *rc::gen::inRange<std::size_t>(1, 4);
        for (std::size_t i = 0; i < schedules; ++i) {
            WeeklySchedule schedule;
            for (Day& day : schedule.week) day = *any_day();
            for (std::size_t h = 0; h < holidays; ++h) {
                if (*rc::gen::arbitrary<bool>()) schedule.holidays.push_back(static_cast<std::uint8_t>(h));
            }
            calendar.schedules.push_back(schedule);
        }
        return calendar;
    });
}

bool in_one_of(const Day& day, std::int32_t second) {
    return std::ranges::any_of(day, [&](const Period& p) { return second >= p.from_s && second < p.to_s; });
}

RC_GTEST_PROP(ScheduleProperty, generated_calendars_pass_the_check, ()) {
    RC_ASSERT(check(*any_calendar()).has_value());
}

RC_GTEST_PROP(ScheduleProperty, inside_exactly_while_every_day_that_counts_holds, ()) {
    const Calendar calendar = *any_calendar();
    const auto index = *rc::gen::inRange<std::size_t>(0, calendar.schedules.size());
    const base::LocalTime now = at({*rc::gen::inRange(0, 50)}, *rc::gen::inRange(0, seconds_per_day));
    const WeeklySchedule& schedule = calendar.schedules[index];
    bool expected = true;
    bool is_holiday = false;
    for (const std::uint8_t h : schedule.holidays) {
        const Holiday::Range range = calendar.holidays[h].dates[0];
        if (now.date < range.first || range.last < now.date) continue;
        is_holiday = true;
        expected = expected && in_one_of(calendar.holidays[h].periods, now.second_of_day);
    }
    if (!is_holiday) {
        expected = in_one_of(schedule.week[static_cast<std::size_t>(now.date.weekday())], now.second_of_day);
    }
    const ScheduleAnswer answer = ask(calendar, now, {static_cast<std::uint8_t>(index)});
    RC_ASSERT((answer == ScheduleAnswer::inside) == expected);
    RC_ASSERT((answer == ScheduleAnswer::holiday) == (is_holiday && !expected));
}

RC_GTEST_PROP(ScheduleProperty, both_ends_of_every_period_are_half_open, ()) {
    Calendar calendar;
    calendar.schedules.emplace_back();
    calendar.schedules[0].week.fill(*any_day());
    const Day& day = calendar.schedules[0].week[0];
    for (const Period& p : day) {
        RC_ASSERT(ask(calendar, at(monday, p.from_s)) == ScheduleAnswer::inside);
        RC_ASSERT(ask(calendar, at(monday, p.to_s - 1)) == ScheduleAnswer::inside);
        if (p.from_s > 0 && !in_one_of(day, p.from_s - 1)) {
            RC_ASSERT(ask(calendar, at(monday, p.from_s - 1)) == ScheduleAnswer::outside);
        }
        if (p.to_s < seconds_per_day && !in_one_of(day, p.to_s)) {
            RC_ASSERT(ask(calendar, at(monday, p.to_s)) == ScheduleAnswer::outside);
        }
    }
}

RC_GTEST_PROP(ScheduleProperty, the_period_that_holds_is_inside_from_end_to_end, ()) {
    const Calendar calendar = *any_calendar();
    const base::LocalTime now = at({*rc::gen::inRange(0, 50)}, *rc::gen::inRange(0, seconds_per_day));
    const auto found = period_at(calendar, first, now, base::ClockTrust::set);
    RC_ASSERT(found.has_value() == (ask(calendar, now) == ScheduleAnswer::inside));
    if (!found) RC_SUCCEED("outside");
    RC_ASSERT(found->period.from_s <= now.second_of_day);
    RC_ASSERT(now.second_of_day < found->period.to_s);
    const auto second = *rc::gen::inRange(found->period.from_s, found->period.to_s);
    RC_ASSERT(ask(calendar, at(now.date, second)) == ScheduleAnswer::inside);
    RC_ASSERT(period_at(calendar, first, at(now.date, second), base::ClockTrust::set) == found);
}

/// No answer changes before the next edge, and the look at it makes progress.
RC_GTEST_PROP(ScheduleProperty, the_answer_stays_until_the_next_edge, ()) {
    const Calendar calendar = *any_calendar();
    const base::LocalTime now = at(after(monday, *rc::gen::inRange(0, 30)), *rc::gen::inRange(0, 24 * hour));
    const std::int32_t left = seconds_to_next_edge(calendar, first, now);
    RC_ASSERT(left >= 1);
    RC_ASSERT(now.second_of_day + left <= 24 * hour);
    const std::int32_t later = *rc::gen::inRange(0, left);
    RC_ASSERT(ask(calendar, now) == ask(calendar, at(now.date, now.second_of_day + later)));
}

RC_GTEST_PROP(ScheduleProperty, the_order_of_holidays_does_not_matter, ()) {
    const Calendar calendar = *any_calendar();
    Calendar turned = calendar;
    for (WeeklySchedule& schedule : turned.schedules) std::ranges::reverse(schedule.holidays);
    const base::LocalTime now = at({*rc::gen::inRange(0, 50)}, *rc::gen::inRange(0, seconds_per_day));
    RC_ASSERT(ask(calendar, now) == ask(turned, now));
}

// ---------------------------------------------------------------- the check's sentences

std::string refusal(const Calendar& calendar, const CalendarLimits& limits = {}) {
    const auto status = check(calendar, limits);
    return status ? "" : status.error().message;
}

TEST(ScheduleCheck, names_schedule_day_and_period) {
    Calendar calendar = office();
    calendar.schedules.push_back({});
    calendar.schedules[1].week[1] = {{0, 10}, {20, 10}};
    EXPECT_EQ(refusal(calendar),
              "Schedule 1, Tuesday, period 2 (00:00:20-00:00:10) must end after it begins; a night is two "
              "periods: one until 24:00:00 and one from 00:00:00 of the next day.");
    calendar.schedules[1].week[1] = {{0, 100}, {50, 200}};
    EXPECT_EQ(
        refusal(calendar),
        "Schedule 1, Tuesday, period 2 (00:00:50-00:03:20) begins before period 1 ends at 00:01:40; put "
        "the periods in order, without overlap.");
    calendar.schedules[1].week[1] = {{0, seconds_per_day + 1}};
    EXPECT_NE(refusal(calendar).find("Schedule 1, Tuesday, period 1 runs from second 0 to second 86401"),
              std::string::npos);
    calendar.schedules[1].week[1] = {{-1, 5}};
    EXPECT_FALSE(check(calendar).has_value());
    calendar.schedules[1].week[1] = {{0, 5}, {5, seconds_per_day}};
    EXPECT_EQ(refusal(calendar), "");
}

TEST(ScheduleCheck, names_the_limit_that_is_passed) {
    Calendar calendar = office();
    calendar.schedules[0].week[2] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}, {12, 13}};
    EXPECT_EQ(refusal(calendar), "Schedule 0, Wednesday has 7 periods; the limit is 6 a day.");
    EXPECT_EQ(check(calendar).error().kind, base::ErrorKind::limit);
    EXPECT_EQ(refusal(calendar, {.periods_per_day = 7}), "");

    calendar = {std::vector<WeeklySchedule>(129), {}};
    EXPECT_EQ(refusal(calendar), "There are 129 weekly schedules; the limit is 128.");
    calendar = {std::vector<WeeklySchedule>(256), {}};
    EXPECT_EQ(refusal(calendar, {.schedules = 1'000}), "There are 256 weekly schedules; the limit is 255.");
    calendar = {{}, std::vector<Holiday>(129)};
    EXPECT_EQ(refusal(calendar), "There are 129 holidays; the limit is 128.");
    calendar = {{}, {{std::vector<Holiday::Range>(17), {}}}};
    EXPECT_EQ(refusal(calendar), "Holiday 0 has 17 date ranges; the limit is 16.");
}

TEST(ScheduleCheck, looks_at_holidays_and_who_names_them) {
    Calendar calendar = with_holiday(office(), {{{monday, after(monday, -1)}}, {}});
    EXPECT_EQ(refusal(calendar), "Holiday 0, date range 1 ends before it begins.");
    calendar.holidays[0] = {{{monday, monday}}, {{5, 5}}};
    EXPECT_EQ(refusal(calendar).substr(0, 20), "Holiday 0, period 1 ");
    calendar.holidays.clear();
    EXPECT_EQ(refusal(calendar), "Schedule 0 names holiday 0, but there are only 0 (counted from 0).");
}

}  // namespace
}  // namespace sallyport::core
