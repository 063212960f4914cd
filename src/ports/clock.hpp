#pragma once
// Time as the shells get it. Implementations: adapters/linux (the machine), adapters/sim (moved by hand).
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::ports {

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual base::Instant monotonic() const = 0;
    [[nodiscard]] virtual base::UtcTime utc() const = 0;
    [[nodiscard]] virtual base::ClockTrust trust() const = 0;
    /// Unsynchronised where nothing is known of it.
    [[nodiscard]] virtual base::NetworkTime network_time() const { return {}; }
    /// Steps the civil clock; holds and time-outs are not touched.
    virtual base::Status set_utc(base::UtcTime) = 0;
};

/// IANA zones. Thread-safe.
class TimeZones {
  public:
    virtual ~TimeZones() = default;
    /// `invalid` "unknown_zone" with the name when there is none of that name.
    [[nodiscard]] virtual base::Result<base::LocalTime> local(const std::string& zone,
                                                              base::UtcTime) const = 0;
};

}  // namespace sallyport::ports
