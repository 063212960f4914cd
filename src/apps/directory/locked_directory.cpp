#include "apps/directory/locked_directory.hpp"

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

namespace sallyport::apps {
namespace {

constexpr auto addresses_file = "addresses.json";
}  // namespace

std::unexpected<base::Error> unusable_directory(const std::filesystem::path& path, int error) {
    return base::fail(
        base::ErrorKind::storage, "directory",
        fmt::format("The data directory {} cannot be used: {}. Check the path, its permissions and "
                    "the space on its disk.",
                    path.string(), std::strerror(error)));
}

base::Result<LockedDirectory> LockedDirectory::open(const std::filesystem::path& path,
                                                    std::string_view program) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return unusable_directory(path, error.value());
    int lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 && errno == EROFS) lock = ::open((path / "lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0) return unusable_directory(path, errno);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return base::fail(
            base::ErrorKind::conflict, "in_use",
            fmt::format("The data directory {} is in use by another {}: stop that one, or give this one a "
                        "directory of its own.",
                        path.string(), program));
    }
    std::filesystem::remove(path / addresses_file, error);
    return LockedDirectory(path, lock);
}

LockedDirectory::LockedDirectory(LockedDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

LockedDirectory::~LockedDirectory() {
    if (lock_ < 0) return;
    std::error_code error;
    std::filesystem::remove(path_ / addresses_file, error);
    ::close(lock_);
}

base::Status LockedDirectory::write_addresses(const std::string& json) const {
    const auto target = path_ / addresses_file;
    const auto fresh = path_ / "addresses.new";
    {
        std::ofstream out(fresh);
        out << json << '\n';
        if (!out.flush()) return unusable_directory(path_, errno);
    }
    std::error_code error;
    std::filesystem::rename(fresh, target, error);
    if (error) return unusable_directory(path_, error.value());
    return {};
}

}  // namespace sallyport::apps
