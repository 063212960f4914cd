#include "controller/dialect/site_time.hpp"

#include "ports/wall_time.hpp"

namespace sallyport::controller::dialect {

using codec::cgi::WallTime;

WallTime SiteTime::wall_of(base::UtcTime at) const {
    return {ports::wall_seconds(zones_, controller_.station().settings().zone, at)};
}

base::UtcTime SiteTime::utc_of(WallTime wall) const {
    return ports::utc_of_wall(zones_, controller_.station().settings().zone, wall.seconds);
}

}  // namespace sallyport::controller::dialect
