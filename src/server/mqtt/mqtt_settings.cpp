#include "server/mqtt/mqtt_settings.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace sallyport::server {

namespace json = boost::json;

bool is_topic(std::string_view text) {
    const bool known = std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '/';
    });
    return known && !text.starts_with('/') && !text.ends_with('/') && text.find("//") == std::string::npos;
}

json::object told_of(const MqttSettings& settings) {
    json::object told{{"enabled", settings.enabled}};
    tell_server(told, settings.server);
    told["base_topic"] = settings.base_topic;
    told["discovery"] = settings.discovery;
    told["discovery_prefix"] = settings.discovery_prefix;
    told["people"] = settings.people;
    told["areas"] = nullptr;
    if (settings.areas) {
        json::array areas;
        for (const auto id : *settings.areas) areas.emplace_back(id_text(id));
        told["areas"] = std::move(areas);
    }
    json::array commands;
    for (const auto command : settings.commands) commands.emplace_back(base::text_of(command));
    told["commands"] = std::move(commands);
    told["as_confirmed"] = settings.as_confirmed;
    told["revision"] = settings.revision;
    return told;
}

MqttSettings mqtt_settings_from(const StoredOutlet& stored) {
    MqttSettings settings;
    if (stored.revision == 0) return settings;
    settings.revision = stored.revision;
    const auto& kept = stored.settings;
    settings.enabled = truth_in(kept, "enabled");
    settings.server = server_from(kept);
    settings.server.password = stored.password;
    settings.base_topic = text_in(kept, "base_topic", settings.base_topic);
    settings.discovery = truth_in(kept, "discovery");
    settings.discovery_prefix = text_in(kept, "discovery_prefix", settings.discovery_prefix);
    settings.people = truth_in(kept, "people");
    if (const auto* areas = kept.if_contains("areas"); areas != nullptr && areas->is_array()) {
        settings.areas.emplace();
        for (const auto& one : areas->get_array())
            if (one.is_string()) settings.areas->push_back(id_from(one.get_string()).value_or(0));
    }
    if (const auto* words = kept.if_contains("commands"); words != nullptr && words->is_array())
        for (const auto& word : words->get_array())
            if (word.is_string())
                if (const auto command =
                        base::enum_from<core::DoorCommand>(std::string_view(word.get_string())))
                    settings.commands.insert(*command);
    settings.as_confirmed = truth_in(kept, "as_confirmed");
    return settings;
}

Answer<MqttSettings> patched(const MqttSettings& before, const MqttPatch& patch,
                             const CheckAuthorities& check) {
    auto server = patched(before.server, patch.server, check);
    if (!server) return std::unexpected(server.error());
    auto settings = before;
    settings.server = *std::move(server);
    if (patch.enabled) settings.enabled = *patch.enabled;
    if (patch.base_topic) settings.base_topic = *patch.base_topic;
    if (patch.discovery) settings.discovery = *patch.discovery;
    if (patch.discovery_prefix) settings.discovery_prefix = *patch.discovery_prefix;
    if (patch.people) settings.people = *patch.people;
    if (patch.areas) settings.areas = *patch.areas;
    if (patch.commands) {
        settings.commands.clear();
        for (const auto& word : *patch.commands)
            if (const auto command = base::enum_from<core::DoorCommand>(word))
                settings.commands.insert(*command);
    }
    if (patch.as_confirmed) settings.as_confirmed = *patch.as_confirmed;
    ++settings.revision;
    if (settings.enabled && settings.server.host.empty())
        return wrong_field("host", "missing", "Write where the broker is, to switch this on.");
    return settings;
}

}  // namespace sallyport::server
