#pragma once
// A file without a name: nobody else opens it, and it goes with the object or the process.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sallyport::adapters {

class ScratchFile {
  public:
    /// On the disk of `directory`. Errors: storage "storage".
    [[nodiscard]] static base::Result<std::unique_ptr<ScratchFile>> make(
        const std::filesystem::path& directory);
    ~ScratchFile();
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    [[nodiscard]] base::Status append(std::string_view bytes) const;
    [[nodiscard]] base::Result<std::string> read(std::uint64_t at, std::size_t most) const;
    [[nodiscard]] std::uint64_t size() const;
    /// For a library that opens a file by itself.
    [[nodiscard]] std::string path() const;

  private:
    explicit ScratchFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

[[nodiscard]] std::unexpected<base::Error> not_written();

}  // namespace sallyport::adapters
