#include "server/mqtt/home_assistant.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "server/mqtt/mqtt_bridge.hpp"

namespace sallyport::server {
namespace {

namespace json = boost::json;
using core::DoorCommand;
using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

Door gate() {
    Door door;
    door.id = 7;
    door.device_id = 5;
    door.number = 1;
    door.name = "Gate";
    door.reach = Reach::online;
    door.state = {"locked", "closed", "normal", {}, {}};
    return door;
}

MqttPlace place(std::set<DoorCommand> commands = {}) {
    return {"site/sallyport", "homeassistant", "en", std::move(commands)};
}

std::vector<std::string> topics(const Kept& kept) {
    std::vector<std::string> all;
    for (const auto& [topic, payload] : kept) all.push_back(topic);
    return all;
}

json::object read(const Kept& kept, const std::string& topic) {
    return json::parse(kept.at(topic)).as_object();
}

TEST(HomeAssistant, a_door_that_takes_no_commands_is_only_looked_at) {
    EXPECT_THAT(topics(kept_of(place(), gate(), std::nullopt)),
                ElementsAre("homeassistant/binary_sensor/site_sallyport/door_7_alarm/config",
                            "homeassistant/binary_sensor/site_sallyport/door_7_contact/config",
                            "homeassistant/binary_sensor/site_sallyport/door_7_lock/config",
                            "homeassistant/event/site_sallyport/door_7_event/config",
                            "site/sallyport/door/7/availability", "site/sallyport/door/7/state"));
}

TEST(HomeAssistant, a_door_that_opens_and_closes_is_a_lock) {
    const auto kept = kept_of(place({DoorCommand::open, DoorCommand::close, DoorCommand::always_open}),
                              gate(), "North wing");
    const auto lock = read(kept, "homeassistant/lock/site_sallyport/door_7_lock/config");
    EXPECT_EQ(lock.at("command_topic"), "site/sallyport/door/7/set");
    EXPECT_EQ(lock.at("payload_unlock"), "open");
    EXPECT_EQ(lock.at("unique_id"), "sallyport_door_7_lock");
    EXPECT_TRUE(lock.at("name").is_null());  // called as the door is
    EXPECT_EQ(lock.at("device").at("name"), "Gate");
    EXPECT_EQ(lock.at("device").at("suggested_area"), "North wing");
    EXPECT_EQ(lock.at("device").at("via_device"), "sallyport_device_5");
    EXPECT_EQ(lock.at("availability").as_array().size(), 2U);
    EXPECT_THAT(kept, Contains(Key("homeassistant/button/site_sallyport/door_7_always_open/config")));
    EXPECT_THAT(kept, Not(Contains(Key("homeassistant/button/site_sallyport/door_7_open/config"))));
}

TEST(HomeAssistant, a_door_that_asks_for_a_confirmation_is_a_lock_only_where_it_is_taken_as_given) {
    auto guarded = gate();
    guarded.confirmation = Confirmation::asked;
    auto here = place({DoorCommand::open, DoorCommand::close, DoorCommand::normal});
    const auto kept = kept_of(here, guarded, std::nullopt);
    EXPECT_THAT(kept, Contains(Key("homeassistant/binary_sensor/site_sallyport/door_7_lock/config")));
    EXPECT_THAT(kept, Contains(Key("homeassistant/button/site_sallyport/door_7_close/config")));
    EXPECT_THAT(kept, Not(Contains(Key("homeassistant/button/site_sallyport/door_7_normal/config"))));
    here.as_confirmed = true;
    EXPECT_THAT(kept_of(here, guarded, std::nullopt),
                Contains(Key("homeassistant/lock/site_sallyport/door_7_lock/config")));
}

TEST(HomeAssistant, one_that_only_opens_has_a_button) {
    const auto kept = kept_of(place({DoorCommand::open}), gate(), std::nullopt);
    const auto button = read(kept, "homeassistant/button/site_sallyport/door_7_open/config");
    EXPECT_EQ(button.at("payload_press"), "open");
    EXPECT_THAT(kept, Not(Contains(Key("homeassistant/lock/site_sallyport/door_7_lock/config"))));
}

TEST(HomeAssistant, the_state_is_that_of_the_contact_and_away_is_said) {
    auto door = gate();
    door.state.contact = "open";
    door.state.alarms = {core::Alarm::intrusion};
    door.reach = Reach::offline;
    const auto kept = kept_of(place(), door, std::nullopt);
    const auto state = read(kept, "site/sallyport/door/7/state");
    EXPECT_EQ(state.at("contact"), "open");
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_EQ(state.at("alarms").as_array().front(), "intrusion");
    EXPECT_EQ(kept.at("site/sallyport/door/7/availability"), "offline");
}

TEST(HomeAssistant, without_a_contact_none_is_announced) {
    auto door = gate();
    door.settings.detector = core::Detector::off;
    EXPECT_THAT(kept_of(place(), door, std::nullopt),
                Not(Contains(Key("homeassistant/binary_sensor/site_sallyport/door_7_contact/config"))));
}

TEST(HomeAssistant, without_discovery_only_the_state_is_kept) {
    auto quiet = place({DoorCommand::open});
    quiet.prefix.reset();
    EXPECT_EQ(kept_of(quiet, gate(), std::nullopt).size(), 2U);
}

json::object entry() {
    return {{"id", "9"},
            {"device_id", "5"},
            {"door_id", "7"},
            {"door_name", "Gate"},
            {"at", "2026-03-28T23:10:00Z"},
            {"kind", "access"},
            {"result", "granted"},
            {"reason", nullptr},
            {"alarm", nullptr},
            {"method", "card"},
            {"reader", 1},
            {"direction", "entry"},
            {"card", "04A1B2C3"},
            {"person", json::object{{"id", "3"}, {"user_id", "1001"}, {"name", "Anna"}}}};
}

TEST(HomeAssistant, an_event_names_people_only_where_that_is_wanted_and_never_a_card) {
    const auto hidden = event_message(place(), entry(), Names::hidden);
    EXPECT_EQ(hidden.topic, "site/sallyport/door/7/event");
    EXPECT_THAT(hidden.payload, HasSubstr(R"("event_type":"access_granted")"));
    EXPECT_THAT(hidden.payload, Not(HasSubstr("Anna")));
    const auto named = event_message(place(), entry(), Names::named);
    EXPECT_THAT(named.payload, HasSubstr(R"("person":"Anna")"));
    for (const auto& message : {hidden, named}) EXPECT_THAT(message.payload, Not(HasSubstr("04A1B2C3")));
}

TEST(HomeAssistant, an_event_of_no_door_is_the_controllers) {
    auto event = entry();
    event["door_id"] = nullptr;
    event["kind"] = "restarted";
    EXPECT_EQ(event_message(place(), event, Names::hidden).topic, "site/sallyport/device/5/event");
}

TEST(HomeAssistant, event_types_are_all_announced) {
    const auto kept = kept_of(place(), gate(), std::nullopt);
    const auto types =
        read(kept, "homeassistant/event/site_sallyport/door_7_event/config").at("event_types").as_array();
    EXPECT_NE(std::ranges::find(types, "access_granted"), types.end());
    EXPECT_EQ(std::ranges::find(types, "access"), types.end());
}

TEST(HomeAssistant, a_command_is_read_from_its_topic) {
    EXPECT_EQ(commanded_door(place(), "site/sallyport/door/7/set"), "7");
    EXPECT_EQ(commanded_door(place(), "site/sallyport/door/x/set"), "x");
    EXPECT_EQ(commanded_door(place(), "site/sallyport/door//set"), "");
    for (const auto* other : {"site/sallyport/door/7/state", "sallyport/door/7/set",
                              "site/sallyport/door/set", "site/sallyport/door/7/8/set"})
        EXPECT_EQ(commanded_door(place(), other), std::nullopt) << other;
}

TEST(HomeAssistant, what_is_kept_elsewhere_is_not_ours) {
    for (const auto* ours : {"site/sallyport/door/7/state", "site/sallyport/device/5/state",
                             "homeassistant/lock/site_sallyport/door_7/config"})
        EXPECT_TRUE(is_ours(place(), ours)) << ours;
    for (const auto* other :
         {"any/1/x", "site/sallyport/doors", "sallyport/door/7/state",
          "homeassistant/lock/other/door_7/config", "homeassistant/lock/site_sallyport/door_7/state"})
        EXPECT_FALSE(is_ours(place(), other)) << other;
}

TEST(Mqtt, topics_have_levels_that_say_something) {
    for (const auto* good : {"sallyport", "site/a-b_C1"}) EXPECT_TRUE(is_topic(good)) << good;
    for (const auto* bad : {"/a", "a/", "a//b", "a/#", "+", "a b", "$SYS"})
        EXPECT_FALSE(is_topic(bad)) << bad;
}

}  // namespace
}  // namespace sallyport::server
