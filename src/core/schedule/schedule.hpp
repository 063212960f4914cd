#pragma once
// Weekly schedules and holidays (controller.md A5, section 2; manual 1). All in the site's local time, to the
// second, half-open: a period [08:00:00, 18:00:00) does not hold at 18:00:00. No period crosses midnight.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::core {

inline constexpr std::int32_t seconds_per_day = 86'400;

/// [from_s, to_s) in seconds of the local day; 0 <= from_s < to_s <= 86,400.
struct Period {
    std::int32_t from_s = 0;
    std::int32_t to_s = 0;
    friend bool operator==(const Period&, const Period&) = default;
};
using Day = std::vector<Period>;  ///< at most Limits::periods_per_day, sorted, not overlapping

struct WeeklySchedule {
    std::array<Day, 7> week;             ///< Monday first
    std::vector<std::uint8_t> holidays;  ///< indexes into Calendar::holidays that override this week
    friend bool operator==(const WeeklySchedule&, const WeeklySchedule&) = default;
};

/// Dates with periods of their own; no period at all means that nobody gets in on those dates.
struct Holiday {
    struct Range {
        base::LocalDate first;  ///< included
        base::LocalDate last;   ///< included
        friend bool operator==(const Range&, const Range&) = default;
    };
    std::vector<Range> dates;  ///< at most Limits::ranges_per_holiday; a yearly one comes as one range a year
    Day periods;
    friend bool operator==(const Holiday&, const Holiday&) = default;
};

/// Index of a weekly schedule, 0-127; 255 means always, and there is nothing between.
struct ScheduleIndex {
    std::uint8_t value = 255;
    friend constexpr auto operator<=>(const ScheduleIndex&, const ScheduleIndex&) = default;
};
inline constexpr ScheduleIndex always{255};
/// Whether a number that somebody sent can be an index at all.
[[nodiscard]] constexpr bool is_schedule_index(std::int64_t number) {
    return (number >= 0 && number <= 127) || number == always.value;
}
inline constexpr std::string_view schedule_index_words =
    "has to be a schedule from 0 to 127, or 255 for always";

/// All schedules of one controller.
struct Calendar {
    std::vector<WeeklySchedule> schedules;
    std::vector<Holiday> holidays;
    friend bool operator==(const Calendar&, const Calendar&) = default;
};

struct CalendarLimits {
    std::size_t schedules = 128;
    std::size_t holidays = 128;
    std::size_t periods_per_day = 6;
    std::size_t ranges_per_holiday = 16;
};

enum class ScheduleAnswer : std::uint8_t {
    inside,        ///< a period holds now, or the schedule is `always`
    outside,       ///< an ordinary day, no period holds
    holiday,       ///< a holiday overrides the week and none of its periods holds
    clock_invalid  ///< the clock is not set and the schedule is not `always`
};
BOOST_DESCRIBE_ENUM(ScheduleAnswer, inside, outside, holiday, clock_invalid)

/// Whether the index is `always` or names a schedule of this calendar.
[[nodiscard]] bool knows(const Calendar&, ScheduleIndex);

/// Pure look-up. An index that the calendar does not have answers `outside`: it fails closed. Where several
/// holidays of the schedule cover the date, all of them must hold.
[[nodiscard]] ScheduleAnswer evaluate(const Calendar&, ScheduleIndex, const base::LocalTime&,
                                      base::ClockTrust);

/// A period as it holds on one day.
struct PeriodOfDay {
    base::LocalDate date;
    Period period;
    friend bool operator==(const PeriodOfDay&, const PeriodOfDay&) = default;
};
/// The period that holds now, the common part where several holidays do; the whole day for `always`. None
/// while `evaluate` does not answer `inside`.
[[nodiscard]] std::optional<PeriodOfDay> period_at(const Calendar&, ScheduleIndex, const base::LocalTime&,
                                                   base::ClockTrust);

/// Seconds until the answer may change while the wall clock runs on: to the next edge of today's periods, or
/// to midnight; 1-86,400. A change of the zone's offset on the way is for the caller to watch.
[[nodiscard]] std::int32_t seconds_to_next_edge(const Calendar&, ScheduleIndex, const base::LocalTime&);

/// Says in one sentence which schedule, day or period is wrong and which limit it breaks.
[[nodiscard]] base::Status check(const Calendar&, const CalendarLimits& = {});

}  // namespace sallyport::core
