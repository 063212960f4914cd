#include "server/mqtt/home_assistant.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using core::DoorCommand;
using ports::MqttMessage;

namespace {

struct Words {
    std::string_view term, en, zh;
};
constexpr std::array<Words, 12> words{{
    {"alarm", "Alarm", "报警"},
    {"always_closed", "Always closed", "常闭"},
    {"always_open", "Always open", "常开"},
    {"close", "Close", "关门"},
    {"connection", "Connection", "连接"},
    {"contact", "Contact", "门磁"},
    {"event", "Event", "事件"},
    {"lock", "Lock", "门锁"},
    {"lockdown", "Lock down", "封锁"},
    {"normal", "Back to normal", "恢复正常"},
    {"open", "Open", "开门"},
    {"silence", "Silence alarms", "消音"},
}};

std::string_view name_of(std::string_view term, std::string_view language) {
    const auto found = std::ranges::find(words, term, &Words::term);
    return language == "zh" ? found->zh : found->en;
}

std::string door_topic(const MqttPlace& place, Id door, std::string_view what) {
    return fmt::format("{}/door/{}/{}", place.base, door, what);
}
std::string device_topic(const MqttPlace& place, std::string_view device, std::string_view what) {
    return fmt::format("{}/device/{}/{}", place.base, device, what);
}

json::array event_types() {
    json::array types{"access_granted", "access_denied"};
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<core::RecordKind>>([&](auto kind) {
        if (kind.value != core::RecordKind::access) types.emplace_back(kind.name);
    });
    return types;
}

/// Announcements of what belongs to one thing, which Home Assistant calls a device.
class Announcer {
  public:
    Announcer(const MqttPlace& place, std::string thing, json::object device, json::array availability)
        : place_(place),
          thing_(std::move(thing)),
          device_(std::move(device)),
          availability_(std::move(availability)) {}

    /// `name` empty: it is called as the thing is.
    void add(std::string_view component, std::string_view object, std::string_view name,
             json::object entity) {
        if (!place_.prefix) return;
        entity["name"] = name.empty() ? json::value(nullptr) : json::value(name_of(name, place_.language));
        entity["unique_id"] = fmt::format("sallyport_{}_{}", thing_, object);
        entity["availability"] = availability_;
        entity["availability_mode"] = "all";
        entity["device"] = device_;
        entity["origin"] = json::object{{"name", "Sallyport"}, {"sw_version", SALLYPORT_VERSION}};
        kept[fmt::format("{}/{}/{}/{}_{}/config", *place_.prefix, component, place_.node(), thing_, object)] =
            json::serialize(entity);
    }
    Kept kept;

  private:
    const MqttPlace& place_;
    std::string thing_;
    json::object device_;
    json::array availability_;
};

json::object state_of(const Door& door) {
    auto told = door_json(door);
    auto state = std::move(told.at("state").as_object());
    state["name"] = door.name;
    state["number"] = door.number;
    return state;
}

void announce_lock(Announcer& announcer, const MqttPlace& place, const Door& door) {
    const auto state = door_topic(place, door.id, "state");
    const auto set = door_topic(place, door.id, "set");
    const auto taken = place.taken_at(door);
    const bool controllable = taken.contains(DoorCommand::open) && taken.contains(DoorCommand::close);
    if (controllable)
        announcer.add("lock", "lock", "",
                      {{"state_topic", state},
                       {"value_template", "{{ value_json.lock }}"},
                       {"state_locked", "locked"},
                       {"state_unlocked", "released"},
                       {"json_attributes_topic", state},
                       {"command_topic", set},
                       {"payload_lock", "close"},
                       {"payload_unlock", "open"},
                       {"optimistic", false}});
    else
        announcer.add("binary_sensor", "lock", "lock",
                      {{"state_topic", state},
                       {"value_template", "{{ value_json.lock }}"},
                       {"payload_on", "released"},
                       {"payload_off", "locked"},
                       {"json_attributes_topic", state},
                       {"device_class", "lock"}});
    for (const auto command : taken) {
        if (controllable && (command == DoorCommand::open || command == DoorCommand::close)) continue;
        const auto word = base::text_of(command);
        announcer.add("button", word, word, {{"command_topic", set}, {"payload_press", word}});
    }
}

void announce_door(Announcer& announcer, const MqttPlace& place, const Door& door) {
    const auto state = door_topic(place, door.id, "state");
    announce_lock(announcer, place, door);
    if (door.settings.detector == core::Detector::on)
        announcer.add("binary_sensor", "contact", "contact",
                      {{"state_topic", state},
                       {"value_template", "{{ value_json.contact }}"},
                       {"payload_on", "open"},
                       {"payload_off", "closed"},
                       {"device_class", "door"}});
    announcer.add("binary_sensor", "alarm", "alarm",
                  {{"state_topic", state},
                   {"value_template", "{{ 'ON' if value_json.alarms else 'OFF' }}"},
                   {"json_attributes_topic", state},
                   {"json_attributes_template", "{{ {'alarms': value_json.alarms} | tojson }}"},
                   {"device_class", "problem"}});
    announcer.add("event", "event", "event",
                  {{"state_topic", door_topic(place, door.id, "event")}, {"event_types", event_types()}});
}

/// What of an event is told: nothing that opens a door.
json::object told_event(const json::object& event, Names names) {
    json::object told;
    const auto kind = event.at("kind").as_string();
    const auto& result = event.at("result");
    told["event_type"] =
        kind == "access" ? fmt::format("access_{}", std::string_view(result.as_string())) : std::string(kind);
    for (const auto* member : {"id", "at", "reason", "alarm", "method", "reader", "direction", "door_name"})
        told[member] = event.at(member);
    const auto* who = event.at("person").if_object();
    const bool named = names == Names::named && who != nullptr;
    told["person"] = named ? who->at("name") : json::value(nullptr);
    return told;
}

}  // namespace

std::string MqttPlace::node() const {
    std::string level = base;
    std::ranges::replace(level, '/', '_');
    return level;
}

std::set<DoorCommand> MqttPlace::taken_at(const Door& door) const {
    auto taken = commands;
    if (!as_confirmed)
        std::erase_if(taken, [&](DoorCommand command) { return needs_confirmation(door, command); });
    return taken;
}

MqttPlace place_of(const MqttSettings& settings, std::string language) {
    return {settings.base_topic, settings.discovery ? std::optional(settings.discovery_prefix) : std::nullopt,
            std::move(language), settings.commands, settings.as_confirmed};
}

Kept kept_of(const MqttPlace& place, const Door& door, const std::optional<std::string>& area) {
    const auto reach = door_topic(place, door.id, "availability");
    json::object device{{"identifiers", json::array{fmt::format("sallyport_door_{}", door.id)}},
                        {"name", door.name},
                        {"manufacturer", "Sallyport"},
                        {"model", "Door"},
                        {"via_device", fmt::format("sallyport_device_{}", door.device_id)}};
    if (area) device["suggested_area"] = *area;
    Announcer announcer(place, fmt::format("door_{}", door.id), std::move(device),
                        {json::object{{"topic", place.status()}}, json::object{{"topic", reach}}});
    announce_door(announcer, place, door);
    auto kept = std::move(announcer.kept);
    kept[reach] = door.reach == Reach::online ? available : away;
    kept[door_topic(place, door.id, "state")] = json::serialize(state_of(door));
    return kept;
}

Kept kept_of_device(const MqttPlace& place, const json::object& device) {
    const std::string id(device.at("id").as_string());
    const auto state = device_topic(place, id, "state");
    Announcer announcer(place, "device_" + id,
                        {{"identifiers", json::array{"sallyport_device_" + id}},
                         {"name", device.at("name")},
                         {"manufacturer", "Sallyport"},
                         {"model", device.at("model")},
                         {"serial_number", device.at("serial")},
                         {"sw_version", device.at("firmware")}},
                        {json::object{{"topic", place.status()}}});
    announcer.add("binary_sensor", "connection", "connection",
                  {{"state_topic", state},
                   {"value_template", "{{ value_json.state }}"},
                   {"payload_on", available},
                   {"payload_off", away},
                   {"json_attributes_topic", state},
                   {"entity_category", "diagnostic"},
                   {"device_class", "connectivity"}});
    announcer.add("event", "event", "event",
                  {{"state_topic", device_topic(place, id, "event")}, {"event_types", event_types()}});
    auto kept = std::move(announcer.kept);
    json::object told;
    for (const auto* member : {"name", "state", "reason", "since"}) told[member] = device.at(member);
    kept[state] = json::serialize(told);
    return kept;
}

MqttMessage event_message(const MqttPlace& place, const json::object& event, Names names) {
    const auto& door = event.at("door_id");
    auto topic = door.is_string()
                     ? door_topic(place, id_from(door.get_string()).value_or(0), "event")
                     : device_topic(place, std::string_view(event.at("device_id").as_string()), "event");
    return {std::move(topic), json::serialize(told_event(event, names)), MqttMessage::Keeping::passing,
            MqttMessage::Arrival::at_least_once};
}

bool is_ours(const MqttPlace& place, std::string_view topic) {
    if (topic.starts_with(place.base + "/door/") || topic.starts_with(place.base + "/device/")) return true;
    return place.prefix && topic.starts_with(*place.prefix + "/") && topic.ends_with("/config") &&
           topic.contains("/" + place.node() + "/");
}

std::optional<std::string_view> commanded_door(const MqttPlace& place, std::string_view topic) {
    const auto begin = place.base + "/door/";
    constexpr std::string_view end = "/set";
    if (!topic.starts_with(begin) || !topic.ends_with(end) || topic.size() < begin.size() + end.size())
        return std::nullopt;
    topic.remove_prefix(begin.size());
    topic.remove_suffix(end.size());
    if (topic.contains('/')) return std::nullopt;
    return topic;
}

MqttMessage answer_message(const MqttPlace& place, std::string_view door, std::string_view command,
                           const std::optional<std::string>& problem) {
    const json::object told{{"command", command},
                            {"taken", !problem.has_value()},
                            {"problem", problem ? json::value(*problem) : json::value(nullptr)}};
    return {fmt::format("{}/door/{}/answer", place.base, door), json::serialize(told)};
}

}  // namespace sallyport::server
