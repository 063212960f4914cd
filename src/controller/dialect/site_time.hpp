#pragma once
// The site's wall clock, in which the dialect says everything but the times of records.
#include "codec/cgi/civil_text.hpp"
#include "controller/controller.hpp"
#include "ports/clock.hpp"

namespace sallyport::controller::dialect {

class SiteTime {
  public:
    SiteTime(const Controller& controller, const ports::TimeZones& zones)
        : controller_(controller), zones_(zones) {}

    [[nodiscard]] codec::cgi::WallTime wall_of(base::UtcTime) const;
    /// As ports::utc_of_wall.
    [[nodiscard]] base::UtcTime utc_of(codec::cgi::WallTime) const;

  private:
    const Controller& controller_;
    const ports::TimeZones& zones_;
};

}  // namespace sallyport::controller::dialect
