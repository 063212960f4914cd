#pragma once
// What this process takes of its machine. Implementation: adapters/linux.
#include <cstdint>

#include "base/time.hpp"

namespace sallyport::ports {

struct ProcessFigures {
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_files = 0;
    double processor_s = 0;        ///< of all threads since the start
    base::UtcTime started_at;      ///< by the civil clock of then
    std::uint64_t disk_bytes = 0;  ///< of the disk on which it keeps its data
    std::uint64_t disk_free_bytes = 0;
};

}  // namespace sallyport::ports
