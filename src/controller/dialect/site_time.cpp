#include "controller/dialect/site_time.hpp"

namespace sallyport::controller::dialect {

using codec::cgi::WallTime;

std::int32_t SiteTime::offset_s(base::UtcTime at) const {
    const auto local = zones_.local(controller_.station().settings().zone, at);
    return local ? local->utc_offset_s : 0;
}

WallTime SiteTime::wall_of(base::UtcTime at) const {
    const auto seconds = at.microseconds / 1'000'000 - (at.microseconds % 1'000'000 < 0 ? 1 : 0);
    return {seconds + offset_s(at)};
}

// The offset depends on the time that is looked for: the second look settles it but for the hour of a change.
base::UtcTime SiteTime::utc_of(WallTime wall) const {
    const base::UtcTime local{wall.seconds * 1'000'000};
    auto utc = local;
    for (int i = 0; i < 2; ++i) utc = local + std::chrono::seconds{-offset_s(utc)};
    return utc;
}

}  // namespace sallyport::controller::dialect
