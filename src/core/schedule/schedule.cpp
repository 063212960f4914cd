#include "core/schedule/schedule.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace sallyport::core {

namespace {

constexpr Period whole_day{0, seconds_per_day};

/// The common part of `within` and the day's period that holds at `second`; none where none does.
std::optional<Period> narrowed(const Period& within, const Day& day, std::int32_t second) {
    const auto found =
        std::ranges::find_if(day, [&](const Period& p) { return p.from_s <= second && second < p.to_s; });
    if (found == day.end()) return std::nullopt;
    return Period{std::max(within.from_s, found->from_s), std::min(within.to_s, found->to_s)};
}

bool covers(const Holiday& holiday, base::LocalDate date) {
    return std::ranges::any_of(holiday.dates,
                               [&](const Holiday::Range& r) { return r.first <= date && date <= r.last; });
}

constexpr std::array<std::string_view, 7> day_names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};

std::string clock_text(std::int32_t second) {
    return fmt::format("{:02}:{:02}:{:02}", second / 3'600, second / 60 % 60, second % 60);
}

std::unexpected<base::Error> refuse(std::string message) {
    return base::fail(base::ErrorKind::invalid, "calendar", std::move(message));
}

std::unexpected<base::Error> refuse_limit(std::string message) {
    return base::fail(base::ErrorKind::limit, "calendar_limit", std::move(message));
}

/// `where` is the beginning of the sentence: "Schedule 3, Tuesday".
base::Status check_day(const Day& day, const std::string& where, const CalendarLimits& limits) {
    if (day.size() > limits.periods_per_day) {
        return refuse_limit(fmt::format("{} has {} periods; the limit is {} a day.", where, day.size(),
                                        limits.periods_per_day));
    }
    for (std::size_t i = 0; i < day.size(); ++i) {
        const Period& period = day[i];
        if (period.from_s < 0 || period.to_s > seconds_per_day) {
            return refuse(fmt::format(
                "{}, period {} runs from second {} to second {}; a day has the seconds 0 to {}. "
                "A night is two periods: one until 24:00:00 and one from 00:00:00 of the next day.",
                where, i + 1, period.from_s, period.to_s, seconds_per_day));
        }
        const std::string name = fmt::format("{}, period {} ({}-{})", where, i + 1, clock_text(period.from_s),
                                             clock_text(period.to_s));
        if (period.from_s >= period.to_s) {
            return refuse(
                fmt::format("{} must end after it begins; a night is two periods: one until "
                            "24:00:00 and one from 00:00:00 of the next day.",
                            name));
        }
        if (i > 0 && period.from_s < day[i - 1].to_s) {
            return refuse(
                fmt::format("{} begins before period {} ends at {}; put the periods in order, "
                            "without overlap.",
                            name, i, clock_text(day[i - 1].to_s)));
        }
    }
    return {};
}

base::Status check_schedule(const Calendar& calendar, std::size_t index, const CalendarLimits& limits) {
    const WeeklySchedule& schedule = calendar.schedules[index];
    for (std::size_t day = 0; day < schedule.week.size(); ++day) {
        const std::string where = fmt::format("Schedule {}, {}", index, day_names[day]);
        if (auto status = check_day(schedule.week[day], where, limits); !status) return status;
    }
    for (const std::uint8_t holiday : schedule.holidays) {
        if (holiday >= calendar.holidays.size()) {
            return refuse(fmt::format("Schedule {} names holiday {}, but there are only {} (counted from 0).",
                                      index, holiday, calendar.holidays.size()));
        }
    }
    return {};
}

base::Status check_holiday(const Holiday& holiday, std::size_t index, const CalendarLimits& limits) {
    if (holiday.dates.size() > limits.ranges_per_holiday) {
        return refuse_limit(fmt::format("Holiday {} has {} date ranges; the limit is {}.", index,
                                        holiday.dates.size(), limits.ranges_per_holiday));
    }
    for (std::size_t i = 0; i < holiday.dates.size(); ++i) {
        if (holiday.dates[i].last < holiday.dates[i].first) {
            return refuse(fmt::format("Holiday {}, date range {} ends before it begins.", index, i + 1));
        }
    }
    return check_day(holiday.periods, fmt::format("Holiday {}", index), limits);
}

}  // namespace

bool knows(const Calendar& calendar, ScheduleIndex index) {
    return index == always || index.value < calendar.schedules.size();
}

namespace {

struct Look {
    ScheduleAnswer answer = ScheduleAnswer::outside;
    Period period = whole_day;  ///< that holds now, with the answer `inside`
};

Look look(const Calendar& calendar, ScheduleIndex index, const base::LocalTime& now, base::ClockTrust trust) {
    if (index == always) return {ScheduleAnswer::inside};
    if (!knows(calendar, index)) return {ScheduleAnswer::outside};
    if (trust == base::ClockTrust::not_set) return {ScheduleAnswer::clock_invalid};

    const WeeklySchedule& schedule = calendar.schedules[index.value];
    Look found;
    for (const std::uint8_t number : schedule.holidays) {
        if (number >= calendar.holidays.size()) return {ScheduleAnswer::outside};
        const Holiday& holiday = calendar.holidays[number];
        if (!covers(holiday, now.date)) continue;
        const auto period = narrowed(found.period, holiday.periods, now.second_of_day);
        if (!period) return {ScheduleAnswer::holiday};
        found = {ScheduleAnswer::inside, *period};
    }
    if (found.answer == ScheduleAnswer::inside) return found;
    const Day& day = schedule.week[static_cast<std::size_t>(now.date.weekday())];
    const auto period = narrowed(whole_day, day, now.second_of_day);
    return period ? Look{ScheduleAnswer::inside, *period} : Look{ScheduleAnswer::outside};
}

}  // namespace

ScheduleAnswer evaluate(const Calendar& calendar, ScheduleIndex index, const base::LocalTime& now,
                        base::ClockTrust trust) {
    return look(calendar, index, now, trust).answer;
}

std::optional<PeriodOfDay> period_at(const Calendar& calendar, ScheduleIndex index,
                                     const base::LocalTime& now, base::ClockTrust trust) {
    const Look found = look(calendar, index, now, trust);
    if (found.answer != ScheduleAnswer::inside) return std::nullopt;
    return PeriodOfDay{now.date, found.period};
}

std::int32_t seconds_to_next_edge(const Calendar& calendar, ScheduleIndex index, const base::LocalTime& now) {
    std::int32_t next = seconds_per_day;
    const auto look_at = [&](const Day& day) {
        for (const Period& period : day) {
            for (const std::int32_t edge : {period.from_s, period.to_s}) {
                if (edge > now.second_of_day) next = std::min(next, edge);
            }
        }
    };
    if (index != always && knows(calendar, index)) {
        const WeeklySchedule& schedule = calendar.schedules[index.value];
        look_at(schedule.week[static_cast<std::size_t>(now.date.weekday())]);
        for (const std::uint8_t number : schedule.holidays) {
            if (number < calendar.holidays.size()) look_at(calendar.holidays[number].periods);
        }
    }
    return next - now.second_of_day;
}

base::Status check(const Calendar& calendar, const CalendarLimits& limits) {
    const std::size_t most = std::min<std::size_t>(limits.schedules, always.value);
    if (calendar.schedules.size() > most) {
        return refuse_limit(
            fmt::format("There are {} weekly schedules; the limit is {}.", calendar.schedules.size(), most));
    }
    if (calendar.holidays.size() > limits.holidays) {
        return refuse_limit(fmt::format("There are {} holidays; the limit is {}.", calendar.holidays.size(),
                                        limits.holidays));
    }
    for (std::size_t i = 0; i < calendar.schedules.size(); ++i) {
        if (auto status = check_schedule(calendar, i, limits); !status) return status;
    }
    for (std::size_t i = 0; i < calendar.holidays.size(); ++i) {
        if (auto status = check_holiday(calendar.holidays[i], i, limits); !status) return status;
    }
    return {};
}

}  // namespace sallyport::core
