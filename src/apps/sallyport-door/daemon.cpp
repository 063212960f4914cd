#include "apps/sallyport-door/daemon.hpp"

#include <csignal>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "adapters/linux/gpio/linux_doors.hpp"
#include "adapters/linux/gpio/wiegand_outputs.hpp"
#include "adapters/linux/host_network.hpp"
#include "adapters/linux/machine_clock.hpp"
#include "adapters/linux/time_zones.hpp"
#include "adapters/linux/update_stage.hpp"
#include "adapters/memory/unreadable_store.hpp"
#include "adapters/net/datagram.hpp"
#include "adapters/net/http_server.hpp"
#include "adapters/net/identity.hpp"
#include "adapters/net/networks.hpp"
#include "adapters/net/stream_http.hpp"
#include "adapters/net/tls_stream.hpp"
#include "adapters/sim/simulated_clock.hpp"
#include "adapters/sim/simulated_doors.hpp"
#include "adapters/sim/simulated_panel.hpp"
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/controller_store.hpp"
#include "apps/directory/locked_directory.hpp"
#include "apps/sallyport-door/osdp_lines.hpp"
#include "apps/service/service_notice.hpp"
#include "base/log.hpp"
#include "controller/controller.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"
#include "controller/dialect/operations.hpp"
#include "controller/dialect/plain_http.hpp"
#include "controller/panel_service.hpp"
#include "controller/registration.hpp"
#include "controller/syslog_export.hpp"
#include "embedded/panel_page.hpp"

namespace sallyport::apps {
namespace {

/// Of each port: a stranger who holds connections open keeps neither others out nor files from being opened.
constexpr std::size_t connections_limit = 256;
constexpr std::size_t connections_of_one = 96;

controller::ControllerOptions controller_options(const DoorOptions& options) {
    controller::ControllerOptions result;
    result.doors = options.doors;
    result.roster = options.roster;
    result.calendar = options.calendar;
    result.records_limit = options.records_limit;
    result.power_on_codes = options.power_on_codes;
    result.fallback = options.fallback;
    return result;
}

adapters::SimulatedDoorOptions simulation_options(const DoorOptions& options) {
    return {options.doors, options.readers_per_door, std::chrono::microseconds{options.wiegand_bit_us}};
}

/// In the order in which they are made; they go in the opposite one, the store's thread flushing as it goes.
class Daemon {
  public:
    Daemon(const DoorOptions& options, ports::ControllerStore& store, const ports::Identity& identity)
        : options_(options),
          identity_(identity),
          backups_(options.directory),
          updates_(options.directory / "update", options.update_key),
          network_(options.network_interface, options.directory / "network.json"),
          simulated_(options.hardware == Hardware::simulated
                         ? std::make_unique<adapters::SimulatedDoors>(clock_, simulation_options(options))
                         : nullptr),
          wired_(options.hardware == Hardware::linux_io
                     ? std::make_unique<adapters::LinuxDoors>(loop_, machine_, options.wiring)
                     : nullptr),
          store_(store, loop_),
          controller_(loop_, time(), zones_, doors(), store_, controller_options(options)) {}

    /// The lines of real hardware; simulated doors have none to take.
    base::Status take_lines() { return wired_ ? wired_->open() : base::Status{}; }

    base::Status listen() {
        auto lines = OsdpLines::open(loop_, machine_, time(), options_);
        if (!lines) return std::unexpected(lines.error());
        osdp_lines_ = *std::move(lines);
        osdp_lines_.add_to(reader_lines_, simulated_.get());
        open_panel_link();
        if (panel_link_) {
            reader_mode_.emplace(controller_, *panel_link_);
            controller_.connect(*reader_mode_);
        }
        if (simulated_) simulated_->on_given_up = [this] { controller_.clock_changed(); };
        auto listener = adapters::listen_tls(loop_, options_.listen, identity_, stream_limits());
        if (!listener) return std::unexpected(listener.error());
        listener_ = *std::move(listener);
        if (auto status = open_discovery(); !status) return status;
        if (auto status = open_panel(); !status) return status;
        service_.emplace(
            loop_, controller_, reader_lines_, zones_, machine_, time(),
            controller::DeviceIdentity{.firmware = SALLYPORT_VERSION,
                                       .fingerprint = identity_.fingerprint,
                                       .certificate_pem = identity_.certificate_pem,
                                       .listen = listener_->local(),
                                       .http_port = panel_ ? panel_->local().port : std::uint16_t{0}});
        service_->offer_backups(backups_);
        service_->offer_network(network_);
        if (auto status = network_.take_up(); !status) base::log_error(status.error().message);
        if (!options_.update_key.empty()) service_->offer_updates(updates_);
        listener_->on_accepted = [this](ports::StreamPtr stream) {
            service_->accept(std::move(stream), controller::Channel::tls);
        };
        operations_.emplace(*service_);
        auto status = open_syslog();
        if (status && options_.compatibility) status = open_compatibility();
        return status;
    }

    /// Once the controller runs: its serial is what it goes by unless somebody said otherwise.
    void register_with_platforms() {
        const auto id = options_.registration_id.empty() ? controller_.serial() : options_.registration_id;
        using Form = controller::RegistrationTarget::Form;
        if (options_.registration) {
            dialler_ = adapters::make_dialler(loop_);
            registration_.emplace(loop_, *service_, *dialler_, &identity_,
                                  controller::RegistrationTarget{*options_.registration, id, Form::frame});
        }
        if (!options_.compatibility_registration) return;
        plain_dialler_ = adapters::make_plain_dialler(loop_);
        plain_registration_.emplace(
            loop_, *service_, *plain_dialler_, nullptr,
            controller::RegistrationTarget{
                *options_.compatibility_registration, id, Form::http,
                [this](const ports::StreamPtr& stream, std::string_view first, std::function<void()> ended) {
                    return adapters::serve_http(stream, first, *plain_service_, std::move(ended));
                }});
    }

    void run(ports::ControllerImage image) {
        boost::asio::signal_set signals(loop_, SIGTERM, SIGINT);
        signals.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) loop_.stop();
        });
        reader_lines_.start(image);
        if (reader_mode_) reader_mode_->start(image);
        controller_.start(std::move(image), core::PoweredOn::Cause::started);
        register_with_platforms();
        if (syslog_) syslog_->start();
        notice_.ready(fmt::format("{} doors, managed at {}", options_.doors, text_of(listener_->local())));
        loop_.run();
        notice_.stopping();
        base::log_notice("Stopping: what is queued is stored first.");
    }

    [[nodiscard]] std::string addresses() const {
        boost::json::object all{{"listen", ports::text_of(listener_->local())}};
        if (panel_) all["panel"] = ports::text_of(panel_->local());
        if (discovery_) all["discovery"] = ports::text_of(discovery_->local());
        if (plain_http_) all["compatibility_http"] = ports::text_of(plain_http_->local());
        if (plain_dhip_) all["compatibility_dhip"] = ports::text_of(plain_dhip_->local());
        return boost::json::serialize(all);
    }

    void say_where() const {
        base::log_notice(fmt::format("Devices are managed at {}, certificate {}", text_of(listener_->local()),
                                     identity_.fingerprint));
        if (panel_) base::log_notice(fmt::format("Front panel: http://{}/", text_of(panel_->local())));
        if (discovery_)
            base::log_notice(fmt::format("Discovery answers at {}", text_of(discovery_->local())));
        if (plain_http_)
            base::log_warning(fmt::format("Compatibility is on: http://{}/ speaks in clear",
                                          text_of(plain_http_->local())));
        if (plain_dhip_)
            base::log_warning(
                fmt::format("Compatibility is on: DHIP in clear at {}", text_of(plain_dhip_->local())));
    }

  private:
    [[nodiscard]] ports::DoorIo& doors() {
        if (wired_) return *wired_;
        return *simulated_;
    }
    [[nodiscard]] ports::Clock& time() {
        if (wired_) return machine_;
        return clock_;
    }

    /// To somebody else's panel, for the working mode "reader".
    void open_panel_link() {
        if (options_.reader_mode)
            panel_link_ = std::make_unique<adapters::OsdpPanelLink>(loop_, machine_, *options_.reader_mode);
        if (!options_.wiegand_panel) return;
        const auto& wires = *options_.wiegand_panel;
        adapters::WiegandOutputs outputs;
        if (simulated_) {
            auto& panel = simulated_panel_.emplace(wires.sending.format);
            outputs.open = [] { return base::Status{}; };
            outputs.set = [&panel](codec::wiegand::Line line, core::Level level) {
                panel.set(line, level);
                return base::Status{};
            };
            simulated_->panel_heard = [&panel] { return panel.heard(); };
        } else if (wires.d0 && wires.d1) {
            outputs = adapters::gpio_outputs(*wires.d0, *wires.d1);
        } else {
            return;  // the hardware that the file is for is not the one of the command line
        }
        panel_link_ = std::make_unique<adapters::WiegandPanelLink>(loop_, std::move(outputs), wires.sending);
    }

    base::Status open_panel() {
        if (!options_.panel || !simulated_) return {};
        panel_service_.emplace(
            controller_, reader_lines_, *simulated_, clock_, panel_page::files(),
            controller::PanelMachine{
                .fingerprint = identity_.fingerprint,
                .listen = listener_->local(),
                .discovery = discovery_ ? std::optional(discovery_->local()) : std::nullopt,
                .connections = [this] { return service_ ? service_->sessions() : 0; }});
        auto server =
            adapters::make_http_server(loop_, *options_.panel, nullptr, http_limits(), *panel_service_);
        if (!server) return std::unexpected(server.error());
        panel_ = *std::move(server);
        return {};
    }

    base::Status open_syslog() {
        if (!options_.syslog) return {};
        auto collector = adapters::make_collector(loop_, options_.syslog->collector, options_.syslog->trust);
        if (!collector) return std::unexpected(collector.error());
        syslog_.emplace(loop_, controller_, *std::move(collector), options_.syslog->source);
        return {};
    }

    base::Status open_discovery() {
        if (!options_.discovery) return {};
        auto socket =
            adapters::open_datagram(loop_, *options_.discovery, std::string(codec::dhip::discovery_group));
        if (!socket) return std::unexpected(socket.error());
        discovery_ = *std::move(socket);
        discovery_->on_received = [this](std::string_view bytes, const ports::Endpoint& from) {
            if (admits_ && !admits_(from.address)) return;
            service_->take_datagram(
                bytes, from, [this, from](std::string answer) { discovery_->send(std::move(answer), from); });
        };
        return {};
    }

    [[nodiscard]] adapters::StreamLimits stream_limits() const {
        adapters::StreamLimits limits;
        limits.connections = connections_limit;
        limits.of_one_address = connections_of_one;
        limits.admits = admits_;
        return limits;
    }
    [[nodiscard]] ports::HttpLimits http_limits() const {
        ports::HttpLimits limits;
        limits.connections = connections_limit;
        limits.of_one_address = connections_of_one;
        limits.admits = admits_;
        return limits;
    }

    /// In clear: only because somebody said so.
    base::Status open_compatibility() {
        service_->allow_plain_dialect(identity_.key_pem);
        if (options_.compatibility_dhip) {
            auto listener = adapters::listen_plain(loop_, *options_.compatibility_dhip, stream_limits());
            if (!listener) return std::unexpected(listener.error());
            plain_dhip_ = *std::move(listener);
            plain_dhip_->on_accepted = [this](ports::StreamPtr stream) {
                service_->accept(std::move(stream), controller::Channel::clear);
            };
        }
        plain_service_.emplace(loop_, *service_);
        if (!options_.compatibility_http) return {};
        auto server = adapters::make_http_server(loop_, *options_.compatibility_http, nullptr, http_limits(),
                                                 *plain_service_);
        if (!server) return std::unexpected(server.error());
        plain_http_ = *std::move(server);
        return {};
    }

    const DoorOptions& options_;
    const ports::Identity& identity_;
    adapters::SqliteBackups backups_;
    adapters::UpdateDirectory updates_;
    adapters::LinuxNetwork network_;
    ports::Admission admits_ = adapters::admission_of(options_.allowed).value_or(nullptr);
    boost::asio::io_context loop_{1};
    ServiceNotice notice_{loop_};
    adapters::MachineClock machine_;
    adapters::SystemTimeZones zones_;
    adapters::SimulatedClock clock_{machine_};
    std::unique_ptr<adapters::SimulatedDoors> simulated_;  ///< or, on real hardware:
    std::unique_ptr<adapters::LinuxDoors> wired_;
    controller::StoreThread store_;
    controller::Controller controller_;
    OsdpLines osdp_lines_;
    controller::ReaderLines reader_lines_{controller_};
    std::optional<adapters::SimulatedPanel> simulated_panel_;
    std::unique_ptr<ports::PanelLink> panel_link_;
    std::optional<controller::ReaderMode> reader_mode_;
    std::optional<controller::PanelService> panel_service_;
    std::optional<controller::DeviceService> service_;
    std::optional<controller::SyslogExport> syslog_;
    std::optional<controller::dialect::Operations> operations_;
    std::optional<controller::dialect::PlainHttp> plain_service_;
    std::unique_ptr<ports::StreamListener> listener_;
    std::unique_ptr<ports::StreamListener> plain_dhip_;
    std::unique_ptr<ports::StreamDialler> dialler_;
    std::unique_ptr<ports::StreamDialler> plain_dialler_;
    std::optional<controller::Registration> registration_;
    std::optional<controller::Registration> plain_registration_;
    std::unique_ptr<ports::HttpServer> panel_;
    std::unique_ptr<ports::HttpServer> plain_http_;
    std::unique_ptr<ports::DatagramSocket> discovery_;
};

struct OpenedStore {
    std::unique_ptr<ports::ControllerStore> store;
    ports::ControllerImage image;
};

/// What is wrong with the file or its disk. Anything else (a newer schema, somebody else's lock) is for
/// whoever starts the program to mend.
bool keeps_no_door_shut(const base::Error& error) {
    return adapters::is_damage(error) || error.kind == base::ErrorKind::storage;
}

/// A door serves those who want out, and shows what is the matter, whatever has become of its database.
base::Result<OpenedStore> open_store(const std::filesystem::path& file, std::uint64_t records_limit) {
    auto store = adapters::SqliteControllerStore::open(file, records_limit);
    auto image = store ? (*store)->load() : std::unexpected(store.error());
    if (image && image->damage.empty()) return OpenedStore{*std::move(store), *std::move(image)};
    if (!image && !keeps_no_door_shut(image.error())) return std::unexpected(image.error());
    ports::ControllerImage readable;
    if (image) {
        readable = *std::move(image);
    } else {
        readable.people_known = core::People::lost;
        readable.damage = image.error().message;
    }
    base::log_error(fmt::format(
        "{} cannot be used: {} The doors go on without it; nothing can be stored or changed, and "
        "who is not known does not get in. Where the disk fails stop this program, mend or replace "
        "the disk, and start again. Where the file is damaged stop it and run `sallyport-door "
        "restore FILE --data {}`: it keeps the damaged files beside the new ones.",
        file.string(), readable.damage, file.parent_path().string()));
    return OpenedStore{std::make_unique<adapters::UnreadableStore>(readable), std::move(readable)};
}

}  // namespace

base::Status run_daemon(const DoorOptions& options) {
    auto directory = LockedDirectory::open(options.directory, "sallyport-door");
    if (!directory) return std::unexpected(directory.error());
    auto opened = open_store(directory->path() / "controller.db", options.records_limit);
    if (!opened) return std::unexpected(opened.error());
    const auto name = opened->image.serial.empty() ? "sallyport-door" : opened->image.serial;
    const auto identity = adapters::open_identity(directory->path(), {.common_name = name, .names = {}});
    if (!identity) return std::unexpected(identity.error());
    adapters::SqliteBackups(directory->path()).remove_leftovers();
    Daemon daemon(options, *opened->store, *identity);
    if (auto status = daemon.listen(); !status) return status;
    if (auto status = daemon.take_lines(); !status) return status;
    daemon.say_where();
    // Scripts look there; a disk without room must not keep a door shut.
    if (auto status = directory->write_addresses(daemon.addresses()); !status)
        base::log_error(status.error().message);
    daemon.run(std::move(opened->image));
    return {};
}

}  // namespace sallyport::apps
