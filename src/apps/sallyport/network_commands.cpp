#include <fstream>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/net/datagram.hpp"
#include "adapters/net/tls_stream.hpp"
#include "apps/sallyport/commands.hpp"
#include "server/devices/device_login.hpp"
#include "server/devices/search.hpp"

namespace sallyport::apps {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;
using std::chrono::seconds;

namespace {

/// "0.0.0.0" is asked at this machine.
ports::Endpoint reachable(ports::Endpoint at) {
    if (at.address == "0.0.0.0") at.address = "127.0.0.1";
    if (at.address == "::") at.address = "::1";
    return at;
}

/// What the member `state` of an answer of /ready means. `at`: of the page.
Running told_by(std::string_view state, const std::string& at) {
    using Health = Running::Health;
    if (state == "ok") return {at, Health::well, "ok"};
    if (state == "setup_needed")
        return {at, Health::well, fmt::format("not set up yet: open https://{}/", at)};
    if (state == "storage_failed") return {at, Health::ailing, "cannot store: look at database and disk"};
    if (state == "stopping") return {at, Health::ailing, "is stopping"};
    return {at, Health::ailing, "does not answer"};
}

/// The member `state` of what /ready answers. The certificate is the platform's own and is not looked at:
/// what is asked is no secret.
std::string asked(const ports::Endpoint& at) {
    asio::io_context loop;
    const auto dialler = adapters::make_dialler(loop);
    ports::StreamPtr stream;
    std::string answer;
    dialler->dial(at, nullptr, seconds{3}, [&](base::Result<ports::StreamPtr> dialled) {
        if (!dialled) return;
        stream = *std::move(dialled);
        stream->on_received = [&](std::string_view bytes) { answer += bytes; };
        stream->on_closed = [&](const base::Error&) { loop.stop(); };
        stream->send("GET /api/v1/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    });
    loop.run_for(seconds{5});
    stream.reset();
    boost::system::error_code failed;
    const auto body = answer.find("\r\n\r\n");
    if (body == std::string::npos) return {};
    const auto said = json::parse(answer.substr(body + 4), failed);
    const auto* state = failed || !said.is_object() ? nullptr : said.get_object().if_contains("state");
    return state != nullptr && state->is_string() ? std::string(state->get_string()) : std::string();
}

/// Whether nobody listens there: one that is bound and let go at once.
base::Status check_free(const ports::Endpoint& at) {
    asio::io_context loop;
    const auto listener = adapters::listen_plain(loop, at);
    if (!listener) return std::unexpected(listener.error());
    return {};
}

struct Line {
    std::size_t number;  ///< where it stands, or where it is to be added
    ports::Endpoint now;
};

/// Where the file says `service = "ADDR:PORT"`.
base::Result<Line> line_of(const std::vector<std::string>& lines, const SetPortOptions& options) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view line = lines[i];
        if (line.starts_with('[')) return Line{i, {"0.0.0.0", 0}};
        if (!line.starts_with(options.service)) continue;
        line.remove_prefix(options.service.size());
        const auto open = line.find('"');
        const auto close = line.find('"', open + 1);
        if (line.find_first_not_of(' ') != line.find('=') || close == std::string_view::npos) continue;
        const auto text = line.substr(open + 1, close - open - 1);
        if (text == "off") return Line{i, {"0.0.0.0", 0}};
        auto endpoint = ports::parse_endpoint(text);
        if (!endpoint)
            return base::fail(
                ErrorKind::invalid, "invalid_config",
                fmt::format("{}, line {}: {}", options.config.string(), i + 1, endpoint.error().message));
        return Line{i, *std::move(endpoint)};
    }
    return Line{lines.size(), {"0.0.0.0", 0}};
}

base::Status write(const std::filesystem::path& file, const std::vector<std::string>& lines) {
    const auto fresh = file.string() + ".new";
    std::error_code failed;
    const auto mode = std::filesystem::status(file, failed).permissions();
    {
        std::ofstream out(fresh);
        for (const auto& line : lines) out << line << '\n';
        if (!out.flush()) failed = std::make_error_code(std::errc::io_error);
    }
    if (!failed) std::filesystem::permissions(fresh, mode, failed);
    if (!failed) std::filesystem::rename(fresh, file, failed);
    if (!failed) return {};
    std::filesystem::remove(fresh, failed);
    return base::fail(ErrorKind::storage, "config_unwritable",
                      fmt::format("{} cannot be written. Run it as root.", file.string()));
}

}  // namespace

std::optional<Running> running_in(const std::filesystem::path& directory) {
    std::ifstream in(directory / "addresses.json");
    std::string addresses;
    if (!in || !std::getline(in, addresses)) return std::nullopt;
    boost::system::error_code failed;
    const auto said = json::parse(addresses, failed);
    const auto* listen = failed || !said.is_object() ? nullptr : said.get_object().if_contains("listen");
    const auto at = listen != nullptr && listen->is_string()
                        ? ports::parse_endpoint(std::string_view(listen->get_string()))
                        : base::fail(ErrorKind::corrupt, "addresses", "");
    if (!at) return told_by({}, "an address that it does not tell");
    return told_by(asked(reachable(*at)), ports::text_of(*at));
}

base::Result<std::string> set_port(const SetPortOptions& options) {
    if (options.port < 1'024)
        return base::fail(ErrorKind::invalid, "invalid_port",
                          fmt::format("The port has to be 1024 to 65535, not {}.", options.port));
    std::ifstream in(options.config);
    if (!in)
        return base::fail(ErrorKind::invalid, "no_config",
                          fmt::format("{} cannot be read. Check --config.", options.config.string()));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    const auto place = line_of(lines, options);
    if (!place) return std::unexpected(place.error());
    auto at = place->now;
    if (at.port == options.port)
        return fmt::format("{} is at {} already.\n", options.service, ports::text_of(at));
    at.port = options.port;
    if (auto is_free = check_free(at); !is_free) return std::unexpected(is_free.error());
    const auto text = fmt::format("{} = \"{}\"", options.service, ports::text_of(at));
    if (place->number < lines.size() && !lines[place->number].starts_with('['))
        lines[place->number] = text;
    else
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place->number), text);
    if (auto written = write(options.config, lines); !written) return std::unexpected(written.error());
    return fmt::format("{} is at {} from the next start on: systemctl restart sallyport\n", options.service,
                       ports::text_of(at));
}

base::Result<std::string> discover(const DiscoverOptions& options) {
    asio::io_context loop;
    const adapters::MachineClock clock;
    server::IdSource ids(clock, 0);
    server::Searches searches(
        loop, ids, [&loop] { return adapters::open_datagram(loop, {"0.0.0.0", 0}); }, options.everywhere);
    std::string text =
        fmt::format("{:<22} {:<24} {:<20} {:<14} {}\n", "address", "serial", "model", "firmware", "state");
    std::size_t found = 0;
    const auto begun =
        searches.start("", options.range, seconds{600}, [&](const server::SearchResult& result) {
            found = result.found.size();
            for (const auto& [from, said] : result.found)
                text += fmt::format(
                    "{:<22} {:<24} {:<20} {:<14} {}\n", ports::text_of({from.address, said.port}),
                    said.serial, said.device_type, said.version,
                    said.initialised == codec::dhip::Initialised::yes ? "initialised" : "not initialised");
        });
    if (!begun) return std::unexpected(begun.error());
    loop.run_for(seconds{610});
    return found == 0 ? std::string("No controller answered.\n") : text;
}

base::Result<std::string> initialise(const InitialiseOptions& options) {
    const auto where = ports::text_of(options.device);
    asio::io_context loop;
    const auto dialler = adapters::make_dialler(loop);
    base::Result<server::InitialisedDevice> made =
        base::fail(ErrorKind::timeout, "device_timeout", where + " did not answer.");
    asio::co_spawn(
        loop,
        server::initialise(loop, *dialler, {options.device, "", {}, ""}, read_password(where), std::nullopt),
        [&](const std::exception_ptr& failed, base::Result<server::InitialisedDevice> done) {
            if (!failed) made = std::move(done);
            loop.stop();
        });
    loop.run_for(seconds{30});
    if (!made) return std::unexpected(made.error());
    return fmt::format(
        "{} is initialised.\nserial           {}\ncertificate      {}\nkeypad password  {}\n"
        "Add it on the page with the account admin and the password that you gave.\n",
        where, made->serial, made->fingerprint, made->keypad_password.reveal());
}

}  // namespace sallyport::apps
