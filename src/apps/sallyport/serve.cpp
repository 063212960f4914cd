#include "apps/sallyport/serve.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "adapters/linux/local_stream.hpp"
#include "adapters/linux/machine_clock.hpp"
#include "adapters/linux/picture_process.hpp"
#include "adapters/linux/process_figures.hpp"
#include "adapters/linux/time_zones.hpp"
#include "adapters/mail/smtp.hpp"
#include "adapters/mqtt/broker_link.hpp"
#include "adapters/net/authorities.hpp"
#include "adapters/net/collector.hpp"
#include "adapters/net/datagram.hpp"
#include "adapters/net/entrance.hpp"
#include "adapters/net/http_poster.hpp"
#include "adapters/net/identity.hpp"
#include "adapters/net/networks.hpp"
#include "adapters/net/tls_stream.hpp"
#include "adapters/tables/tables.hpp"
#include "apps/directory/locked_directory.hpp"
#include "apps/sallyport/picture_program.hpp"
#include "apps/sallyport/status_socket.hpp"
#include "apps/sallyport/store.hpp"
#include "apps/service/open_files.hpp"
#include "apps/service/service_notice.hpp"
#include "base/log.hpp"
#include "embedded/client_page.hpp"
#include "server/platform/platform.hpp"

namespace sallyport::apps {

namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

/// A little more than any call takes, so that what is too large is told as a problem.
constexpr std::size_t body_bytes = ports::picture_file_bytes + (1 << 20);

/// "Europe/Berlin" from /etc/localtime, as Debian keeps it.
std::string local_zone(const ports::TimeZones& zones, base::UtcTime now) {
    std::error_code failed;
    const auto target = std::filesystem::read_symlink("/etc/localtime", failed).string();
    constexpr std::string_view below = "zoneinfo/";
    const auto at = target.find(below);
    if (failed || at == std::string::npos) return "Etc/UTC";
    auto zone = target.substr(at + below.size());
    return zones.local(zone, now) ? zone : "Etc/UTC";
}

adapters::IdentitySubject subject() {
    std::string host(256, '\0');
    if (::gethostname(host.data(), host.size() - 1) != 0) host = "sallyport";
    host.resize(host.find('\0') == std::string::npos ? host.size() : host.find('\0'));
    return {host.substr(0, 64), {host, "localhost", "127.0.0.1", "::1"}};
}

/// Runs the loop until a signal comes, with the platform's every-second work.
void run_until_stopped(asio::io_context& loop, server::Platform& platform) {
    asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code&, int) { loop.stop(); });
    asio::steady_timer tick(loop);
    std::function<void()> sweep = [&] {
        tick.expires_after(seconds{1});
        tick.async_wait([&](const boost::system::error_code& failed) {
            if (failed) return;
            platform.sweep();
            sweep();
        });
    };
    sweep();
    loop.run();
}

void greet(server::Platform& platform, const ports::Endpoint& at,
           const ports::CertificateFacts& certificate) {
    base::log_notice(fmt::format("sallyport {} listens on https://{}/, certificate SHA-256 {}",
                                 SALLYPORT_VERSION, ports::text_of(at), certificate.fingerprint));
    if (platform.accounts().setup_needed())
        base::log_notice(
            fmt::format("It is not set up yet: open the page on this machine, or anywhere with the "
                        "one-time code {}",
                        platform.accounts().setup_code().reveal()));
}

/// For controllers that dial in; null when it is off.
base::Result<std::unique_ptr<ports::StreamListener>> listen_for_controllers(
    asio::io_context& loop, const std::optional<ports::Endpoint>& at, const ports::Identity& identity,
    server::Platform& platform) {
    if (!at) return nullptr;
    adapters::StreamLimits many;
    many.connections = 10'000;
    many.of_one_address = 5'000;  // a /64 counts as one, and a whole site may be in it
    auto listener = adapters::listen_tls(loop, *at, identity, many);
    if (!listener) return listener;
    (*listener)->on_accepted = [&platform](ports::StreamPtr stream) {
        platform.registrations().take(std::move(stream));
    };
    base::log_notice(fmt::format("Controllers register at {}", ports::text_of((*listener)->local())));
    return listener;
}

/// What is under way is answered; then nothing is open any more that would call the platform.
void wind_down(asio::io_context& loop, server::Platform& platform, adapters::HttpsEntrance& entrance) {
    base::log_notice("Stopping.");
    platform.stop();
    entrance.stop();
    loop.restart();
    loop.run_for(std::chrono::milliseconds{1'500});
    entrance.close();
}

auto search_sockets(asio::io_context& loop) {
    return [&loop] { return adapters::open_datagram(loop, {"0.0.0.0", 0}); };
}

/// How other systems are reached that are told of what happens.
void add_outlets(server::PlatformPorts& parts, asio::io_context& loop) {
    parts.open_broker = adapters::open_broker;
    parts.open_collector = [&loop](const ports::Endpoint& at, const ports::ServerTrust& trust) {
        return adapters::make_collector(loop, at, trust);
    };
    parts.open_local = adapters::open_local;
    parts.send_mail = adapters::send_by_smtp;
    parts.check_authorities = adapters::check_authorities;
    parts.host = subject().common_name;
}

/// Without which it serves all the same.
void complain_of_what_is_missing(server::Platform& platform) {
    if (auto opened = platform.entrance().open(); !opened)
        base::log_error("The port that leads to the page is not open. " + opened.error().message);
    if (auto drawn = check_picture_program(); !drawn) base::log_error(drawn.error().message);
}

}  // namespace

base::Status serve(const ServeOptions& options) {
    raise_open_files();  // one for each controller and browser
    const adapters::MachineClock clock;
    const adapters::SystemTimeZones zones;
    auto webhooks_go = adapters::admission_of(options.webhooks);
    if (!webhooks_go) return std::unexpected(webhooks_go.error());
    const auto directory = LockedDirectory::open(options.directory, "sallyport");
    if (!directory) return std::unexpected(directory.error());
    auto sealer = server::Sealer::open(directory->path() / "secret.key");
    if (!sealer) return std::unexpected(sealer.error());
    const auto database = open_store(directory->path(), clock);
    if (!database) return std::unexpected(database.error());
    const auto identity = adapters::open_identity(directory->path(), subject());
    if (!identity) return std::unexpected(identity.error());

    asio::io_context loop;
    const auto dialler = adapters::make_dialler(loop);
    const auto clear_dialler = adapters::make_plain_dialler(loop);
    const auto poster = adapters::make_http_poster(
        loop, *webhooks_go ? *webhooks_go : ports::Admission(adapters::is_elsewhere));
    const auto tables = adapters::make_table_files(directory->path());
    adapters::HttpsEntrance entrance(loop, clock, directory->path(), *identity);
    server::PlatformPorts parts{
        .database = **database,
        .clock = clock,
        .zones = zones,
        .page = client_page::files(),
        .sealer = *std::move(sealer),
        .device_loop = loop,
        .dialler = *dialler,
        .clear_dialler = *clear_dialler,
        .open_search_socket = search_sockets(loop),
        .entrance = entrance,
        .admission_of = adapters::admission_of,
        .tables = *tables,
        .draw_picture = adapters::draw_by(picture_program()),
        .search_everywhere = options.search,
        .local_zone = local_zone(zones, clock.utc()),
        .process = [started = clock.utc(),
                    at = options.directory] { return adapters::process_figures(started, at); },
        .poster = poster.get()};
    parts.snmp_agent = options.snmp;
    add_outlets(parts, loop);
    server::Platform platform(std::move(parts));
    if (auto loaded = platform.load(); !loaded) return loaded;
    const ports::HttpLimits limits{.body_bytes = body_bytes};
    if (auto opened = entrance.open(options.listen, limits, platform.handler()); !opened) return opened;
    complain_of_what_is_missing(platform);
    const auto listen = entrance.local();
    boost::json::object addresses{{"listen", ports::text_of(listen)}};
    const auto registration = listen_for_controllers(loop, options.registration, *identity, platform);
    if (!registration) return std::unexpected(registration.error());
    if (*registration) addresses["registration"] = ports::text_of((*registration)->local());
    platform.listens_at(addresses);
    if (auto written = directory->write_addresses(boost::json::serialize(addresses)); !written)
        return written;
    const auto status = StatusSocket::open(
        directory->path(), [&platform] { return platform.status().value_or(boost::json::object{}); });
    if (!status) base::log_warning("`sallyport status` is told less. " + status.error().message);
    greet(platform, listen, entrance.certificate());

    ServiceNotice notice(loop);
    notice.ready(fmt::format("https://{}/", ports::text_of(listen)));
    run_until_stopped(loop, platform);
    notice.stopping();

    wind_down(loop, platform, entrance);
    return {};
}

}  // namespace sallyport::apps
