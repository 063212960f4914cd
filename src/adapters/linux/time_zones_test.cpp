#include "adapters/linux/time_zones.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <date/date.h>
#include <gtest/gtest.h>

#include "core/schedule/schedule.hpp"

namespace sallyport::adapters {
namespace {

using namespace std::chrono_literals;

base::UtcTime utc(int year, unsigned month, unsigned day, std::chrono::seconds time = 0s) {
    const date::sys_days date{date::year{year} / static_cast<int>(month) / static_cast<int>(day)};
    return {std::chrono::microseconds{date.time_since_epoch() + time}.count()};
}

std::int32_t day_of(int year, unsigned month, unsigned day) {
    return static_cast<std::int32_t>(
        date::sys_days{date::year{year} / static_cast<int>(month) / static_cast<int>(day)}
            .time_since_epoch()
            .count());
}

base::LocalTime local(const std::string& zone, base::UtcTime at) {
    static const SystemTimeZones zones;
    return zones.local(zone, at).value();
}

constexpr std::int32_t hms(int hours, int minutes, int seconds) {
    return hours * 3'600 + minutes * 60 + seconds;
}

TEST(TimeZones, berlin_skips_an_hour_in_spring) {
    const auto before = local("Europe/Berlin", utc(2026, 3, 29, 59min + 59s));
    EXPECT_EQ(before, (base::LocalTime{{day_of(2026, 3, 29)}, hms(1, 59, 59), 3'600}));
    const auto after = local("Europe/Berlin", utc(2026, 3, 29, 1h));
    EXPECT_EQ(after, (base::LocalTime{{day_of(2026, 3, 29)}, hms(3, 0, 0), 7'200}));
}

TEST(TimeZones, berlin_has_an_hour_twice_in_autumn) {
    const auto first = local("Europe/Berlin", utc(2026, 10, 25, 59min + 59s));
    EXPECT_EQ(first, (base::LocalTime{{day_of(2026, 10, 25)}, hms(2, 59, 59), 7'200}));
    const auto second = local("Europe/Berlin", utc(2026, 10, 25, 1h));
    EXPECT_EQ(second, (base::LocalTime{{day_of(2026, 10, 25)}, hms(2, 0, 0), 3'600}));
}

TEST(TimeZones, new_york_changes_on_its_own_sundays) {
    EXPECT_EQ(local("America/New_York", utc(2026, 3, 8, 6h + 59min + 59s)).second_of_day, hms(1, 59, 59));
    EXPECT_EQ(local("America/New_York", utc(2026, 3, 8, 7h)).second_of_day, hms(3, 0, 0));
    EXPECT_EQ(local("America/New_York", utc(2026, 11, 1, 5h + 59min + 59s)).second_of_day, hms(1, 59, 59));
    EXPECT_EQ(local("America/New_York", utc(2026, 11, 1, 6h)).second_of_day, hms(1, 0, 0));
    EXPECT_EQ(local("America/New_York", utc(2026, 11, 1, 6h)).utc_offset_s, -5 * 3'600);
}

TEST(TimeZones, lord_howe_moves_by_half_an_hour) {
    EXPECT_EQ(local("Australia/Lord_Howe", utc(2026, 4, 4, 14h + 59min + 59s)),
              (base::LocalTime{{day_of(2026, 4, 5)}, hms(1, 59, 59), 39'600}));
    EXPECT_EQ(local("Australia/Lord_Howe", utc(2026, 4, 4, 15h)),
              (base::LocalTime{{day_of(2026, 4, 5)}, hms(1, 30, 0), 37'800}));
    EXPECT_EQ(local("Australia/Lord_Howe", utc(2026, 10, 3, 15h + 30min)),
              (base::LocalTime{{day_of(2026, 10, 4)}, hms(2, 30, 0), 39'600}));
}

TEST(TimeZones, a_zone_without_changes_stays) {
    for (unsigned month = 1; month <= 12; ++month) {
        EXPECT_EQ(local("Asia/Shanghai", utc(2026, month, 15, 12h)).utc_offset_s, 8 * 3'600);
        EXPECT_EQ(local("Etc/UTC", utc(2026, month, 15, 12h)).second_of_day, hms(12, 0, 0));
        EXPECT_EQ(local("Asia/Kathmandu", utc(2026, month, 15, 12h)).second_of_day, hms(17, 45, 0));
    }
}

TEST(TimeZones, leap_days_are_days) {
    const auto leap = local("Europe/Berlin", utc(2028, 2, 28, 23h));
    EXPECT_EQ(leap, (base::LocalTime{{day_of(2028, 2, 29)}, 0, 3'600}));
    EXPECT_EQ(leap.date.weekday(), base::Weekday::tuesday);
    EXPECT_EQ(local("Europe/Berlin", utc(2028, 2, 29, 23h)).date.days, day_of(2028, 3, 1));
    EXPECT_EQ(local("Europe/Berlin", utc(2027, 2, 28, 23h)).date.days, day_of(2027, 3, 1));
    EXPECT_EQ(local("Europe/Berlin", utc(2100, 2, 28, 23h)).date.days, day_of(2100, 3, 1));
}

TEST(TimeZones, rules_go_on_after_the_last_year_of_the_files) {
    for (int year = 2036; year <= 2140; ++year) {
        const date::year_month_weekday_last last_sunday{date::year{year}, date::March,
                                                        date::Sunday[date::last]};
        const auto change = std::chrono::microseconds{date::sys_days{last_sunday}.time_since_epoch() + 1h};
        EXPECT_EQ(local("Europe/Berlin", {change.count() - 1}).utc_offset_s, 3'600) << year;
        EXPECT_EQ(local("Europe/Berlin", {change.count()}).utc_offset_s, 7'200) << year;
        EXPECT_EQ(local("Europe/Berlin", {change.count()}).date.weekday(), base::Weekday::sunday) << year;
    }
}

TEST(TimeZones, a_schedule_holds_as_long_as_the_wall_clock_says) {
    core::Calendar calendar;
    calendar.schedules.resize(1);
    calendar.schedules[0].week.fill({{hms(2, 0, 0), hms(3, 0, 0)}});
    const auto minutes_inside = [&](base::UtcTime midnight) {
        int minutes = 0;
        for (std::int64_t minute = 0; minute < 24 * 60; ++minute) {
            const auto now = local("Europe/Berlin", {midnight.microseconds + minute * 60'000'000});
            if (core::evaluate(calendar, {0}, now, base::ClockTrust::set) == core::ScheduleAnswer::inside)
                ++minutes;
        }
        return minutes;
    };
    EXPECT_EQ(minutes_inside(utc(2026, 3, 28, 23h)), 0) << "02:00-03:00 does not exist on that day";
    EXPECT_EQ(minutes_inside(utc(2026, 10, 24, 22h)), 120) << "and is there twice on this one";
    EXPECT_EQ(minutes_inside(utc(2028, 2, 28, 23h)), 60);
}

TEST(TimeZones, part_of_a_second_belongs_to_the_second_begun) {
    EXPECT_EQ(local("Etc/UTC", {999'999}).second_of_day, 0);
    EXPECT_EQ(local("Etc/UTC", {-1}), (base::LocalTime{{-1}, 86'399, 0}));
}

TEST(TimeZones, the_ends_of_time_have_an_answer) {
    EXPECT_LT(local("Europe/Berlin", base::beginning_of_time).date.days, 0);
    EXPECT_GT(local("Europe/Berlin", base::end_of_time).date.days, 0);
}

TEST(TimeZones, an_unknown_name_is_refused_with_a_sentence) {
    const SystemTimeZones zones;
    for (const char* name : {"Mars/Olympus", "", "../etc/passwd", "europe/berlin"}) {
        const auto answer = zones.local(name, {0});
        ASSERT_FALSE(answer) << name;
        EXPECT_EQ(answer.error().kind, base::ErrorKind::invalid);
        EXPECT_EQ(answer.error().code, "unknown_zone");
        EXPECT_NE(answer.error().message.find("IANA"), std::string::npos);
    }
}

TEST(TimeZones, many_threads_may_ask_at_once) {
    const SystemTimeZones zones;
    std::vector<std::jthread> threads;
    std::atomic<int> wrong = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (const char* zone :
                 {"Europe/Paris", "Asia/Tokyo", "America/Lima", "Africa/Cairo", "Asia/Dhaka"}) {
                for (int n = 0; n < 200; ++n) {
                    if (!zones.local(zone, {n * 86'400'000'000})) ++wrong;
                }
            }
        });
    }
    threads.clear();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sallyport::adapters
