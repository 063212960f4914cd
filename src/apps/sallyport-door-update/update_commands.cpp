#include "apps/sallyport-door-update/update_commands.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/core.h>
#include <sodium.h>

#include "adapters/linux/update_stage.hpp"
#include "base/ids.hpp"

extern char** environ;

namespace sallyport::apps {

using base::ErrorKind;

namespace {

constexpr mode_t secret = 0600;
constexpr mode_t ordinary = 0644;

/// Whole and on the disk.
base::Status write_file(const std::filesystem::path& path, std::string_view bytes, int flags, mode_t mode) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, mode);
    bool whole = file >= 0;
    while (whole && !bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        whole = written >= 0;
        if (whole) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    whole = whole && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0) ::close(file);
    if (whole) return {};
    return base::fail(ErrorKind::storage, "storage",
                      fmt::format("{} cannot be written: {}.", path.string(), std::strerror(error)));
}

/// The newest version that an update brought here; 0.0.0 before the first.
base::Result<codec::Version> newest_in(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return codec::Version{};
    std::ifstream in(file);
    std::string text;
    std::getline(in, text);
    if (const auto version = codec::Version::from(text)) return *version;
    // Without it an older version could come in: nothing is installed until somebody has looked.
    return base::fail(
        ErrorKind::corrupt, "newest_damaged",
        fmt::format("{} should hold the newest version that was installed, and does not: write it "
                    "there, such as 1.2.3.",
                    file.string()));
}

base::Status run_installer(const std::filesystem::path& installer, const std::filesystem::path& package) {
    std::string words[] = {installer.string(), "--force-confold", "--install", package.string()};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    pid_t child = 0;
    int state = -1;
    const int failed = ::posix_spawn(&child, words[0].c_str(), nullptr, nullptr, arguments, environ);
    if (failed == 0)
        while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
        }
    if (failed == 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0) return {};
    return base::fail(ErrorKind::unavailable, "not_installed",
                      fmt::format("The update was not installed: {} failed; what it said stands above.",
                                  installer.string()));
}

base::Result<std::string> install(const InstallOptions& options, std::string_view bytes) {
    const auto key = adapters::read_update_key(options.key);
    if (!key) return std::unexpected(key.error());
    const auto package = codec::read_update(bytes, *key);
    if (!package) return std::unexpected(package.error());
    const auto newest = newest_in(options.state / "newest");
    if (!newest) return std::unexpected(newest.error());
    auto installed = adapters::installed_here();
    installed.newest = *newest;
    if (auto status = codec::check_update(package->head, installed); !status)
        return std::unexpected(status.error());
    const auto payload = options.state / "package.deb";
    std::error_code ignored;
    std::filesystem::create_directories(options.state, ignored);
    auto status = write_file(payload, package->payload, O_TRUNC, secret);
    if (status) status = run_installer(options.installer, payload);
    std::filesystem::remove(payload, ignored);
    const auto version = package->head.version.text();
    if (status) status = write_file(options.state / "newest", version + "\n", O_TRUNC, ordinary);
    if (!status) return std::unexpected(status.error());
    return fmt::format("Version {} is installed instead of {}.\n", version, installed.version.text());
}

}  // namespace

base::Result<std::string> install_update(const InstallOptions& options) {
    const auto bytes = adapters::read_update_file(options.staged);
    auto outcome = bytes ? install(options, *bytes) : std::unexpected(bytes.error());
    // Where the unit looks, it would be tried without end.
    if (!outcome && outcome.error().code == "update_key" && options.staged != InstallOptions{}.staged)
        return outcome;
    std::error_code ignored;
    std::filesystem::remove(options.staged, ignored);
    return outcome;
}

namespace {

/// A field of a .deb; empty for what dpkg-deb cannot read, and says so.
std::string field_of(const std::filesystem::path& deb, const char* field) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string words[] = {"dpkg-deb", "--field", std::filesystem::absolute(deb).string(), field};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string text;
    char piece[256];
    for (ssize_t got = 0; (got = ::read(ends[0], piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<std::size_t>(got));
    ::close(ends[0]);
    if (failed == 0) ::waitpid(child, nullptr, 0);
    return text.substr(0, text.find('\n'));
}

base::Status check_payload(const SignOptions& options) {
    const auto version = field_of(options.payload, "Version");
    const auto architecture = field_of(options.payload, "Architecture");
    const auto refuse = [&](std::string_view what, std::string_view is, std::string_view told) {
        return base::fail(ErrorKind::invalid, "payload",
                          fmt::format("{} has the {} {}, not {}: nothing was signed.",
                                      options.payload.string(), what, is, told));
    };
    if (version.empty() || architecture.empty())
        return base::fail(ErrorKind::invalid, "payload",
                          fmt::format("{} is no .deb that dpkg-deb can read: nothing was signed.",
                                      options.payload.string()));
    // Of 1.2.3-4, what stands before the packaging's own number.
    if (version.substr(0, version.find_first_of("-+~")) != options.version)
        return refuse("version", version, options.version);
    if (architecture != options.architecture)
        return refuse("architecture", architecture, options.architecture);
    return {};
}

}  // namespace

base::Result<std::string> make_update_key(const std::filesystem::path& file) {
    std::string seed(codec::update_key_bytes, '\0');
    randombytes_buf(seed.data(), seed.size());
    const auto keys = codec::update_keys(base::Secret(seed));
    if (!keys) return std::unexpected(keys.error());
    base::wipe(seed.data(), seed.size());
    const base::Secret digits(base::to_hex(keys->seed.reveal()) + "\n");
    if (auto status = write_file(file, digits.reveal(), O_EXCL, secret); !status)
        return std::unexpected(status.error());
    return base::to_hex(keys->public_key) + "\n";
}

base::Result<std::string> sign_update_file(const SignOptions& options) {
    auto seed = adapters::read_update_key(options.key);
    if (!seed) return std::unexpected(seed.error());
    const auto keys = codec::update_keys(base::Secret(*std::move(seed)));
    if (!keys) return std::unexpected(keys.error());
    const auto payload = adapters::read_update_file(options.payload);
    if (!payload) return std::unexpected(payload.error());
    const auto version = codec::Version::from(options.version);
    const auto minimum = codec::Version::from(options.minimum);
    if (!version || !minimum)
        return base::fail(ErrorKind::invalid, "version", "A version is three numbers, such as 1.2.3.");
    if (auto status = check_payload(options); !status) return std::unexpected(status.error());
    const auto package = codec::sign_update(
        {adapters::installed_here().product, options.architecture, *version, *minimum, 0, {}}, *payload,
        *keys);
    if (!package) return std::unexpected(package.error());
    if (auto status = write_file(options.package, *package, O_EXCL, ordinary); !status)
        return std::unexpected(status.error());
    return fmt::format("{} brings {} for {}.\n", options.package.string(), version->text(),
                       options.architecture);
}

}  // namespace sallyport::apps
