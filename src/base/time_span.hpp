#pragma once
// A stretch of calendar time.
#include "base/time.hpp"

namespace sallyport::base {

/// Half-open [from, to).
struct TimeSpan {
    UtcTime from = beginning_of_time;
    UtcTime to = end_of_time;
    [[nodiscard]] constexpr bool contains(UtcTime at) const { return at >= from && at < to; }
};

}  // namespace sallyport::base
