#include "apps/sallyport/doctor.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/net/identity.hpp"
#include "adapters/net/tls_stream.hpp"
#include "apps/sallyport/commands.hpp"
#include "apps/sallyport/picture_program.hpp"
#include "apps/sallyport/store.hpp"
#include "server/audit/audit.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::apps {

namespace {

constexpr std::uintmax_t little_space = std::uintmax_t{1} << 30;
constexpr std::uintmax_t no_space = std::uintmax_t{100} << 20;
constexpr base::Duration soon = std::chrono::hours{24 * 30};

class Report {
  public:
    void ok(std::string_view what, const std::string& text) { line("ok", what, text); }
    void look(std::string_view what, const std::string& text) { line("LOOK", what, text); }
    void bad(std::string_view what, const std::string& text) {
        line("BAD", what, text);
        ++bad_;
    }
    [[nodiscard]] base::Result<std::string> finished() const {
        if (bad_ == 0) return text_;
        return base::fail(base::ErrorKind::conflict, "findings", text_);
    }

  private:
    void line(std::string_view mark, std::string_view what, const std::string& text) {
        text_ += fmt::format("{:<5} {:<12} {}\n", mark, what, text);
    }
    std::string text_;
    int bad_ = 0;
};

/// What is in there is nobody else's business: PINs are sealed, but names are not.
void look_at_folder(const std::filesystem::path& directory, Report& report) {
    std::error_code failed;
    std::string open;
    for (std::filesystem::recursive_directory_iterator one(directory, failed), end; !failed && one != end;
         one.increment(failed)) {
        struct stat about{};
        if (::lstat(one->path().c_str(), &about) != 0 || S_ISLNK(about.st_mode)) continue;
        const bool readable = (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
        if (readable && one->path().filename() != "certificate.pem" && open.empty())
            open = one->path().string();
    }
    if (failed) return report.bad("data", fmt::format("{}: {}", directory.string(), failed.message()));
    if (::access(directory.c_str(), W_OK) != 0)
        return report.bad("data", fmt::format("{} cannot be written by this user.", directory.string()));
    report.ok("data", directory.string());
    if (open.empty())
        report.ok("permissions", "Nobody else can read what is in there.");
    else
        report.bad("permissions",
                   fmt::format("Others may read {}: chmod -R go= {}", open, directory.string()));
}

void look_at_disk(const std::filesystem::path& directory, Report& report) {
    std::error_code failed;
    const auto space = std::filesystem::space(directory, failed);
    if (failed) return report.bad("disk", failed.message());
    const auto text = fmt::format("{} MiB free.", space.available >> 20);
    if (space.available < no_space)
        report.bad("disk", text + " Soon nothing more can be stored: make room.");
    else if (space.available < little_space)
        report.look("disk", text + " Make room before it is full.");
    else
        report.ok("disk", text);
}

void look_at_clock(const ports::Clock& clock, Report& report) {
    const auto now = server::time_text({clock.utc().microseconds / 1'000'000 * 1'000'000});
    if (clock.trust() != base::ClockTrust::set)
        report.bad("clock", fmt::format("{}; nothing vouches for it: set it, or let NTP do it.", now));
    else if (clock.network_time().state != base::NetworkTime::State::synchronised)
        report.look("clock", fmt::format("{}; not synchronised by NTP now.", now));
    else
        report.ok("clock", fmt::format("{}, synchronised.", now));
}

void look_at_certificate(const std::filesystem::path& directory, base::UtcTime now, Report& report) {
    const auto end = adapters::certificate_end(directory / "certificate.pem");
    if (!end) return report.bad("certificate", end.error().message);
    const auto text = fmt::format("Good until {}.", server::time_text(*end));
    if (*end <= now)
        report.bad("certificate", text + " Browsers and controllers refuse it: put a new one there.");
    else if (*end - now < soon)
        report.look("certificate", text + " Renew it.");
    else
        report.ok("certificate", text);
}

void look_at_port(const DoctorOptions& options, Report& report) {
    if (const auto running = running_in(options.directory)) {
        const auto text = fmt::format("Running at {}: {}.", running->page, running->says);
        return running->health == Running::Health::well ? report.ok("service", text)
                                                        : report.bad("service", text);
    }
    report.look("service", "It does not run.");
    boost::asio::io_context loop;
    const auto listener = adapters::listen_plain(loop, options.listen);
    if (listener)
        report.ok("port", fmt::format("{} is free.", ports::text_of(options.listen)));
    else
        report.bad("port", listener.error().message);
}

void look_at_store(const std::filesystem::path& directory, const ports::Clock& clock, Report& report) {
    const auto store = open_existing_store(directory, clock);
    if (!store) return report.bad("database", store.error().message);
    const auto schema = ports::read_from(**store, [](ports::Connection& connection) {
        return connection.query("SELECT max(number) FROM schema_migration");
    });
    if (!schema) return report.bad("database", schema.error().message);
    report.ok("database", fmt::format("Schema {}.", schema->front().integer(0)));
    const auto chain = server::verify_audit(**store);
    if (chain)
        report.ok("audit", fmt::format("The chain of {} entries is unbroken.", chain->entries));
    else
        report.bad("audit", chain.error().message);
}

void look_at_photos(Report& report) {
    if (const auto drawn = check_picture_program(); !drawn)
        return report.bad("photos", drawn.error().message);
    report.ok("photos", "Drawn by a program of their own.");
}

}  // namespace

base::Result<std::string> examine(const DoctorOptions& options) {
    if (auto there = check_store(options.directory); !there) return std::unexpected(there.error());
    const adapters::MachineClock clock;
    Report report;
    look_at_folder(options.directory, report);
    look_at_disk(options.directory, report);
    look_at_clock(clock, report);
    look_at_certificate(options.directory, clock.utc(), report);
    look_at_port(options, report);
    look_at_store(options.directory, clock, report);
    look_at_photos(report);
    return report.finished();
}

}  // namespace sallyport::apps
