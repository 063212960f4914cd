#include "codec/dhip/status_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/dhip/discovery.hpp"
#include "codec/dhip/frame.hpp"

namespace sallyport::codec::dhip {
namespace {

namespace json = boost::json;

const DoorState open_door{{2},
                          core::Lock::released,
                          core::ContactState::open,
                          core::DoorMode::lockdown,
                          {core::Alarm::intrusion, core::Alarm::tamper},
                          {core::Alarm::tamper},
                          7,
                          core::UnlockMode::user_and_pin,
                          core::Detector::on,
                          30};

TEST(Status, comes_through) {
    ControllerStatus status;
    status.serial = "SP0123456789AB";
    status.model = "sallyport-door";
    status.firmware = "0.1.0";
    status.initialised = Initialised::yes;
    status.fingerprint = "AA:BB";
    status.last = {2, 61'000};
    status.oldest = 1'001;
    status.people = 30'000;
    status.people_limit = 30'000;
    status.records_limit = 60'000;
    status.owner = "platform";
    status.revision = 9;
    status.digest.value = 0xFEDC'BA98'7654'3210;
    status.time.microseconds = 1'774'746'000'000'001;
    status.trust = base::ClockTrust::not_set;
    status.network_time = {base::NetworkTime::State::synchronised, base::Duration{-120},
                           base::Duration{1'500}};
    status.zone = "Europe/Berlin";
    status.doors = {DoorState{}, open_door};
    const auto received = status_from(json::parse(json::serialize(to_json(status))).as_object());
    ASSERT_TRUE(received) << received.error().message;
    EXPECT_EQ(*received, status);
}

TEST(Status, of_an_earlier_version_says_nothing_of_network_time) {
    ControllerStatus status;
    status.last = {1, 1};
    auto json = to_json(status);
    json.erase("networkTime");
    const auto received = status_from(json);
    ASSERT_TRUE(received) << received.error().message;
    EXPECT_EQ(received->network_time, base::NetworkTime{});
}

TEST(Status, doors_of_a_later_version_may_have_other_alarms) {
    auto door = to_json(open_door);
    door["alarms"] = json::array{"intrusion", "flood", "tamper"};
    const auto doors = doors_from({{"doors", json::array{door}}});
    ASSERT_TRUE(doors);
    EXPECT_EQ(doors->at(0), open_door);
    door["mode"] = "ajar";
    EXPECT_EQ(doors_from({{"doors", json::array{door}}}).error().message,
              "doors[0].mode does not know the word 'ajar'.");
}

TEST(Status, a_door_is_what_its_view_and_its_settings_say) {
    core::DoorView view;
    view.door = {2};
    view.lock = core::Lock::released;
    view.contact = core::ContactState::open;
    view.mode = core::DoorMode::lockdown;
    view.alarms = open_door.alarms;
    view.silenced = {core::Alarm::tamper};
    EXPECT_EQ(door_state(view, {7, core::UnlockMode::user_and_pin, core::Detector::on, 30, {}}), open_door);
}

TEST(Discovery, question_and_answer_come_through) {
    ASSERT_TRUE(search_from(encode(Search{"00:11"})));
    EXPECT_EQ(search_from(encode(Search{"00:11"}))->mac, "00:11");
    const Announcement device{"00:11:22:33:44:55",
                              "sallyport-door",
                              "SP0123456789AB",
                              "0.1.0",
                              "127.0.0.1",
                              "255.0.0.0",
                              "",
                              37'777,
                              0,
                              Initialised::yes,
                              "AA:BB"};
    EXPECT_EQ(announcement_from(encode(device)), device);
}

TEST(Discovery, anything_else_is_refused_by_name) {
    const auto refused = search_from(encode(Frame{0, 0, R"({"method":"DHDiscover.setConfig","params":{}})"}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "refused");
    EXPECT_EQ(refused.error().message, "DHDiscover.setConfig is not served on the discovery port.");
    EXPECT_EQ(search_from("M-SEARCH * HTTP/1.1").error().code, "not_dhip");
    EXPECT_EQ(search_from("").error().code, "not_dhip");
    EXPECT_EQ(search_from(encode(Search{}) + "x").error().code, "not_dhip");
    EXPECT_EQ(search_from(encode(Search{}).substr(0, 40)).error().code, "not_dhip");
    EXPECT_EQ(search_from(encode(Search{std::string(datagram_limit, '0')})).error().code, "not_dhip");
    EXPECT_FALSE(announcement_from(encode(Search{})));
}

RC_GTEST_PROP(Discovery, random_datagrams_never_do_harm, (std::string bytes)) {
    (void)search_from(bytes);
    (void)announcement_from(encode(Frame{0, 0, bytes}));
}

}  // namespace
}  // namespace sallyport::codec::dhip
