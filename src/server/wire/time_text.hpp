#pragma once
// Times as api/openapi.yaml writes them: RFC 3339 in UTC, and times of a day.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sallyport::server {

/// "2026-03-29T00:59:50Z", with ".250" or ".250125" where the time has a fraction.
[[nodiscard]] std::string time_text(base::UtcTime);
/// Takes "Z", "+02:00" and up to nine digits of a second (cut to microseconds), years 1970-9999; nullopt
/// otherwise.
[[nodiscard]] std::optional<base::UtcTime> time_from(std::string_view text);

/// Of a second of the day, 0-86,400: "08:00:00", "24:00:00" its end.
[[nodiscard]] std::string clock_text(std::int64_t second);
[[nodiscard]] std::optional<std::int32_t> second_from(std::string_view text);

}  // namespace sallyport::server
