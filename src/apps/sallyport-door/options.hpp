#pragma once
// What the daemon was told: by the configuration file, and by arguments, which win.
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/linux/gpio/wiring.hpp"
#include "adapters/serial/osdp_panel_link.hpp"
#include "adapters/serial/osdp_reader_line.hpp"
#include "apps/sallyport-door/backup_commands.hpp"
#include "apps/sallyport-door/syslog_options.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "core/access/decide.hpp"
#include "core/keypad/panel.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

enum class Hardware : std::uint8_t { simulated, linux_io };

/// The device of an OSDP line whose readers are played.
inline constexpr std::string_view played_device = "simulated";

struct DoorOptions {
    std::filesystem::path directory;  ///< of the data
    Hardware hardware = Hardware::simulated;
    ports::Endpoint listen{"0.0.0.0", 37'777};
    std::optional<ports::Endpoint> panel;                                          ///< none: off
    std::optional<ports::Endpoint> discovery{ports::Endpoint{"0.0.0.0", 37'810}};  ///< none: off

    base::LogForm log = base::LogForm::text;
    std::optional<SyslogOptions> syslog;
    std::string update_key;  ///< public, as bytes; empty: no updates over the network
    /// The plain dialect of deployed clients (controller.md N5). On the command line an address switches it
    /// on; in the file it stands beside `compatibility = true` only, so that nobody opens a port in clear
    /// unawares.
    bool compatibility = false;
    std::optional<ports::Endpoint> compatibility_http;
    std::optional<ports::Endpoint> compatibility_dhip;

    /// The interface whose address this program sets (N2); empty: the network is the host's business.
    std::string network_interface;

    /// Networks that may connect or be answered at all, on every port (N6); none: everybody.
    std::vector<std::string> allowed;

    /// Active registration (N3): the platforms that are dialled, and the name that this device goes by there.
    std::optional<ports::Endpoint> registration;
    std::optional<ports::Endpoint> compatibility_registration;  ///< by a form over plain HTTP
    std::string registration_id;

    std::uint8_t doors = 1;
    adapters::Wiring wiring;  ///< of hardware linux; empty without [[door]] tables
    core::PowerOnCodes power_on_codes = core::PowerOnCodes::allowed;
    core::FacilityFallback fallback;  ///< of [[facility_fallback]]; no door has one by default
    core::RosterLimits roster;
    core::CalendarLimits calendar;
    std::size_t records_limit = 60'000;
    std::uint8_t readers_per_door = 1;    ///< simulated, wired
    std::int64_t wiegand_bit_us = 1'000;  ///< simulated
    std::vector<adapters::OsdpLineOptions> osdp;
    std::optional<adapters::OsdpPanelOptions> reader_mode;  ///< the line to somebody else's panel
    std::optional<adapters::WiredPanel> wiegand_panel;      ///< or two wires to it
};

/// `check-config FILE`: the file is in order.
struct ConfigChecked {
    std::string file;
};
/// `--help` and the like: print and end with success.
struct Printed {
    std::string text;
};
using Invocation = std::variant<DoorOptions, ConfigChecked, Printed, BackupOptions, RestoreOptions>;

/// `invalid`: a sentence that names the argument, or the key and the line. arguments[0] is the program.
[[nodiscard]] base::Result<Invocation> read_arguments(int count, const char* const* arguments);

}  // namespace sallyport::apps
