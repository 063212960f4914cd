#include "codec/cgi/schedule_rows.hpp"

#include <algorithm>

namespace sallyport::codec::cgi {

namespace json = boost::json;

json::array day_json(const core::Day& day, std::size_t periods) {
    json::array lines;
    for (std::size_t i = 0; i < std::max(periods, day.size()); ++i)
        lines.emplace_back(i < day.size() ? period_text(day[i]) : std::string(no_period));
    return lines;
}

core::Day read_day(const Loose& lines) {
    core::Day day;
    lines.each(64, [&](const Loose& line) {
        if (!line.present()) return;
        const auto period = parse_period(line.text(64));
        if (!period) line.complain("has to be a period such as 1 08:00:00-17:59:59");
        if (period && period->enabled) day.push_back(period->period);
    });
    std::ranges::sort(day, {}, &core::Period::from_s);
    return day;
}

json::array week_json(const core::WeeklySchedule& schedule, std::size_t periods) {
    json::array days;
    for (std::size_t day = 0; day < 7; ++day)
        days.push_back(day_json(schedule.week[weekday_of(day)], periods));
    return days;
}

json::array days_json(const std::vector<core::Holiday::Range>& dates) {
    json::array days;
    for (const auto& range : dates) {
        const std::int64_t first = std::int64_t{range.first.days} * core::seconds_per_day;
        const std::int64_t last = (std::int64_t{range.last.days} + 1) * core::seconds_per_day - 1;
        days.push_back(json::object{
            {"SpecialDayName", ""}, {"StartTime", wall_text({first})}, {"EndTime", wall_text({last})}});
    }
    return days;
}

}  // namespace sallyport::codec::cgi
