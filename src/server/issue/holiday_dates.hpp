#pragma once
// The dates of a holiday as a controller keeps them: ranges, of which a yearly one takes one for each year
// (core/schedule). Pure.
#include <vector>

#include "base/time.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::server {

enum class Repeats { never, yearly };

/// For a yearly one, the ranges that begin in the year before that of `now` and in the fourteen after it: as
/// many as a controller takes. Controllers get the later ones as the years go by. The 29th of February is the
/// 28th in years without one.
[[nodiscard]] std::vector<core::Holiday::Range> holiday_dates(const core::Holiday::Range&, Repeats,
                                                              base::UtcTime now);

}  // namespace sallyport::server
