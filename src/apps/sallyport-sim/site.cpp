#include "apps/sallyport-sim/site.hpp"

#include <array>
#include <csignal>
#include <cstdio>

#include <boost/asio/signal_set.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/linux/time_zones.hpp"
#include "adapters/net/http_server.hpp"
#include "adapters/net/identity.hpp"
#include "adapters/net/tls_stream.hpp"
#include "apps/sallyport-sim/control.hpp"
#include "apps/sallyport-sim/walkers.hpp"
#include "apps/service/open_files.hpp"
#include "base/log.hpp"

namespace sallyport::apps {

namespace {

constexpr std::uint64_t files_each = 4;  ///< listener, datagrams, a manager's session, a stranger's
constexpr std::uint64_t files_beside = 64;

/// A thousand controllers have a thousand processors for their logins; here they share one, and their
/// passwords guard nothing.
base::Result<std::vector<ports::Account>> accounts_with(const std::optional<base::Secret>& password) {
    if (!password) return std::vector<ports::Account>{};
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const auto text = password->reveal();
    if (crypto_pwhash_str(hash.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_MIN,
                          crypto_pwhash_MEMLIMIT_MIN) != 0)
        return base::fail(base::ErrorKind::unavailable, "busy", "There is no memory to hash a password.");
    return std::vector<ports::Account>{{"admin", ports::AccountRole::admin, hash.data(), {}}};
}

/// The same at each start with this seed: a platform knows its controllers again.
std::string serial_of(std::uint64_t seed, std::uint32_t number) {
    return fmt::format("SP{:06X}{:06X}", seed & 0xFF'FFFF, number);
}

ports::Endpoint next_port(const ports::Endpoint& first, std::uint32_t further) {
    return {first.address, static_cast<std::uint16_t>(first.port == 0 ? 0 : first.port + further)};
}

base::Result<ports::Identity> identity_of(const SimOptions& options, const std::string& serial) {
    const adapters::IdentitySubject subject{.common_name = serial, .names = {}};
    if (options.directory.empty()) return adapters::make_identity(subject);
    return adapters::open_identity(options.directory / serial, subject);
}

class Site {
  public:
    Site(const SimOptions& options, std::vector<ports::Account> accounts)
        : options_(options),
          ground_{
              loop_, machine_, zones_, *dialler_, std::move(accounts), options.doors, options.records_limit} {
    }

    base::Status build() {
        for (std::uint32_t i = 0; i < options_.controllers; ++i)
            if (auto status = add_controller(i); !status) return status;
        walkers_.emplace(loop_, fleet_, machine_, options_.seed, options_.pace);
        faults_.emplace(loop_, fleet_, *dialler_, options_.seed + 1);
        if (!options_.control) return {};
        control_.emplace(fleet_, *walkers_, *faults_);
        auto server = adapters::make_http_server(loop_, *options_.control, nullptr, {}, *control_);
        if (!server) return std::unexpected(server.error());
        server_ = *std::move(server);
        return {};
    }

    void say_where() const {
        boost::json::object said{{"controllers", fleet_.size()}, {"listen", nullptr}, {"control", nullptr}};
        if (!options_.registration) said["listen"] = ports::text_of(fleet_.front()->address());
        if (server_) said["control"] = ports::text_of(server_->local());
        std::printf("%s\n", boost::json::serialize(said).c_str());
        std::fflush(stdout);
    }

    void run() {
        boost::asio::signal_set signals(loop_, SIGTERM, SIGINT);
        signals.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) loop_.stop();
        });
        controller::LoopTimer end(loop_);
        if (options_.seconds > 0) end.after(std::chrono::seconds{options_.seconds}, [this] { loop_.stop(); });
        for (auto& one : fleet_) {
            one->start();
            if (options_.registration) one->register_at(*options_.registration);
        }
        walkers_->come(options_.passages);
        faults_->befall(options_.faults, options_.faults_an_hour);
        loop_.run();
    }

  private:
    base::Status add_controller(std::uint32_t index) {
        auto serial = serial_of(options_.seed, index + 1);
        auto identity = identity_of(options_, serial);
        if (!identity) return std::unexpected(identity.error());
        auto& one = *fleet_.emplace_back(
            std::make_unique<SimulatedController>(ground_, std::move(serial), *std::move(identity)));
        if (!options_.registration)
            if (auto status = one.listen(next_port(options_.listen, index)); !status) return status;
        return options_.panel ? one.show_panel(next_port(*options_.panel, index)) : base::Status{};
    }

    const SimOptions& options_;
    boost::asio::io_context loop_{1};
    adapters::MachineClock machine_;
    adapters::SystemTimeZones zones_;
    std::unique_ptr<ports::StreamDialler> dialler_ = adapters::make_dialler(loop_);
    Ground ground_;
    Fleet fleet_;
    std::optional<Walkers> walkers_;
    std::optional<Faults> faults_;
    std::optional<Control> control_;
    std::unique_ptr<ports::HttpServer> server_;
};

}  // namespace

base::Status run_site(const SimOptions& options) {
    const auto files = options.controllers * files_each + files_beside;
    if (const auto allowed = raise_open_files(); allowed < files)
        return base::fail(
            base::ErrorKind::invalid, "open_files_limit",
            fmt::format("{} controllers need {} open files, and this user may have {}: simulate "
                        "fewer, or raise the limit (ulimit -Hn)",
                        options.controllers, files, allowed));
    auto accounts = accounts_with(options.password);
    if (!accounts) return std::unexpected(accounts.error());
    Site site(options, *std::move(accounts));
    if (auto status = site.build(); !status) return status;
    site.say_where();
    site.run();
    return {};
}

}  // namespace sallyport::apps
