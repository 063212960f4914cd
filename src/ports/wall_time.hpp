#pragma once
// The wall clock of a zone and UTC: what the dialect says is local time without a zone.
#include <cstdint>
#include <string>

#include "ports/clock.hpp"

namespace sallyport::ports {

/// Seconds since 1970-01-01 00:00:00 on the zone's wall clock; that of UTC where there is no such zone.
[[nodiscard]] std::int64_t wall_seconds(const TimeZones&, const std::string& zone, base::UtcTime);
/// When the zone's clocks show that. In the hour that a change of the clocks repeats, the one or the other;
/// in the one that it leaves out, a time beside it.
[[nodiscard]] base::UtcTime utc_of_wall(const TimeZones&, const std::string& zone, std::int64_t seconds);

}  // namespace sallyport::ports
