#include "adapters/linux/process_figures.hpp"

#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace sallyport::adapters {

namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ports::ProcessFigures process_figures(base::UtcTime started_at, const std::filesystem::path& directory) {
    ports::ProcessFigures figures;
    figures.started_at = started_at;
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    std::ifstream memory("/proc/self/statm");
    if (memory >> pages >> resident) {
        const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        figures.virtual_bytes = pages * page;
        figures.resident_bytes = resident * page;
    }
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        figures.processor_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    std::error_code failed;
    const auto space = std::filesystem::space(directory, failed);
    if (!failed) figures.disk_bytes = space.capacity;
    if (!failed) figures.disk_free_bytes = space.available;
    for (std::filesystem::directory_iterator one("/proc/self/fd", failed), end; !failed && one != end;
         one.increment(failed))
        ++figures.open_files;
    return figures;
}

}  // namespace sallyport::adapters
