#pragma once
// The data directory: made when it is not there, and locked against a second daemon.
#include <filesystem>

#include "base/result.hpp"

namespace sallyport::apps {

class LockedDirectory {
  public:
    /// `storage` "directory" when it cannot be made or written, `conflict` "in_use" naming the process.
    [[nodiscard]] static base::Result<LockedDirectory> open(const std::filesystem::path&);
    LockedDirectory(LockedDirectory&& other) noexcept;
    LockedDirectory(const LockedDirectory&) = delete;
    LockedDirectory& operator=(const LockedDirectory&) = delete;
    LockedDirectory& operator=(LockedDirectory&&) = delete;
    ~LockedDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// For scripts that asked for port 0: {"listen": "127.0.0.1:37777", ...} in addresses.json while it runs.
    base::Status write_addresses(const std::string& json) const;

  private:
    LockedDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::filesystem::path path_;
    int lock_;
};

}  // namespace sallyport::apps
