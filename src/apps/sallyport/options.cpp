#include "apps/sallyport/options.hpp"

#include <algorithm>
#include <charconv>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "apps/command_line/command_line.hpp"
#include "apps/settings_file/settings_file.hpp"
#include "server/devices/reader_lines.hpp"

namespace sallyport::apps {

namespace {

constexpr auto description =
    "The Sallyport platform: doors, people, permissions and events, served as a web page and an API.";

/// As typed; empty: not given.
struct Given {
    std::string config;
    std::string directory;
    std::string listen;
    std::string discovery;
    std::string registration;
    std::string database;
    std::string webhooks;
    std::string snmp;
    std::string name;
    std::string role = "operator";
    std::string service = "listen";
    std::string range;
    std::uint16_t port = 0;
    std::int64_t line = 0;
    std::int64_t address = 0;
    std::int64_t minutes = ReaderOptions().minutes;
};

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_arguments", std::move(message));
}

/// What the arguments leave open.
base::Status read_config(Given& given) {
    if (given.config.empty()) return {};
    auto file = SettingsFile::read(given.config);
    if (!file) return std::unexpected(file.error());
    const auto take = [&](const std::string& key, std::string& into) {
        const auto text = file->text(key);
        if (text && into.empty()) into = *text;
    };
    take("data", given.directory);
    take("listen", given.listen);
    take("discovery", given.discovery);
    take("registration", given.registration);
    take("database", given.database);
    take("webhooks", given.webhooks);
    take("snmp", given.snmp);
    return file->finish();
}

base::Result<ServeOptions> serve_options(const Given& given) {
    ServeOptions options;
    options.directory = given.directory;
    if (!given.listen.empty()) {
        auto endpoint = ports::parse_endpoint(given.listen);
        if (!endpoint) return invalid("--listen: " + endpoint.error().message);
        options.listen = *std::move(endpoint);
    }
    if (options.listen.port != 0 && options.listen.port < 1'024)
        return invalid(
            fmt::format("--listen: the port has to be 1024 to 65535, not {}", options.listen.port));
    if (given.discovery == "off") {
        options.search.clear();
    } else if (!given.discovery.empty()) {
        auto endpoint = ports::parse_endpoint(given.discovery);
        if (!endpoint) return invalid("--discovery: " + endpoint.error().message);
        options.search = {*std::move(endpoint)};
    }
    if (!given.registration.empty() && given.registration != "off") {
        auto endpoint = ports::parse_endpoint(given.registration);
        if (!endpoint) return invalid("--registration: " + endpoint.error().message);
        if (endpoint->port != 0 && endpoint->port == options.listen.port)
            return invalid("--registration: the port is that of --listen; 9500 is the usual one.");
        options.registration = *std::move(endpoint);
    }
    if (!given.database.empty() && given.database != "sqlite")
        return invalid(
            fmt::format("--database: only sqlite is possible in this version, not {}", given.database));
    if (!given.snmp.empty() && given.snmp != "off") {
        if (!given.snmp.starts_with('/'))
            return invalid("--snmp: write the whole path of the AgentX socket, such as /run/agentx/master.");
        options.snmp = given.snmp;
    }
    for (std::string_view rest = given.webhooks; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        options.webhooks.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return options;
}

/// The commands and where their arguments go.
struct Commands {
    explicit Commands(Given& given) {
        app.set_version_flag("--version", std::string("sallyport ") + SALLYPORT_VERSION);
        app.require_subcommand(1);
        serve = with_directory(app.add_subcommand("serve", "Run the platform"), given);
        serve->add_option("--listen", given.listen, "The page and the API (0.0.0.0:8443)")
            ->type_name("ADDR:PORT");
        serve
            ->add_option("--discovery", given.discovery,
                         "Where controllers are searched for (239.255.255.251:37810)")
            ->type_name("ADDR:PORT|off");
        serve
            ->add_option("--registration", given.registration,
                         "For controllers that dial in, such as 0.0.0.0:9500 (off)")
            ->type_name("ADDR:PORT");
        serve
            ->add_option("--webhooks", given.webhooks,
                         "Networks that webhooks may go to, such as 10.0.0.0/8,192.168.4.7 (any but this "
                         "machine, link-local addresses and 64:ff9b:1::/48)")
            ->type_name("NETWORKS");
        serve
            ->add_option("--snmp", given.snmp,
                         "AgentX socket of this machine's SNMP agent, such as /run/agentx/master (off)")
            ->type_name("PATH");
        serve
            ->add_option(
                "--database", given.database,
                "What stores it; only sqlite, in the directory of the data, is possible yet (sqlite)")
            ->type_name("KIND");
        serve
            ->add_option("--config", given.config,
                         "A TOML file with the same settings; arguments win over it")
            ->type_name("FILE.toml");
        status =
            with_directory(app.add_subcommand("status", "Whether it runs, where, and what it holds"), given);
        auto* audit = app.add_subcommand("audit", "The log of what operators did");
        audit->require_subcommand(1);
        audit_verify =
            with_directory(audit->add_subcommand("verify", "Prove that no entry was changed"), given);
        reset_admin = with_directory(
            app.add_subcommand("reset-admin", "Set a new password for admin, read from the standard input"),
            given);
        add_user_commands(given);
        add_reader_commands(given);
        set_port = app.add_subcommand("set-port", "Write another port into the configuration, if it is free");
        set_port->add_option("port", given.port, "1024 to 65535")->type_name("PORT")->required();
        set_port->add_option("--config", given.config, "The TOML file")->type_name("FILE.toml")->required();
        set_port->add_option("--service", given.service, "listen (page and API) or registration")
            ->check([](const std::string& service) {
                const bool known = service == "listen" || service == "registration";
                return known ? std::string()
                             : fmt::format("'{}' is neither listen nor registration", service);
            });
        discover = app.add_subcommand("discover", "Search for controllers on the network");
        discover->add_option("--range", given.range, "Addresses to ask as well, such as 192.168.1.0/24")
            ->type_name("RANGE");
        discover
            ->add_option("--discovery", given.discovery,
                         "Where controllers are searched for (239.255.255.251:37810)")
            ->type_name("ADDR:PORT");
        initialise = app.add_subcommand(
            "init-device", "Give a new controller its first password, read from the standard input");
        initialise->add_option("address", given.name, "Where it is (port 37777)")
            ->type_name("ADDR[:PORT]")
            ->required();
        doctor =
            with_directory(app.add_subcommand("doctor", "Look for what is wrong or soon will be"), given);
        doctor->add_option("--config", given.config, "The TOML file that the platform is started with")
            ->type_name("FILE.toml");
    }

    void add_user_commands(Given& given) {
        auto* user = app.add_subcommand("user", "Accounts");
        user->require_subcommand(1);
        user_list = with_directory(user->add_subcommand("list", "List the accounts"), given);
        const auto one = [&](const char* name, const char* what) {
            auto* command = with_directory(user->add_subcommand(name, what), given);
            command->add_option("name", given.name, "The account")->type_name("NAME")->required();
            return command;
        };
        user_add = one("add", "Add an account; its first password is read from the standard input");
        user_add
            ->add_option("--role", given.role,
                         "administrator, operator, viewer, installer, or the name of another role")
            ->type_name("ROLE");
        user_reset = one("reset", "Give a new first password, read from the standard input");
        user_lock = one("lock", "Let nobody sign in with it for a day");
        user_unlock = one("unlock", "Lift a lock, also one after wrong passwords");
    }

    void add_reader_commands(Given& given) {
        auto* reader = app.add_subcommand("reader", "OSDP readers on the lines of a controller");
        reader->require_subcommand(1);
        const auto one = [&](const char* name, const char* what) {
            auto* command = with_directory(reader->add_subcommand(name, what), given);
            command->add_option("controller", given.name, "Its name or serial number")
                ->type_name("CONTROLLER")
                ->required();
            return command;
        };
        const auto line = [&](CLI::App* command) {
            number(command, "--line", given.line, "Which line, from 1", 1, server::most_reader_lines)
                ->required();
        };
        reader_list = one("list", "List them, with their state");
        reader_pair = one("pair", "Give a reader a key of its own; it has to be in its installation mode");
        line(reader_pair);
        number(reader_pair, "--address", given.address, "Of the reader on its line", 0,
               server::last_reader_address)
            ->required();
        number(reader_pair, "--minutes", given.minutes, "How long it may take its key (5)", 1,
               server::most_pairing_minutes);
        reader_cancel = one("cancel-pairing", "End the pairing before its time");
        line(reader_cancel);
    }

    static CLI::Option* number(CLI::App* command, const char* name, std::int64_t& into, const char* what,
                               std::int64_t least, std::int64_t most) {
        return command->add_option(name, into, what)
            ->type_name(fmt::format("{}..{}", least, most))
            ->check([=](const std::string& typed) {
                std::int64_t value = 0;
                const auto* end = typed.data() + typed.size();
                const auto read = std::from_chars(typed.data(), end, value);
                const bool good =
                    read.ec == std::errc() && read.ptr == end && value >= least && value <= most;
                return good ? std::string()
                            : fmt::format("'{}' is no number from {} to {}", typed, least, most);
            });
    }

    static CLI::App* with_directory(CLI::App* command, Given& given) {
        command
            ->add_option("--data", given.directory,
                         "Directory of database, keys and certificate; the package's is /var/lib/sallyport")
            ->type_name("DIR");
        return command;
    }

    CLI::App app{description, "sallyport"};
    CLI::App* serve = nullptr;
    CLI::App* status = nullptr;
    CLI::App* audit_verify = nullptr;
    CLI::App* reset_admin = nullptr;
    CLI::App* user_list = nullptr;
    CLI::App* user_add = nullptr;
    CLI::App* user_reset = nullptr;
    CLI::App* user_lock = nullptr;
    CLI::App* user_unlock = nullptr;
    CLI::App* reader_list = nullptr;
    CLI::App* reader_pair = nullptr;
    CLI::App* reader_cancel = nullptr;
    CLI::App* set_port = nullptr;
    CLI::App* discover = nullptr;
    CLI::App* initialise = nullptr;
    CLI::App* doctor = nullptr;
};

base::Result<Invocation> discover_options(const Given& given) {
    DiscoverOptions options;
    if (!given.range.empty()) options.range = given.range;
    if (given.discovery.empty()) return options;
    auto endpoint = ports::parse_endpoint(given.discovery);
    if (!endpoint) return invalid("--discovery: " + endpoint.error().message);
    options.everywhere = {*std::move(endpoint)};
    return options;
}

base::Result<Invocation> initialise_options(const Given& given) {
    const auto typed = ports::parse_endpoint(given.name);
    const auto endpoint = typed ? typed : ports::parse_endpoint(given.name + ":37777");
    if (!endpoint) return invalid("init-device: " + typed.error().message);
    return InitialiseOptions{*endpoint};
}

/// What needs a data directory.
base::Result<Invocation> in_directory(const Commands& commands, const Given& given) {
    using Action = UserOptions::Action;
    for (const auto& [command, action] : {std::pair{commands.user_add, Action::add},
                                          {commands.user_reset, Action::reset},
                                          {commands.user_lock, Action::lock},
                                          {commands.user_unlock, Action::unlock}})
        if (command->parsed()) return UserOptions{given.directory, action, given.name, given.role};
    using OfReaders = ReaderOptions::Action;
    for (const auto& [command, action] : {std::pair{commands.reader_list, OfReaders::list},
                                          {commands.reader_pair, OfReaders::pair},
                                          {commands.reader_cancel, OfReaders::cancel}})
        if (command->parsed())
            return ReaderOptions{given.directory, action,        given.name,
                                 given.line,      given.address, given.minutes};
    if (commands.status->parsed()) return StatusOptions{given.directory};
    if (commands.audit_verify->parsed()) return AuditVerifyOptions{given.directory};
    if (commands.reset_admin->parsed()) return ResetAdminOptions{given.directory};
    if (commands.user_list->parsed()) return UserListOptions{given.directory};
    auto options = serve_options(given);
    if (!options) return std::unexpected(options.error());
    if (commands.doctor->parsed()) return DoctorOptions{given.directory, options->listen};
    return *std::move(options);
}

}  // namespace

base::Result<Invocation> read_arguments(int count, const char* const* arguments) {
    Given given;
    Commands commands(given);
    auto to_print = parse_command_line(commands.app, count, arguments);
    if (!to_print) return std::unexpected(to_print.error());
    if (*to_print) return Printed{**std::move(to_print)};
    if (commands.set_port->parsed()) return SetPortOptions{given.config, given.service, given.port};
    if (commands.discover->parsed()) return discover_options(given);
    if (commands.initialise->parsed()) return initialise_options(given);
    if (const auto read = read_config(given); !read) return std::unexpected(read.error());
    if (given.directory.empty()) return invalid("--data is missing: it names the directory of the data.");
    return in_directory(commands, given);
}

}  // namespace sallyport::apps
