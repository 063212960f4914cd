#include "ports/wall_time.hpp"

namespace sallyport::ports {

namespace {

std::int32_t offset_s(const TimeZones& zones, const std::string& zone, base::UtcTime at) {
    const auto local = zones.local(zone, at);
    return local ? local->utc_offset_s : 0;
}

}  // namespace

std::int64_t wall_seconds(const TimeZones& zones, const std::string& zone, base::UtcTime at) {
    const auto seconds = at.microseconds / 1'000'000 - (at.microseconds % 1'000'000 < 0 ? 1 : 0);
    return seconds + offset_s(zones, zone, at);
}

// The offset depends on the time that is looked for: the second look settles it but for the hour of a change.
base::UtcTime utc_of_wall(const TimeZones& zones, const std::string& zone, std::int64_t seconds) {
    const base::UtcTime local{seconds * 1'000'000};
    auto utc = local;
    for (int i = 0; i < 2; ++i) utc = local + std::chrono::seconds{-offset_s(zones, zone, utc)};
    return utc;
}

}  // namespace sallyport::ports
