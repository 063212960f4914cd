#include "adapters/tables/scratch_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace sallyport::adapters {

std::unexpected<base::Error> not_written() {
    return base::fail(base::ErrorKind::storage, "storage",
                      "The disk refused to store the file. Free some space, and try again.");
}

base::Result<std::unique_ptr<ScratchFile>> ScratchFile::make(const std::filesystem::path& directory) {
    auto name = (directory / "scratch-XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return not_written();
    ::unlink(name.c_str());
    return std::unique_ptr<ScratchFile>(new ScratchFile(descriptor));
}

ScratchFile::~ScratchFile() {
    ::close(descriptor_);
}

base::Status ScratchFile::append(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0) return not_written();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

base::Result<std::string> ScratchFile::read(std::uint64_t at, std::size_t most) const {
    std::string bytes(std::min<std::uint64_t>(most, size() - std::min(at, size())), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto count =
            ::pread(descriptor_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(at + got));
        if (count <= 0)
            return base::fail(base::ErrorKind::storage, "storage", "The file cannot be read back.");
        got += static_cast<std::size_t>(count);
    }
    return bytes;
}

std::uint64_t ScratchFile::size() const {
    struct stat state{};
    return ::fstat(descriptor_, &state) == 0 ? static_cast<std::uint64_t>(state.st_size) : 0;
}

std::string ScratchFile::path() const {
    return fmt::format("/proc/self/fd/{}", descriptor_);
}

}  // namespace sallyport::adapters
