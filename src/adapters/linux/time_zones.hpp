#pragma once
// The machine's time zone database (/usr/share/zoneinfo, Debian package tzdata), read once per zone and kept.
// Thread-safe.
#include <map>
#include <shared_mutex>
#include <string>

#include "ports/clock.hpp"

namespace date {
class time_zone;
}

namespace sallyport::adapters {

class SystemTimeZones final : public ports::TimeZones {
  public:
    /// Right for any year: what lies past the files' last transition (2037) is looked up in a year with the
    /// same calendar, because recurring rules name weekdays of months.
    [[nodiscard]] base::Result<base::LocalTime> local(const std::string& zone, base::UtcTime) const override;

  private:
    [[nodiscard]] base::Result<const date::time_zone*> find(const std::string& zone) const;

    mutable std::shared_mutex mutex_;
    mutable std::map<std::string, const date::time_zone*, std::less<>> known_;
};

}  // namespace sallyport::adapters
