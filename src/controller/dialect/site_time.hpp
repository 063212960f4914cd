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
    /// When the clocks show that. In the hour that a change of the clocks repeats, the one or the other; in
    /// the one that it leaves out, a time beside it.
    [[nodiscard]] base::UtcTime utc_of(codec::cgi::WallTime) const;

  private:
    [[nodiscard]] std::int32_t offset_s(base::UtcTime) const;

    const Controller& controller_;
    const ports::TimeZones& zones_;
};

}  // namespace sallyport::controller::dialect
