#include "apps/sallyport-door/options.hpp"

#include <algorithm>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "adapters/linux/update_stage.hpp"
#include "adapters/net/networks.hpp"
#include "apps/command_line/command_line.hpp"
#include "apps/sallyport-door/osdp_options.hpp"
#include "apps/settings_file/settings_file.hpp"
#include "apps/wiring/wiring_file.hpp"
#include "base/enum_text.hpp"

namespace sallyport::apps {
namespace {

/// As typed; empty: not given.
struct Given {
    std::string directory;
    std::string config;
    std::string hardware;
    std::string listen;
    std::string panel;
    std::string discovery;
    std::string log;
    std::string compatibility_http;
    std::string compatibility_dhip;
    std::string registration;
    std::string registration_id;
    std::string config_to_check;
    std::string backup_to_make;
    std::string backup_to_restore;
    std::string people;
};

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_arguments", std::move(message));
}

base::Result<Hardware> hardware_of(std::string_view word) {
    if (word == "simulated") return Hardware::simulated;
    if (word == "linux") return Hardware::linux_io;
    return invalid(fmt::format("hardware has to be simulated or linux, not '{}'", word));
}

base::Result<core::PowerOnCodes> power_on_codes_of(std::string_view word) {
    if (word == "allowed") return core::PowerOnCodes::allowed;
    if (word == "forbidden") return core::PowerOnCodes::forbidden;
    return invalid(fmt::format("power_on_codes has to be allowed or forbidden, not '{}'", word));
}

base::Result<base::LogForm> log_form_of(std::string_view word) {
    if (word == "text") return base::LogForm::text;
    if (word == "json") return base::LogForm::json;
    return invalid(fmt::format("log has to be text or json, not '{}'", word));
}

base::Result<controller::RestoredPeople> restored_people_of(std::string_view word) {
    if (const auto people = base::enum_from<controller::RestoredPeople>(word)) return *people;
    return invalid(fmt::format("it has to be owners or backups, not '{}'", word));
}

/// None for "off".
base::Result<std::optional<ports::Endpoint>> optional_endpoint(std::string_view text) {
    if (text == "off") return std::nullopt;
    auto endpoint = ports::parse_endpoint(text);
    if (!endpoint) return std::unexpected(endpoint.error());
    return *std::move(endpoint);
}

template <class T, class Parse>
void take_text(SettingsFile& file, const std::string& key, T& into, Parse parse) {
    const auto text = file.text(key);
    if (!text) return;
    auto parsed = parse(*text);
    if (parsed) {
        into = *std::move(parsed);
    } else {
        file.complain(key, "cannot be used: " + parsed.error().message);
    }
}

template <class T>
void take_number(SettingsFile& file, const std::string& key, std::int64_t least, std::int64_t most, T& into) {
    if (const auto number = file.integer(key, least, most)) into = static_cast<T>(*number);
}

void take_doors(SettingsFile& file, DoorOptions& options) {
    const auto doors = file.integer("doors", 1, base::max_doors);
    if (doors) options.doors = static_cast<std::uint8_t>(*doors);
    auto site = read_wiring(file);
    options.wiring = std::move(site.doors);
    options.wiegand_panel = std::move(site.panel);
    if (options.wiegand_panel &&
        (options.hardware == Hardware::linux_io) != options.wiegand_panel->d0.has_value())
        file.complain("reader_mode", "needs d0 and d1 on real hardware, and on simulated hardware has none");
    if (options.wiring.empty()) return;
    options.doors = static_cast<std::uint8_t>(options.wiring.size());
    if (doors) file.complain("doors", "has to be left out where [[door]] tables say how many there are");
}

void take_fallback(SettingsFile& file, DoorOptions& options) {
    constexpr std::int64_t largest_code = std::numeric_limits<std::uint32_t>::max();
    const auto count = file.tables("facility_fallback");
    for (std::size_t i = 1; i <= count; ++i) {
        const auto prefix = fmt::format("facility_fallback.{}.", i);
        const auto door = file.integer(prefix + "door", 1, options.doors);
        const auto codes = file.integers(prefix + "facilities", 0, largest_code);
        if (!door) file.complain(prefix + "door", "says which door it is for: give it");
        if (codes.empty())
            file.complain(prefix + "facilities", "lists the facility codes that may enter: give some");
        options.fallback.doors.resize(options.doors);
        auto& of_door = options.fallback.doors[static_cast<std::size_t>(door.value_or(1) - 1)];
        if (!of_door.empty()) file.complain(prefix + "door", "has a [[facility_fallback]] already");
        of_door.assign(codes.begin(), codes.end());
    }
}

/// Up to what a plan may say (codec/dhip/plan_json) and a schedule's number may be.
void take_limits(SettingsFile& file, DoorOptions& options) {
    take_number(file, "limits.people", 1, 1'000'000, options.roster.people);
    take_number(file, "limits.records", 100, 10'000'000, options.records_limit);
    take_number(file, "limits.cards_per_person", 1, 16, options.roster.cards_per_person);
    take_number(file, "limits.public_passwords", 0, 10'000, options.roster.public_passwords);
    take_number(file, "limits.schedules", 1, 255, options.calendar.schedules);
    take_number(file, "limits.periods_per_day", 1, 64, options.calendar.periods_per_day);
    take_number(file, "limits.holidays", 0, 256, options.calendar.holidays);
    take_number(file, "limits.ranges_per_holiday", 1, 1'024, options.calendar.ranges_per_holiday);
}

base::Result<std::optional<ports::Endpoint>> some_endpoint(std::string_view text) {
    auto endpoint = ports::parse_endpoint(text);
    if (!endpoint) return std::unexpected(endpoint.error());
    return *std::move(endpoint);
}

/// One that can be dialled.
base::Result<std::optional<ports::Endpoint>> platform_endpoint(std::string_view text) {
    auto endpoint = some_endpoint(text);
    if (!endpoint || (*endpoint)->port != 0) return endpoint;
    return invalid(fmt::format("'{}' has the port 0, which nobody can dial: a platform waits at 9500", text));
}

base::Result<std::string> registration_id_of(std::string_view text) {
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
               c == '_' || c == '.';
    };
    if (!text.empty() && text.size() <= 64 && std::ranges::all_of(text, plain)) return std::string(text);
    return invalid(
        fmt::format("'{}' is no name of a device: it has 1 to 64 letters, digits, - _ or .", text));
}

/// Two servers that want the same port: the names of their keys.
std::optional<std::pair<std::string, std::string>> doubled_port(const DoorOptions& options) {
    const std::pair<const char*, std::optional<ports::Endpoint>> all[] = {
        {"listen", options.listen},
        {"panel", options.panel},
        {"compatibility_http", options.compatibility_http},
        {"compatibility_dhip", options.compatibility_dhip}};
    const auto everywhere = [](const ports::Endpoint& one) {
        return one.address == "0.0.0.0" || one.address == "::";
    };
    for (const auto& [name, here] : all) {
        for (const auto& [before, there] : all) {
            if (name == before) break;
            if (!here || !there || here->port == 0 || here->port != there->port) continue;
            if (everywhere(*here) || everywhere(*there) || here->address == there->address)
                return std::pair(std::string(before), std::string(name));
        }
    }
    return std::nullopt;
}

base::Status check_ports(const DoorOptions& options) {
    const auto doubled = doubled_port(options);
    if (!doubled) return {};
    return invalid(fmt::format("{} and {} are given the same port: each needs one of its own.",
                               doubled->first, doubled->second));
}

void read_compatibility(SettingsFile& file, DoorOptions& options) {
    options.compatibility = file.yes_or_no("compatibility").value_or(false);
    take_text(file, "compatibility_http", options.compatibility_http, some_endpoint);
    take_text(file, "compatibility_dhip", options.compatibility_dhip, some_endpoint);
    take_text(file, "compatibility_register", options.compatibility_registration, platform_endpoint);
    for (const auto* key : {"compatibility_http", "compatibility_dhip", "compatibility_register"}) {
        if (!options.compatibility && file.text(key))
            file.complain(key, "is spoken in clear, so it needs compatibility = true beside it");
    }
}

base::Status read_config(const std::string& path, DoorOptions& options) {
    auto file = SettingsFile::read(path);
    if (!file) return std::unexpected(file.error());
    if (const auto directory = file->text("data")) options.directory = *directory;
    take_text(*file, "hardware", options.hardware, hardware_of);
    take_text(*file, "listen", options.listen, ports::parse_endpoint);
    take_text(*file, "panel", options.panel, optional_endpoint);
    take_text(*file, "discovery", options.discovery, optional_endpoint);
    take_text(*file, "log", options.log, log_form_of);
    take_doors(*file, options);
    take_fallback(*file, options);
    read_compatibility(*file, options);
    take_text(*file, "register", options.registration, platform_endpoint);
    take_text(*file, "register_id", options.registration_id, registration_id_of);
    if (file->text("register_id") && !options.registration && !options.compatibility_registration)
        file->complain("register_id", "names this device to a platform: say which one with register");
    if (const auto name = file->text("network_interface")) options.network_interface = *name;
    options.allowed = file->texts("allow");
    if (const auto checked = adapters::admission_of(options.allowed); !checked)
        file->complain("allow", "cannot be used: " + checked.error().message);
    take_text(*file, "power_on_codes", options.power_on_codes, power_on_codes_of);
    take_limits(*file, options);
    take_number(*file, "simulated.readers_per_door", 0, 2, options.readers_per_door);
    take_number(*file, "simulated.wiegand_bit_us", 200, 20'000, options.wiegand_bit_us);
    options.syslog = take_syslog(*file);
    read_osdp(*file, options);
    if (const auto doubled = doubled_port(options))
        file->complain(file->text(doubled->second) ? doubled->second : doubled->first,
                       fmt::format("has the port of {} as well",
                                   file->text(doubled->second) ? doubled->first : doubled->second));
    take_text(*file, "update_key", options.update_key,
              [](const std::string& path) { return adapters::read_update_key(path); });
    return file->finish();
}

template <class T, class Parse>
base::Status take_argument(std::string_view name, const std::string& text, T& into, Parse parse) {
    if (text.empty()) return {};
    auto parsed = parse(text);
    if (!parsed) return invalid(fmt::format("{}: {}", name, parsed.error().message));
    into = *std::move(parsed);
    return {};
}

base::Status check_hardware(const DoorOptions& options) {
    if (options.hardware == Hardware::simulated && options.wiring.empty()) return {};
    if (options.hardware == Hardware::simulated)
        return invalid(
            "The [[door]] tables are wires of real doors: say hardware = \"linux\", or leave them out.");
    if (options.wiring.empty()) {
        return invalid(
            "Hardware linux needs a configuration with a [[door]] table for each door: "
            "docs/guides/install-a-controller.md shows one.");
    }
    if (options.panel) {
        return invalid(
            "The front panel page is a hand on simulated hardware, which real doors must not have: leave "
            "panel out with hardware linux.");
    }
    if (std::ranges::count(options.osdp, played_device, &adapters::OsdpLineOptions::device) > 0) {
        return invalid(
            "The readers of an OSDP line with the device \"simulated\" are played, at simulated doors "
            "only: name the serial line.");
    }
    return {};
}

base::Result<Invocation> options_from(const Given& given) {
    DoorOptions options;
    if (!given.config_to_check.empty()) {
        auto status = read_config(given.config_to_check, options);
        if (status) status = check_hardware(options);
        if (!status) return std::unexpected(status.error());
        return ConfigChecked{given.config_to_check};
    }
    base::Status status;
    if (!given.config.empty()) status = read_config(given.config, options);
    if (!given.directory.empty()) options.directory = given.directory;
    if (status) status = take_argument("--hardware", given.hardware, options.hardware, hardware_of);
    if (status) status = take_argument("--listen", given.listen, options.listen, ports::parse_endpoint);
    if (status) status = take_argument("--panel", given.panel, options.panel, optional_endpoint);
    if (status) status = take_argument("--discovery", given.discovery, options.discovery, optional_endpoint);
    if (status) status = take_argument("--log", given.log, options.log, log_form_of);
    if (status)
        status = take_argument("--compatibility-http", given.compatibility_http, options.compatibility_http,
                               some_endpoint);
    if (status)
        status = take_argument("--compatibility-dhip", given.compatibility_dhip, options.compatibility_dhip,
                               some_endpoint);
    if (status)
        status = take_argument("--register", given.registration, options.registration, platform_endpoint);
    if (status)
        status = take_argument("--register-id", given.registration_id, options.registration_id,
                               registration_id_of);
    if (status && !options.registration_id.empty() && !options.registration &&
        !options.compatibility_registration)
        status = invalid(
            "--register-id names this device to a platform: say which one with --register ADDR:PORT.");
    options.compatibility = options.compatibility || options.compatibility_http || options.compatibility_dhip;
    if (status) status = check_hardware(options);
    if (status) status = check_ports(options);
    if (status && options.directory.empty())
        status =
            invalid("Say where the data is to be kept: --data DIR, or data = \"DIR\" in the configuration.");
    if (!status) return std::unexpected(status.error());
    if (!given.backup_to_make.empty()) return BackupOptions{options.directory, given.backup_to_make};
    if (!given.backup_to_restore.empty()) {
        RestoreOptions restore{
            options.directory, given.backup_to_restore, {}, options.roster, options.calendar};
        status = take_argument("--people", given.people, restore.people, restored_people_of);
        if (!status) return std::unexpected(status.error());
        return restore;
    }
    return options;
}

void add_backups(CLI::App& app, Given& given) {
    auto* backup =
        app.add_subcommand("backup", "Write the configuration to a file, sealed with a passphrase");
    auto* restore = app.add_subcommand("restore", "Take up the configuration of such a file");
    backup->add_option("file", given.backup_to_make, "A new file")->required()->type_name("FILE");
    restore->add_option("file", given.backup_to_restore, "A backup")->required()->type_name("FILE");
    restore
        ->add_option("--people", given.people,
                     "owners: people come from the platform that owns them; backups: those of the file")
        ->type_name("WHOSE");
    for (auto* command : {backup, restore}) {
        command->add_option("--data", given.directory, "Directory of the controller's data")
            ->type_name("DIR");
        command->add_option("--config", given.config, "Its configuration")->type_name("FILE.toml");
    }
}

}  // namespace

base::Result<Invocation> read_arguments(int count, const char* const* arguments) {
    CLI::App app("The door controller: decides at the door, alone if it must.", "sallyport-door");
    Given given;
    app.add_option("--data", given.directory, "Directory of the database and the certificate")
        ->type_name("DIR");
    app.add_option("--config", given.config, "Configuration; arguments win over it")->type_name("FILE.toml");
    app.add_option("--hardware", given.hardware, "simulated or linux")->type_name("KIND");
    app.add_option("--listen", given.listen, "Device protocol, TLS (0.0.0.0:37777)")->type_name("ADDR:PORT");
    app.add_option("--panel", given.panel, "Front panel page of simulated hardware (off)")
        ->type_name("ADDR:PORT|off");
    app.add_option("--discovery", given.discovery, "UDP (0.0.0.0:37810)")->type_name("ADDR:PORT|off");
    app.add_option("--log", given.log, "text or json, a line for each message (text)")->type_name("FORM");
    app.add_option("--compatibility-http", given.compatibility_http,
                   "The dialect in clear: CGI and RPC2 for deployed clients (off)")
        ->type_name("ADDR:PORT");
    app.add_option("--compatibility-dhip", given.compatibility_dhip,
                   "The dialect in clear: DHIP frames (off)")
        ->type_name("ADDR:PORT");
    app.add_option("--register", given.registration, "Platform to dial and register with, TLS (off)")
        ->type_name("ADDR:PORT");
    app.add_option("--register-id", given.registration_id, "Name of this device there (its serial)")
        ->type_name("ID");
    app.set_version_flag("--version", std::string("sallyport-door ") + SALLYPORT_VERSION);
    auto* check = app.add_subcommand("check-config", "Say what is wrong with a configuration, and end");
    check->add_option("file", given.config_to_check, "Configuration")->required()->type_name("FILE.toml");
    add_backups(app, given);
    auto to_print = parse_command_line(app, count, arguments);
    if (!to_print) return std::unexpected(to_print.error());
    if (*to_print) return Printed{**std::move(to_print)};
    return options_from(given);
}

}  // namespace sallyport::apps
