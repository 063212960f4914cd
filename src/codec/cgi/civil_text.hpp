#pragma once
// Dates, times and periods as the dialect writes them: local time of the site, without a zone
// (device-protocol.md, CGI).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/schedule/schedule.hpp"

namespace sallyport::codec::cgi {

/// Seconds since 1970-01-01 00:00:00 on a wall clock of the site; nothing of a zone in it.
struct WallTime {
    std::int64_t seconds = 0;
    friend constexpr auto operator<=>(const WallTime&, const WallTime&) = default;
};

/// "2026-03-29 01:59:50". Years 0000-9999, nearer ones for others.
[[nodiscard]] std::string wall_text(WallTime);
/// "20260329 015950".
[[nodiscard]] std::string compact_text(WallTime);
/// Either form, with 'T' for the space too, or a date alone, which is its midnight; digits may lack their
/// leading zero where dashes stand between ("2026-3-9 1:05:00"). nullopt for anything else.
[[nodiscard]] std::optional<WallTime> parse_wall(std::string_view text);

/// "1 08:00:00-17:59:59": the end is included here and excluded in a Period, so 23:59:59 is 24:00.
[[nodiscard]] std::string period_text(const core::Period&);
/// What stands for a period that is not used.
inline constexpr std::string_view no_period = "0 00:00:00-23:59:59";

struct PeriodLine {
    bool enabled = false;
    core::Period period;
};
/// nullopt for what is no such line, or ends before it begins.
[[nodiscard]] std::optional<PeriodLine> parse_period(std::string_view line);

}  // namespace sallyport::codec::cgi
