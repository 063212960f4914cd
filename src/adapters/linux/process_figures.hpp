#pragma once
// What the kernel says of this process.
#include <filesystem>

#include "ports/process_figures.hpp"

namespace sallyport::adapters {

/// From /proc, and of the disk of `directory`; what cannot be read is 0. `started_at` is what it is given.
/// Any thread.
[[nodiscard]] ports::ProcessFigures process_figures(base::UtcTime started_at,
                                                    const std::filesystem::path& directory);

}  // namespace sallyport::adapters
