#pragma once
// What is set of MQTT (platform.md I1, decision 0036).
#include <set>
#include <string>
#include <vector>

#include "core/door/door_terms.hpp"
#include "server/outlets/outlet_server.hpp"
#include "server/rights/part.hpp"

namespace sallyport::server {

struct MqttSettings {
    bool enabled = false;
    OutletServer server{.port = 8'883};
    std::string base_topic = "sallyport";
    bool discovery = true;
    std::string discovery_prefix = "homeassistant";
    bool people = false;  ///< names of people are sent along
    std::optional<std::vector<Id>> areas;
    std::set<core::DoorCommand> commands;  ///< that are taken
    bool as_confirmed = false;             ///< also where a door asks for a confirmation
    std::int64_t revision = 1;
};

struct MqttPatch {
    std::optional<bool> enabled;
    OutletServerPatch server;
    std::optional<std::string> base_topic;
    std::optional<bool> discovery;
    std::optional<std::string> discovery_prefix;
    std::optional<bool> people;
    Nullable<std::vector<Id>> areas;
    std::optional<std::vector<std::string>> commands;
    std::optional<bool> as_confirmed;
    std::optional<std::int64_t> revision;
};

/// Levels of letters, digits, '_' and '-', between them '/'.
[[nodiscard]] bool is_topic(std::string_view text);
/// As in GET /settings/mqtt, without the state.
[[nodiscard]] boost::json::object told_of(const MqttSettings&);
[[nodiscard]] MqttSettings mqtt_settings_from(const StoredOutlet&);
/// Errors: invalid `host` "missing" where it is to be switched on, and those of the server.
[[nodiscard]] Answer<MqttSettings> patched(const MqttSettings&, const MqttPatch&, const CheckAuthorities&);

}  // namespace sallyport::server
