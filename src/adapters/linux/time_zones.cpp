#include "adapters/linux/time_zones.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>

#include <date/tz.h>
#include <fmt/core.h>

namespace sallyport::adapters {

namespace {

using std::chrono::seconds;

constexpr date::year last_listed{2037};

/// The same moment in a year up to 2037 that begins on the same weekday and is as long.
date::sys_seconds within_listed_years(date::sys_seconds at) {
    const auto today = date::floor<date::days>(at);
    const date::year year = date::year_month_day{today}.year();
    if (year <= last_listed) return at;
    const auto first_day = [](date::year y) { return date::sys_days{y / date::January / 1}; };
    date::year twin = last_listed;
    while (twin.is_leap() != year.is_leap() ||
           date::weekday{first_day(twin)} != date::weekday{first_day(year)}) {
        --twin;
    }
    return at - (first_day(year) - first_day(twin));
}

/// Calendars end long before 64 bits of microseconds do.
constexpr date::sys_days first_day{date::year{1} / date::January / 1};
constexpr date::sys_days last_day{date::year{9'999} / date::December / 31};

}  // namespace

base::Result<const date::time_zone*> SystemTimeZones::find(const std::string& zone) const {
    {
        const std::shared_lock lock(mutex_);
        if (const auto found = known_.find(zone); found != known_.end()) return found->second;
    }
    try {
        const date::time_zone* found = date::locate_zone(zone);
        const std::unique_lock lock(mutex_);
        known_.emplace(zone, found);
        return found;
    } catch (const std::exception&) {
        return base::fail(base::ErrorKind::invalid, "unknown_zone",
                          fmt::format("There is no time zone '{}'; give an IANA name such as Europe/Berlin. "
                                      "If the name is right, install the package tzdata.",
                                      zone));
    }
}

base::Result<base::LocalTime> SystemTimeZones::local(const std::string& zone, base::UtcTime at) const {
    const auto found = find(zone);
    if (!found) return std::unexpected(found.error());
    const auto utc = std::clamp<date::sys_seconds>(
        date::floor<seconds>(
            date::sys_time<std::chrono::microseconds>{std::chrono::microseconds{at.microseconds}}),
        first_day, last_day);
    try {
        const seconds offset = (*found)->get_info(within_listed_years(utc)).offset;
        const auto local = utc + offset;
        const auto day = date::floor<date::days>(local);
        return base::LocalTime{.date = {static_cast<std::int32_t>(day.time_since_epoch().count())},
                               .second_of_day = static_cast<std::int32_t>((local - day).count()),
                               .utc_offset_s = static_cast<std::int32_t>(offset.count())};
    } catch (const std::exception& error) {
        return base::fail(base::ErrorKind::invalid, "unknown_zone",
                          fmt::format("The time zone '{}' cannot be read ({}); reinstall the package tzdata.",
                                      zone, error.what()));
    }
}

}  // namespace sallyport::adapters
