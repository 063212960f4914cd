#pragma once
// The data directory of a program: made when it is not there, and locked against a second one.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sallyport::apps {

/// `storage` "directory": what is there cannot be read or written, for the reason of this errno.
[[nodiscard]] std::unexpected<base::Error> unusable_directory(const std::filesystem::path&, int error);

class LockedDirectory {
  public:
    /// `storage` "directory" when it cannot be made or written, `conflict` "in_use" naming the process.
    /// `program` is what the message calls the other one.
    [[nodiscard]] static base::Result<LockedDirectory> open(const std::filesystem::path&,
                                                            std::string_view program);
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
