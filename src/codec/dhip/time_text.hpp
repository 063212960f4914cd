#pragma once
// Points in time and dates as text: RFC 3339, always written in UTC with microseconds.
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sallyport::codec::dhip {

/// "2026-03-29T01:00:00.000000Z". A time outside the years 0000-9999 is written as the nearest one inside.
[[nodiscard]] std::string utc_text(base::UtcTime);
/// Takes any offset and up to nine digits of a second, of which six count; nullopt for anything else, leap
/// seconds included.
[[nodiscard]] std::optional<base::UtcTime> parse_utc(std::string_view text);

/// "2026-12-24", the years 0000-9999 as above.
[[nodiscard]] std::string date_text(base::LocalDate);
[[nodiscard]] std::optional<base::LocalDate> parse_date(std::string_view text);

}  // namespace sallyport::codec::dhip
