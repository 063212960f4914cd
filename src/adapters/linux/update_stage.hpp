#pragma once
// Updates on their way to sallyport-door-update: pieces are put together in `incoming`, and a package that is
// signed, newer and for this machine is moved to `staged`, where a path unit of systemd waits for it.
#include <filesystem>

#include "codec/update/update_package.hpp"
#include "ports/update_stage.hpp"

namespace sallyport::adapters {

/// This program on this machine; `newest` is for whoever keeps it.
[[nodiscard]] codec::Installed installed_here();
/// The 64 hexadecimal digits of a file, as bytes. `invalid` "update_key" naming the file.
[[nodiscard]] base::Result<std::string> read_update_key(const std::filesystem::path&);
/// All of a regular file of at most `codec::update_limit` bytes; never through a symbolic link. `not_found`
/// "no_file", `limit` "update_too_large", `storage`.
[[nodiscard]] base::Result<std::string> read_update_file(const std::filesystem::path&);

class UpdateDirectory final : public ports::UpdateStage {
  public:
    UpdateDirectory(std::filesystem::path directory, std::string public_key)
        : directory_(std::move(directory)), public_key_(std::move(public_key)) {}
    base::Result<std::string> take(std::uint64_t offset, std::uint64_t total,
                                   std::string_view piece) override;

  private:
    base::Result<std::string> stage();

    std::filesystem::path directory_;
    std::string public_key_;
};

}  // namespace sallyport::adapters
