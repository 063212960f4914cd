#include "adapters/linux/update_stage.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/ids.hpp"

namespace sallyport::adapters {

using base::ErrorKind;

namespace {

constexpr auto incoming = "incoming";
constexpr auto staged = "staged";

std::unexpected<base::Error> unusable(const std::filesystem::path& path, int error) {
    return base::fail(ErrorKind::storage, "storage",
                      fmt::format("{} cannot be used: {}.", path.string(), std::strerror(error)));
}

class File {
  public:
    File(const std::filesystem::path& path, int flags)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }
    /// -1 for what is no regular file.
    [[nodiscard]] std::int64_t size() const {
        struct stat state{};
        return ::fstat(descriptor_, &state) == 0 && S_ISREG(state.st_mode) ? state.st_size : -1;
    }

  private:
    int descriptor_;
};

bool append(const File& file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

codec::Installed installed_here() {
#if defined(__x86_64__)
    constexpr auto architecture = "amd64";
#elif defined(__aarch64__)
    constexpr auto architecture = "arm64";
#else
    constexpr auto architecture = "unknown";
#endif
    const auto version = codec::Version::from(SALLYPORT_VERSION).value_or(codec::Version{});
    return {"sallyport-door", architecture, version, version};
}

base::Result<std::string> read_update_key(const std::filesystem::path& path) {
    const auto text = read_update_file(path);
    if (!text) return base::fail(ErrorKind::invalid, "update_key", text.error().message);
    auto key = base::from_hex(std::string_view(*text).substr(0, text->find('\n')));
    if (key && key->size() == codec::update_key_bytes) return *std::move(key);
    return base::fail(ErrorKind::invalid, "update_key",
                      fmt::format("{} holds no key of 64 hexadecimal digits.", path.string()));
}

base::Result<std::string> read_update_file(const std::filesystem::path& path) {
    const File file(path, O_RDONLY | O_NONBLOCK);
    if (file.get() < 0 && errno == ENOENT)
        return base::fail(ErrorKind::not_found, "no_file", fmt::format("There is no {}.", path.string()));
    if (file.get() < 0) return unusable(path, errno);
    const auto size = file.size();
    if (size < 0)
        return base::fail(ErrorKind::storage, "storage", fmt::format("{} is no file.", path.string()));
    if (static_cast<std::size_t>(size) > codec::update_limit)
        return base::fail(
            ErrorKind::limit, "update_too_large",
            fmt::format("{} has {} bytes; {} are possible.", path.string(), size, codec::update_limit));
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto more = ::read(file.get(), bytes.data() + got, bytes.size() - got);
        if (more < 0) return unusable(path, errno);
        if (more == 0) break;
        got += static_cast<std::size_t>(more);
    }
    bytes.resize(got);
    return bytes;
}

base::Result<std::string> UpdateDirectory::take(std::uint64_t offset, std::uint64_t total,
                                                std::string_view piece) {
    if (total > codec::update_limit)
        return base::fail(
            ErrorKind::limit, "update_too_large",
            fmt::format("The update package has {} bytes; {} are possible.", total, codec::update_limit));
    std::error_code error;
    std::filesystem::create_directory(directory_, error);
    const auto path = directory_ / incoming;
    {
        const File file(path, O_WRONLY | O_CREAT | O_APPEND | (offset == 0 ? O_TRUNC : 0));
        if (file.get() < 0) return unusable(path, errno);
        const auto size = file.size();
        if (size < 0 || static_cast<std::uint64_t>(size) != offset || piece.size() > total - offset)
            return base::fail(
                ErrorKind::invalid, "invalid_parameter",
                fmt::format("params.offset: {} of {} bytes are here; go on from there, or begin "
                            "anew with 0.",
                            size, total));
        if (!append(file, piece) || ::fsync(file.get()) != 0) return unusable(path, errno);
    }
    if (offset + piece.size() < total) return std::string();
    auto version = stage();
    if (!version) std::filesystem::remove(path, error);
    return version;
}

base::Result<std::string> UpdateDirectory::stage() {
    const auto path = directory_ / incoming;
    const auto bytes = read_update_file(path);
    if (!bytes) return std::unexpected(bytes.error());
    const auto package = codec::read_update(*bytes, public_key_);
    if (!package) return std::unexpected(package.error());
    if (auto status = codec::check_update(package->head, installed_here()); !status)
        return std::unexpected(status.error());
    std::error_code error;
    std::filesystem::rename(path, directory_ / staged, error);
    if (error) return unusable(directory_ / staged, error.value());
    return package->head.version.text();
}

}  // namespace sallyport::adapters
