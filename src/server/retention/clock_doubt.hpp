#pragma once
// Whether the clock is believed before something is removed for good because of it (docs/decisions/0048).
// A clock that stands elsewhere than the last believed time and the time that went by since is doubted,
// until it is back or has gone on steadily for `believed_after`. Pure.
#include <optional>

#include <boost/json/object.hpp>

#include "base/time.hpp"

namespace sallyport::server {

struct ClockDoubt {
    static constexpr base::Duration most = std::chrono::hours{48};
    /// Of running time; a weekend on which nobody looks.
    static constexpr base::Duration believed_after = std::chrono::hours{72};

    base::UtcTime believed;   ///< goes on with the time that the platform runs
    base::UtcTime seen;       ///< as the clock stood last
    base::Duration steady{};  ///< for how long a doubted clock has gone on
    bool doubted = false;

    /// `passed` by the monotonic clock since the last look; 0 for the first one after a start.
    void look(base::UtcTime now, base::Duration passed);
    /// How long it still has to go on steadily; none while it is believed.
    [[nodiscard]] std::optional<base::Duration> left() const;
};

[[nodiscard]] boost::json::object to_json(const ClockDoubt&);
/// None when it is not understood.
[[nodiscard]] std::optional<ClockDoubt> clock_doubt_from(const boost::json::object&);

}  // namespace sallyport::server
