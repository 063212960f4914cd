#pragma once
// What the kernel says of this process.
#include "ports/process_figures.hpp"

namespace sallyport::adapters {

/// From /proc; what cannot be read there is 0. `started_at` is what it is given. Any thread.
[[nodiscard]] ports::ProcessFigures process_figures(base::UtcTime started_at);

}  // namespace sallyport::adapters
