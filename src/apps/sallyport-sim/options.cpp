#include "apps/sallyport-sim/options.hpp"

#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "apps/command_line/command_line.hpp"
#include "controller/passwords.hpp"

namespace sallyport::apps {

namespace {

constexpr auto description =
    "A simulated site: controllers with the real software, on simulated doors and without a disk, and people "
    "who walk through them. For demonstrations, training, tests and load.";

constexpr std::uint32_t most_controllers = 4'096;
constexpr std::uint32_t most_panels = 64;

/// As typed; empty: not given.
struct Given {
    std::int64_t controllers = 3;
    std::int64_t doors = 1;
    std::int64_t records = 60'000;
    std::int64_t seconds = 0;
    std::uint64_t seed = 1;
    double passages = 30;
    double faults_an_hour = 12;
    bool steady = false;
    bool network = false;
    std::string listen;
    std::string registration;
    std::string panel;
    std::string control;
    std::string password_file;
    std::string directory;
    std::string faults;
};

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_arguments", std::move(message));
}

base::Status in_range(std::string_view name, double value, double least, double most) {
    if (value >= least && value <= most) return {};
    return invalid(fmt::format("{} has to be {} to {}, not {}", name, least, most, value));
}

/// Simulated doors open to whoever asks: nobody is to find them on a network by mistake.
base::Status only_here(std::string_view name, const ports::Endpoint& endpoint, const Given& given) {
    if (given.network || endpoint.address.starts_with("127.") || endpoint.address == "::1") return {};
    return invalid(
        fmt::format("{}: {} is not this machine alone; give --network as well if others are to "
                    "reach the simulated controllers",
                    name, endpoint.address));
}

base::Status take_endpoint(std::string_view name, const std::string& text, const Given& given,
                           ports::Endpoint& into) {
    auto endpoint = ports::parse_endpoint(text);
    if (!endpoint) return invalid(fmt::format("{}: {}", name, endpoint.error().message));
    into = *std::move(endpoint);
    return only_here(name, into, given);
}

base::Status take_optional(std::string_view name, const std::string& text, const Given& given,
                           std::optional<ports::Endpoint>& into) {
    if (text.empty()) return {};
    return take_endpoint(name, text, given, into.emplace());
}

base::Status ports_suffice(std::string_view name, const ports::Endpoint& first, std::uint32_t count) {
    if (first.port == 0 || first.port + count - 1 <= 65'535) return {};
    return invalid(
        fmt::format("{}: {} ports from {} on end above 65535; begin lower", name, count, first.port));
}

base::Status take_addresses(const Given& given, SimOptions& options) {
    base::Status status;
    if (!given.listen.empty()) status = take_endpoint("--listen", given.listen, given, options.listen);
    if (status) status = take_optional("--panel", given.panel, given, options.panel);
    if (status) status = take_optional("--control", given.control, given, options.control);
    if (status && !given.registration.empty()) {
        auto platform = ports::parse_endpoint(given.registration);
        if (!platform || platform->port == 0)
            return invalid(fmt::format("--register: '{}' is no ADDR:PORT of a platform", given.registration));
        options.registration = *std::move(platform);
        if (!given.listen.empty())
            return invalid("give --listen or --register, not both: a controller waits or dials");
    }
    if (status) status = ports_suffice("--listen", options.listen, options.controllers);
    if (status && options.panel) status = ports_suffice("--panel", *options.panel, options.controllers);
    if (status && options.panel && options.controllers > most_panels)
        return invalid(fmt::format("--panel: at most {} controllers have one", most_panels));
    return status;
}

base::Status take_password(const std::string& file, SimOptions& options) {
    if (file.empty()) return {};
    std::ifstream lines(file);
    std::string line;
    if (!std::getline(lines, line))
        return invalid(fmt::format("--password-file: {} cannot be read, or is empty", file));
    options.password = base::Secret(std::move(line));
    if (auto status = controller::check_password(*options.password); !status)
        return invalid("--password-file: " + status.error().message);
    return {};
}

base::Result<SimOptions> options_from(const Given& given) {
    SimOptions options;
    auto status = in_range("--controllers", static_cast<double>(given.controllers), 1, most_controllers);
    if (status) status = in_range("--doors", static_cast<double>(given.doors), 1, 64);
    if (status) status = in_range("--records", static_cast<double>(given.records), 10, 1'000'000);
    if (status) status = in_range("--for", static_cast<double>(given.seconds), 0, 1e8);
    if (status) status = in_range("--passages", given.passages, 0, 3'600);
    if (status) status = in_range("--faults-an-hour", given.faults_an_hour, 0, 3'600);
    if (!status) return std::unexpected(status.error());
    options.controllers = static_cast<std::uint32_t>(given.controllers);
    options.doors = static_cast<std::uint8_t>(given.doors);
    options.records_limit = static_cast<std::size_t>(given.records);
    options.seconds = static_cast<std::uint32_t>(given.seconds);
    options.seed = given.seed;
    options.passages = given.passages;
    options.pace = given.steady ? Pace::steady : Pace::by_the_hour;
    options.faults_an_hour = given.faults_an_hour;
    options.directory = given.directory;
    if (status = take_addresses(given, options); !status) return std::unexpected(status.error());
    if (status = take_password(given.password_file, options); !status) return std::unexpected(status.error());
    auto faults = faults_from(given.faults.empty() ? "none" : given.faults);
    if (!faults) return invalid("--faults: " + faults.error().message);
    options.faults = *std::move(faults);
    return options;
}

void offer(CLI::App& app, Given& given) {
    app.set_version_flag("--version", std::string("sallyport-sim ") + SALLYPORT_VERSION);
    app.add_option("--controllers", given.controllers, "How many, 1 to 4096 (3)")->type_name("N");
    app.add_option("--doors", given.doors, "Of each controller, 1 to 64 (1)")->type_name("N");
    app.add_option("--seed", given.seed, "Who comes where, and what goes wrong, follows from it (1)")
        ->type_name("S");
    app.add_option("--listen", given.listen,
                   "The first, the others at the next ports; searches are answered at the same "
                   "numbers (127.0.0.1:21000; port 0: any)")
        ->type_name("ADDR:PORT");
    app.add_option("--register", given.registration, "A platform to dial instead, by serial number")
        ->type_name("ADDR:PORT");
    app.add_flag("--network", given.network, "Allow addresses that others can reach");
    app.add_option("--password-file", given.password_file,
                   "A file with the password of account admin (none: to be initialised)")
        ->type_name("FILE");
    app.add_option("--data", given.directory, "Keep the certificates here (new ones at each start)")
        ->type_name("DIR");
    app.add_option("--panel", given.panel, "The first front panel (off)")->type_name("ADDR:PORT");
    app.add_option("--control", given.control, "Where scripts steer and read the site (off)")
        ->type_name("ADDR:PORT");
    app.add_option("--passages", given.passages,
                   "People an hour at each controller, on the average of a working day (30)")
        ->type_name("N");
    app.add_flag("--steady", given.steady, "As many at any hour");
    app.add_option("--faults", given.faults, "all, none, or some of loss,delay,restart,drift,hostile (none)")
        ->type_name("LIST");
    app.add_option("--faults-an-hour", given.faults_an_hour, "At each controller, on average (12)")
        ->type_name("N");
    app.add_option("--records", given.records, "That each controller keeps (60000)")->type_name("N");
    app.add_option("--for", given.seconds, "How long to run (until it is stopped)")->type_name("SECONDS");
}

}  // namespace

base::Result<Invocation> read_arguments(int count, const char* const* arguments) {
    Given given;
    CLI::App app{description, "sallyport-sim"};
    offer(app, given);
    auto to_print = parse_command_line(app, count, arguments);
    if (!to_print) return std::unexpected(to_print.error());
    if (*to_print) return Printed{**std::move(to_print)};
    auto options = options_from(given);
    if (!options) return std::unexpected(options.error());
    return *std::move(options);
}

}  // namespace sallyport::apps
