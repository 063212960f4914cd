#include "server/issue/holiday_dates.hpp"

#include <chrono>

namespace sallyport::server {

namespace {

namespace calendar = std::chrono;

calendar::year_month_day day_of(base::LocalDate date) {
    return calendar::sys_days(calendar::days(date.days));
}

base::LocalDate in_year(calendar::year_month_day day, int later) {
    day += calendar::years(later);
    if (!day.ok()) day = day.year() / day.month() / calendar::last;
    return {static_cast<std::int32_t>(calendar::sys_days(day).time_since_epoch().count())};
}

}  // namespace

std::vector<core::Holiday::Range> holiday_dates(const core::Holiday::Range& range, Repeats repeats,
                                                base::UtcTime now) {
    if (repeats == Repeats::never) return {range};
    constexpr auto most = core::CalendarLimits{}.ranges_per_holiday;
    const auto first = day_of(range.first), last = day_of(range.last);
    const auto today =
        day_of({static_cast<std::int32_t>(now.microseconds / 1'000'000 / core::seconds_per_day)});
    const auto begin = static_cast<int>(today.year()) - 1 - static_cast<int>(first.year());
    std::vector<core::Holiday::Range> dates;
    for (std::size_t i = 0; i < most; ++i) {
        const auto later = begin + static_cast<int>(i);
        dates.push_back({in_year(first, later), in_year(last, later)});
    }
    return dates;
}

}  // namespace sallyport::server
