#pragma once
// Two clocks, two types. `Instant` measures holds and time-outs and never steps; `UtcTime` is a point on the
// calendar and may step. Nothing converts one into the other. `LocalTime` is a UtcTime seen in the site's
// zone.
#include <chrono>
#include <compare>
#include <cstdint>

namespace sallyport::base {

using Duration = std::chrono::microseconds;

/// Monotonic time since an unspecified start (of the machine or of a simulation).
struct Instant {
    Duration since_start{};
    friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
    friend constexpr Instant operator+(Instant at, Duration by) { return {at.since_start + by}; }
    friend constexpr Instant operator-(Instant at, Duration by) { return {at.since_start - by}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return a.since_start - b.since_start; }
};

/// Calendar time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct UtcTime {
    std::int64_t microseconds = 0;
    friend constexpr auto operator<=>(const UtcTime&, const UtcTime&) = default;
    friend constexpr UtcTime operator+(UtcTime at, Duration by) { return {at.microseconds + by.count()}; }
    friend constexpr Duration operator-(UtcTime a, UtcTime b) {
        return Duration{a.microseconds - b.microseconds};
    }
};
inline constexpr UtcTime beginning_of_time{INT64_MIN};
inline constexpr UtcTime end_of_time{INT64_MAX};

enum class Weekday : std::uint8_t { monday, tuesday, wednesday, thursday, friday, saturday, sunday };

/// Days since 1970-01-01 of the proleptic Gregorian calendar, in local time.
struct LocalDate {
    std::int32_t days = 0;
    friend constexpr auto operator<=>(const LocalDate&, const LocalDate&) = default;
    [[nodiscard]] constexpr Weekday weekday() const {
        return static_cast<Weekday>(((days % 7) + 7 + 3) % 7);  // 1970-01-01 was a Thursday
    }
};

/// What a wall clock in the site's zone shows.
struct LocalTime {
    LocalDate date;
    std::int32_t second_of_day = 0;  ///< 0 .. 86,399
    std::int32_t utc_offset_s = 0;   ///< east of Greenwich is positive
    friend constexpr auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

enum class ClockTrust : std::uint8_t {
    set,      ///< the civil clock was set (battery, network time, manager, operator)
    not_set,  ///< power was lost without a battery: schedules deny with `clock_invalid`
};

/// What the machine's kernel says of the time that it gets from the network (NTP, PTP).
struct NetworkTime {
    enum class State : std::uint8_t { unsynchronised, synchronised };
    State state = State::unsynchronised;
    Duration offset{};     ///< of the network's time from this clock's, as last measured
    Duration max_error{};  ///< this clock is wrong by so much at most; grows while nobody is heard
    friend bool operator==(const NetworkTime&, const NetworkTime&) = default;
};

/// All that a pure function may know of time: handed in by the shell, never asked for.
struct Moment {
    Instant instant;
    UtcTime utc;
    LocalTime local;
    ClockTrust trust = ClockTrust::set;
};

}  // namespace sallyport::base
