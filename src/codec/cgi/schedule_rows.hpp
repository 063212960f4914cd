#pragma once
// Weekly schedules and special days as rows of the dialect's tables (device-protocol.md, CGI): days 0
// (Sunday) to 6, then the holiday.
#include <cstddef>
#include <vector>

#include <boost/json/array.hpp>

#include "codec/cgi/loose.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::codec::cgi {

inline constexpr std::size_t days_of_dialect = 8;  ///< Sunday first, then the holiday

/// The dialect's day as ours: Monday is 0.
[[nodiscard]] constexpr std::size_t weekday_of(std::size_t day) {
    return (day + 6) % 7;
}

/// `periods` lines at least; those that are not used say so.
[[nodiscard]] boost::json::array day_json(const core::Day&, std::size_t periods);
/// Sorted; lines that are not used are left out.
[[nodiscard]] core::Day read_day(const Loose& lines);
/// Sunday to Saturday.
[[nodiscard]] boost::json::array week_json(const core::WeeklySchedule&, std::size_t periods);
/// SpecialDayGroup[i].Days.
[[nodiscard]] boost::json::array days_json(const std::vector<core::Holiday::Range>&);

}  // namespace sallyport::codec::cgi
