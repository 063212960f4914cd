#include "apps/sallyport-door/backup_commands.hpp"

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/controller_store.hpp"
#include "apps/directory/locked_directory.hpp"

namespace sallyport::apps {

namespace {

/// Typed without being shown; a line where it comes from a pipe.
base::Secret read_passphrase() {
    termios before{};
    const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        std::cerr << "Passphrase of the backup: " << std::flush;
        auto quiet = before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    std::string line;
    std::getline(std::cin, line);
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::cerr << '\n';
    }
    return base::Secret(std::move(line));
}

/// Files that another user made here could not be read by the daemon.
base::Status check_user(const std::filesystem::path& directory) {
    struct stat state{};
    if (::stat(directory.c_str(), &state) != 0)
        return base::fail(base::ErrorKind::storage, "directory",
                          fmt::format("The data directory {} cannot be used: {}.", directory.string(),
                                      std::strerror(errno)));
    if (state.st_uid == ::geteuid()) return {};
    return base::fail(
        base::ErrorKind::forbidden, "other_user",
        fmt::format("The data directory {} belongs to another user: run this as that user, with "
                    "`sudo -u`.",
                    directory.string()));
}

std::unexpected<base::Error> not_written(const std::filesystem::path& file, int error) {
    return base::fail(base::ErrorKind::storage, "storage",
                      fmt::format("{} cannot be written: {}.", file.string(), std::strerror(error)));
}

/// Never over another file; whole and on the disk, or not there.
base::Status write_new(const std::filesystem::path& file, std::string_view content) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return not_written(file, errno);
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0) break;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    const bool whole = content.empty() && ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (whole) return {};
    ::unlink(file.c_str());
    return not_written(file, error);
}

constexpr std::uintmax_t backup_limit = 512U << 20;

base::Result<std::string> read_backup(const std::filesystem::path& file) {
    std::error_code error;
    const bool readable = std::filesystem::is_regular_file(file, error) &&
                          std::filesystem::file_size(file, error) <= backup_limit;
    std::ifstream in;
    if (readable) in.open(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (readable && in) return bytes;
    return base::fail(base::ErrorKind::not_found, "no_backup",
                      fmt::format("{} cannot be read.", file.string()));
}

struct OpenStore {
    std::unique_ptr<adapters::SqliteControllerStore> store;
    ports::ControllerImage image;
    std::string set_aside;  ///< where a damaged database went; empty: there was none
};

base::Result<OpenStore> open_store(const std::filesystem::path& database) {
    auto store = adapters::SqliteControllerStore::open(database);
    if (!store) return std::unexpected(store.error());
    auto image = (*store)->load();
    if (!image) return std::unexpected(image.error());
    if (!image->damage.empty())
        return base::fail(base::ErrorKind::corrupt, "database_corrupt", image->damage);
    return OpenStore{*std::move(store), *std::move(image), {}};
}

/// The name is the first that is free: controller.db.damaged-1, with -wal and -shm beside it.
base::Result<std::string> set_aside(const std::filesystem::path& database) {
    std::string kept;
    for (int number = 1; kept.empty() || std::filesystem::exists(kept); ++number)
        kept = fmt::format("{}.damaged-{}", database.string(), number);
    for (const auto* part : {"-wal", "-shm", ""}) {
        std::error_code error;
        const auto from = database.string() + part;
        if (!std::filesystem::exists(from)) continue;
        std::filesystem::rename(from, kept + part, error);
        if (error) return not_written(kept + part, error.value());
    }
    return kept;
}

/// A damaged one makes way for a new one, and is kept.
base::Result<OpenStore> open_or_begin_anew(const std::filesystem::path& database) {
    auto opened = open_store(database);
    if (opened || !adapters::is_damage(opened.error())) return opened;
    auto kept = set_aside(database);
    if (!kept) return std::unexpected(kept.error());
    opened = open_store(database);
    if (opened) opened->set_aside = *std::move(kept);
    return opened;
}

}  // namespace

base::Result<std::string> make_backup(const BackupOptions& options) {
    if (auto status = check_user(options.directory); !status) return std::unexpected(status.error());
    const auto database = options.directory / "controller.db";
    if (!std::filesystem::exists(database))
        return base::fail(base::ErrorKind::not_found, "no_controller",
                          fmt::format("There is no controller in {}.", options.directory.string()));
    auto opened = open_store(database);
    if (!opened) return std::unexpected(opened.error());
    const auto people = opened->image.people.size();
    const auto serial = opened->image.serial;
    const auto sealed =
        adapters::SqliteBackups(options.directory)
            .seal({std::move(opened->image), serial, adapters::MachineClock().utc()}, read_passphrase());
    if (!sealed) return std::unexpected(sealed.error());
    if (auto status = write_new(options.file, *sealed); !status) return std::unexpected(status.error());
    return fmt::format("{} holds the configuration of {} with {} people.\n", options.file.string(), serial,
                       people);
}

base::Result<std::string> restore_backup(const RestoreOptions& options) {
    if (auto status = check_user(options.directory); !status) return std::unexpected(status.error());
    const auto directory = LockedDirectory::open(options.directory, "sallyport-door");
    if (!directory) return std::unexpected(directory.error());
    const auto sealed = read_backup(options.file);
    if (!sealed) return std::unexpected(sealed.error());
    auto backup = adapters::SqliteBackups(directory->path()).open(*sealed, read_passphrase());
    if (!backup) return std::unexpected(backup.error());
    auto opened = open_or_begin_anew(directory->path() / "controller.db");
    if (!opened) return std::unexpected(opened.error());
    const auto write =
        controller::restore_write(*std::move(backup), opened->image,
                                  {options.people, "the command line", adapters::MachineClock().utc(), 0,
                                   options.roster, options.calendar});
    if (!write) return std::unexpected(write.error());
    if (auto stored = opened->store->commit({&*write, 1}); !stored) return std::unexpected(stored.error());
    const auto kept = opened->set_aside.empty()
                          ? std::string{}
                          : fmt::format("The damaged database is kept as {}. ", opened->set_aside);
    return fmt::format("{}Restored, {} people of the backup included. The journal says so as well.\n", kept,
                       write->upsert.size());
}

}  // namespace sallyport::apps
