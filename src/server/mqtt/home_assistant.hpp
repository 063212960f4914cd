#pragma once
// What is published of doors and controllers, and how Home Assistant finds them there: the discovery topics
// of https://www.home-assistant.io/integrations/mqtt/ (lock, binary_sensor, event, button).
// docs/guides/mqtt.md lists the topics. Pure.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "ports/broker.hpp"
#include "server/doors/doors.hpp"
#include "server/mqtt/mqtt_settings.hpp"

namespace sallyport::server {

/// Messages that the broker keeps: payloads by topic.
using Kept = std::map<std::string, std::string>;

/// How things are named where: what all topics have in common.
struct MqttPlace {
    std::string base;                   ///< "sallyport"
    std::optional<std::string> prefix;  ///< of the discovery topics; none: nothing is announced
    std::string language = "en";        ///< of the names, "en" or "zh"
    std::set<core::DoorCommand> commands;
    bool as_confirmed = false;
    [[nodiscard]] std::string status() const { return base + "/status"; }
    /// Those that are taken at this door: it may ask for a confirmation, which nobody gives here.
    [[nodiscard]] std::set<core::DoorCommand> taken_at(const Door&) const;
    /// One level that is ours among the discovery topics.
    [[nodiscard]] std::string node() const;
};
[[nodiscard]] MqttPlace place_of(const MqttSettings&, std::string language);

inline constexpr std::string_view available = "online";
inline constexpr std::string_view away = "offline";

/// State, availability and announcements. `area`: the name of its area, for a room to be suggested.
[[nodiscard]] Kept kept_of(const MqttPlace&, const Door&, const std::optional<std::string>& area);
/// The same of a controller, as GET /devices/{id} tells it.
[[nodiscard]] Kept kept_of_device(const MqttPlace&, const boost::json::object& device);

/// An event as GET /events/{id} tells it, without the card; who came is named with `Names::named`.
enum class Names : std::uint8_t { hidden, named };
[[nodiscard]] ports::MqttMessage event_message(const MqttPlace&, const boost::json::object& event, Names);

/// Whether a message kept under this topic is this platform's to remove.
[[nodiscard]] bool is_ours(const MqttPlace&, std::string_view topic);
/// "BASE/door/7/set": "7", which need not be a door.
[[nodiscard]] std::optional<std::string_view> commanded_door(const MqttPlace&, std::string_view topic);
/// What became of a command to `door`, as in its topic.
[[nodiscard]] ports::MqttMessage answer_message(const MqttPlace&, std::string_view door,
                                                std::string_view command,
                                                const std::optional<std::string>& problem);

}  // namespace sallyport::server
