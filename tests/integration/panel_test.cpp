// The front panel's calls against a whole controller without sockets.
#include <gtest/gtest.h>

#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

std::string last_signal(const json::object& state) {
    const auto& signals = state.at("signals").as_array();
    return signals.empty() ? "" : std::string(signals.back().at("signal").as_string());
}

core::Record newest(DoorSite& site, core::RecordKind kind) {
    core::Record found;
    const auto all = site.memory.read_after({1, 0}, 10'000).value();
    for (const auto& stored : all)
        if (stored.record.kind == kind) found = stored.record;
    return found;
}

struct FakeSocket final : ports::WebSocket {
    void send(std::shared_ptr<const std::string> text) override { texts.push_back(*text); }
    void close(std::string_view, std::uint16_t) override {}
    [[nodiscard]] std::size_t waiting() const override { return 0; }
    std::vector<std::string> texts;
};

}  // namespace

TEST(Panel, a_card_that_is_known_opens_and_relocks_after_the_hold_time) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    auto state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("lock"), "released");
    EXPECT_EQ(state.at("light"), "green");
    EXPECT_EQ(last_signal(state), "unlocked");
    EXPECT_GT(state.at("hold_ms_left").to_number<int>(), 2'000);
    const auto record = newest(site, core::RecordKind::access);
    EXPECT_EQ(record.result, core::AccessResult::granted);
    EXPECT_EQ(record.user_id->view(), "1001");
    state = site.post("/panel/clock", {{"advance_ms", 3'000}});
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_EQ(state.at("hold_ms_left"), 0);
    const auto latency = json::parse(site.call("GET", "/panel/latency").body);
    EXPECT_EQ(latency.at("count"), 1);
}

TEST(Panel, an_unknown_card_is_denied_with_three_beeps) {
    DoorSite site;
    const auto state = site.post("/panel/card", {{"number", "4a1b2c3"}, {"reader", 1}});
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_EQ(state.at("light"), "red");
    EXPECT_EQ(last_signal(state), "denied");
    EXPECT_EQ(state.at("signals").as_array().back().at("beeps"), 3);
    EXPECT_EQ(newest(site, core::RecordKind::access).reason, core::Reason::unknown_card);
}

TEST(Panel, wrong_parity_is_a_bad_frame_and_never_a_card) {
    DoorSite site;
    const auto state = site.post("/panel/card", {{"number", "04A1B2C3"}, {"fault", "parity"}});
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_TRUE(newest(site, core::RecordKind::bad_frame).detail.starts_with("frame_parity_wrong "));
    EXPECT_EQ(newest(site, core::RecordKind::access).card, std::nullopt);
}

TEST(Panel, keys_are_pressed_one_after_the_other_and_what_they_store_is_durable_when_it_answers) {
    DoorSite site;
    auto state = site.post("/panel/keys", {{"keys", "#88888888#"}});
    EXPECT_EQ(state.at("menu"), true);
    EXPECT_EQ(state.at("light"), "blue_flashing");
    state = site.post("/panel/keys", {{"keys", "4#7#"}});
    EXPECT_EQ(last_signal(state), "success");
    EXPECT_EQ(site.memory.load()->settings.doors[0].hold_s, 7);
}

TEST(Panel, K4_a_new_admin_password_is_stored) {
    DoorSite site;
    auto state = site.post("/panel/keys", {{"keys", "#88888888#0#654321#654321#"}});
    EXPECT_EQ(last_signal(state), "success");
    const auto settings = site.memory.load()->settings;
    EXPECT_EQ(settings.admin_password,
              core::hash_admin_password(site.memory.load()->pin_key, base::Secret{"654321"}));
    state = site.post("/panel/power", json::object{});
    state = site.post("/panel/keys", {{"keys", "#654321#"}});
    EXPECT_EQ(state.at("menu"), true);
}

TEST(Panel, K5_a_user_who_was_added_is_stored_and_may_enter) {
    DoorSite site;
    site.post("/panel/keys", {{"keys", "#88888888#1#5001#"}});
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    auto state = site.post("/panel/keys", {{"keys", "#2468#"}});
    EXPECT_EQ(last_signal(state), "success");
    const auto people = site.memory.load()->people;
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(people[0].user_id.view(), "5001");
    EXPECT_TRUE(people[0].pin.has_value());
    EXPECT_EQ(newest(site, core::RecordKind::keypad_admin).detail, "user_added");
    site.post("/panel/power", json::object{});
    state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("lock"), "released");
}

TEST(Panel, K5_a_disk_that_refuses_is_a_failure_and_nobody_is_added) {
    DoorSite site;
    site.post("/panel/keys", {{"keys", "#88888888#1#5001##"}});
    site.memory.fail_with(base::Error{base::ErrorKind::storage, "storage", "The disk is full."});
    const auto state = site.post("/panel/keys", {{"keys", "2468#"}});
    EXPECT_EQ(last_signal(state), "failure");
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
    site.memory.fail_with(std::nullopt);
}

TEST(Panel, K6_users_who_were_deleted_are_gone_from_the_store) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster",
                {{"upsert", json::array{person_json("1001", "04A1B2C3"), person_json("1002", "04A1B2C4"),
                                        person_json("1003", "04A1B2C5")}}});
    const auto keys = [&](const std::string& typed) {
        return last_signal(site.post("/panel/keys", {{"keys", typed}}));
    };
    EXPECT_EQ(keys("#" + std::string(keypad_password) + "#2#1001#"), "success");
    EXPECT_EQ(site.memory.load()->people.size(), 2U);
    EXPECT_EQ(keys("1001#"), "failure");
    site.post("/panel/card", {{"number", "04A1B2C4"}});
    EXPECT_EQ(keys("#"), "success");
    EXPECT_EQ(site.memory.load()->people.size(), 1U);
    EXPECT_EQ(keys("0000#"), "success");
    EXPECT_TRUE(site.memory.load()->people.empty());
}

TEST(Panel, K11_factory_defaults_leave_records_and_an_uninitialised_controller) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    site.post("/panel/clock", {{"advance_ms", 5'000}});
    const auto before = site.memory.load()->last.sequence;
    auto state = site.post("/panel/keys", {{"keys", "#" + std::string(keypad_password) + "#9#000#"}});
    EXPECT_EQ(state.at("initialised"), false);
    EXPECT_TRUE(client->closed());
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
    EXPECT_TRUE(site.memory.load()->people.empty());
    EXPECT_GT(site.memory.load()->last.sequence, before);
    EXPECT_EQ(newest(site, core::RecordKind::access).user_id->view(), "1001");
    EXPECT_EQ(newest(site, core::RecordKind::factory_reset).method, core::Method::keypad);
    const auto& signals = state.at("signals").as_array();
    EXPECT_TRUE(std::ranges::any_of(signals, [](const auto& one) { return one.at("signal") == "success"; }));
    state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("lock"), "locked");
    state = site.post("/panel/keys", {{"keys", "#88888888#"}});
    EXPECT_EQ(state.at("menu"), true);
    EXPECT_FALSE(owner_of(site)->closed()) << "it can be initialised again";
}

TEST(Panel, K12_codes_after_power_on_restore_the_password_alone_or_everything) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    site.post("/panel/power", json::object{});
    auto state = site.post("/panel/keys", {{"keys", "*0*"}});
    EXPECT_EQ(last_signal(state), "success");
    EXPECT_EQ(state.at("initialised"), true);
    EXPECT_FALSE(site.memory.load()->settings.admin_password.has_value());
    EXPECT_EQ(site.memory.load()->people.size(), 1U);
    site.post("/panel/clock", {{"advance_ms", 31'000}});
    state = site.post("/panel/keys", {{"keys", "*00000*"}});
    EXPECT_EQ(state.at("initialised"), true) << "after 30 s the codes do nothing";
    site.post("/panel/power", json::object{});
    state = site.post("/panel/keys", {{"keys", "*00000*"}});
    EXPECT_EQ(state.at("initialised"), false);
    EXPECT_TRUE(site.memory.load()->people.empty());
}

TEST(Panel, power_that_returns_finds_what_was_stored) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    auto state = site.post("/panel/power", json::object{});
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_TRUE(client->closed());
    EXPECT_EQ(site.controller->station().roster().size(), 1U);
    state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("lock"), "released");
}

TEST(Panel, the_clock_is_set_with_its_offset_and_lost_without_a_battery) {
    DoorSite site;
    auto state = site.post("/panel/clock", {{"set", "2026-03-29T01:59:50+01:00"}});
    EXPECT_EQ(state.at("time").as_string().subview(0, 19), "2026-03-29T00:59:50");
    EXPECT_EQ(state.at("time").as_string().subview(26), "+00:00");
    EXPECT_EQ(state.at("clock_trust"), "set");
    state = site.post("/panel/power", {{"battery", false}});
    EXPECT_EQ(state.at("clock_trust"), "not_set");
    EXPECT_TRUE(std::ranges::any_of(state.at("alarms").as_array(),
                                    [](const auto& alarm) { return alarm == "clock_invalid"; }));
    state = site.post("/panel/clock", {{"set", "2026-03-29T01:59:50Z"}});
    EXPECT_EQ(state.at("clock_trust"), "set");
    EXPECT_TRUE(state.at("alarms").as_array().empty()) << json::serialize(state);
}

TEST(Panel, an_open_contact_is_seen_when_there_is_a_detector) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.applyPlan",
                {{"revision", 1}, {"doors", json::array{json::object{{"number", 1}, {"detector", "on"}}}}});
    auto state = site.post("/panel/input", {{"name", "contact"}, {"active", true}});
    EXPECT_EQ(state.at("contact"), "open");
    EXPECT_EQ(state.at("alarms").as_array().size(), 1U);
    state = site.post("/panel/power", json::object{});
    EXPECT_EQ(state.at("contact"), "open") << "the inputs are asked for when the power returns";
}

TEST(Panel, a_supervised_line_is_switched_to_each_of_its_levels) {
    DoorSite site(2);
    for (const auto* level : {"active", "cut", "shorted", "inactive"}) {
        const auto state = site.post("/panel/input", {{"name", "tamper"}, {"level", level}});
        EXPECT_EQ(state.at("inputs").at("tamper"), level);
        EXPECT_EQ(state.at("alarms").as_array().size(), level == std::string_view("inactive") ? 0U : 1U);
    }
    site.post("/panel/input", {{"name", "exit_button"}, {"level", "cut"}});
    EXPECT_EQ(site.state(1).at("lock"), "locked");
    EXPECT_EQ(site.state(2).at("inputs").at("exit_button"), "inactive");
    site.post("/panel/input", {{"name", "mains"}, {"active", true}, {"door", 2}});
    EXPECT_EQ(site.state(1).at("inputs").at("mains"), "active") << "there is one supply";
}

TEST(Panel, D3_a_silenced_alarm_stands_in_the_list_until_its_cause_is_over) {
    DoorSite site;
    auto state = site.post("/panel/input", {{"name", "tamper"}, {"active", true}});
    EXPECT_TRUE(state.at("silenced").as_array().empty());
    state = site.post("/panel/silence", json::object{});
    EXPECT_EQ(state.at("alarms"), (json::array{"tamper"}));
    EXPECT_EQ(state.at("silenced"), (json::array{"tamper"}));
    const auto command = newest(site, core::RecordKind::remote_command);
    EXPECT_EQ(command.detail, "commanded command=silence by=\"front panel\"");
    ASSERT_EQ(state.at("alarm_log").as_array().size(), 1U);
    EXPECT_FALSE(state.at("alarm_log").at(0).as_object().contains("ended"));
    state = site.post("/panel/input", {{"name", "tamper"}, {"active", false}});
    EXPECT_TRUE(state.at("alarm_log").at(0).as_object().contains("ended"));
    state = site.post("/panel/input", {{"name", "tamper"}, {"active", true}});
    EXPECT_TRUE(state.at("silenced").as_array().empty());
}

TEST(Panel, the_terminals_say_what_went_over_them) {
    DoorSite site;
    const auto state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    const auto& reader = state.at("readers").at(0);
    EXPECT_EQ(reader.at("wiring"), "wiegand");
    EXPECT_EQ(reader.at("d0_pulses").to_number<int>() + reader.at("d1_pulses").to_number<int>(), 34);
    EXPECT_EQ(state.at("network").at("listen"), "0.0.0.0:37777");
    EXPECT_EQ(state.at("network").at("connections"), 0);
    auto client = owner_of(site);
    EXPECT_EQ(site.state().at("network").at("connections"), 1);
}

TEST(Panel, each_door_is_its_own) {
    DoorSite site(3);
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    auto state = site.post("/panel/card", {{"number", "04A1B2C3"}, {"door", 2}});
    EXPECT_EQ(state.at("doors"), 3);
    EXPECT_EQ(state.at("lock"), "released");
    EXPECT_EQ(site.state(1).at("lock"), "locked");
    EXPECT_EQ(newest(site, core::RecordKind::access).door.value, 2);
}

TEST(Panel, bad_input_gets_a_sentence) {
    DoorSite site;
    const std::pair<const char*, const char*> bad[] = {
        {"/panel/keys", "{"},
        {"/panel/keys", "[]"},
        {"/panel/keys", "{}"},
        {"/panel/keys", R"({"keys": 5})"},
        {"/panel/keys", R"({"keys": "12A"})"},
        {"/panel/keys", R"({"keys": "1", "door": 2})"},
        {"/panel/keys", R"({"keys": "1", "door": "1"})"},
        {"/panel/keys", R"({"keys": "1", "dor": 1})"},
        {"/panel/card", R"({"number": "xyz"})"},
        {"/panel/card", R"({"number": "FFFFFFFFFFFFFFFF"})"},
        {"/panel/card", R"({"number": "1", "reader": 2})"},
        {"/panel/card", R"({"number": "1", "fault": "dirt"})"},
        {"/panel/input", R"({"name": "window", "active": true})"},
        {"/panel/input", R"({"name": "contact", "active": 1})"},
        {"/panel/input", R"({"name": "contact"})"},
        {"/panel/input", R"({"name": "contact", "level": "wet"})"},
        {"/panel/input", R"({"name": "contact", "level": "cut", "active": true})"},
        {"/panel/silence", R"({"alarm": "tamper"})"},
        {"/panel/pair", R"({"reader": 2})"},
        {"/panel/clock", "{}"},
        {"/panel/clock", R"({"advance_ms": -1})"},
        {"/panel/clock", R"({"advance_ms": 1e30})"},
        {"/panel/clock", R"({"set": "tomorrow"})"},
        {"/panel/clock", R"({"set": "2026-03-29T01:59:50"})"},
        {"/panel/power", R"({"battery": "no"})"},
    };
    for (const auto& [path, body] : bad) {
        const auto response = site.call("POST", path, body);
        EXPECT_EQ(response.status, 400) << path << " " << body << " " << response.body;
        EXPECT_GT(json::parse(response.body).at("message").as_string().size(), 20U);
    }
    EXPECT_EQ(site.call("POST", "/panel/pair", "{}").status, 409) << "it is wired, not on a line";
    EXPECT_EQ(site.call("POST", "/panel/nothing", "{}").status, 404);
    EXPECT_EQ(site.call("PUT", "/panel/keys", "{}").status, 405);
    EXPECT_EQ(site.call("GET", "/panel/state?door=9").status, 400);
    EXPECT_EQ(site.call("GET", "/no-such-page").status, 404);
}

TEST(Panel, foreign_pages_are_refused) {
    DoorSite site;
    const auto status = [&site](std::vector<std::pair<std::string, std::string>> headers) {
        return site.call("POST", "/panel/keys", R"({"keys": "1"})", std::move(headers)).status;
    };
    EXPECT_EQ(status({{"host", "127.0.0.1:8080"}}), 200);
    EXPECT_EQ(status({{"host", "[::1]:8080"}, {"origin", "http://[::1]:8080"}}), 200);
    EXPECT_EQ(status({{"host", "localhost:8080"}, {"origin", "http://localhost:8080"}}), 200);
    EXPECT_EQ(status({{"host", "evil.example"}}), 403);
    EXPECT_EQ(status({{"host", "127.0.0.1:8080"}, {"origin", "http://evil.example"}}), 403);
    EXPECT_EQ(status({{"host", "127.0.0.1:8080"}, {"origin", "null"}}), 403);
    EXPECT_EQ(status({}), 403);
}

TEST(Panel, the_stream_says_every_change_and_nothing_twice) {
    DoorSite site;
    ports::HttpRequest request{"GET", "/panel/stream", {}, {{"host", "127.0.0.1"}}, {}, "127.0.0.1"};
    ASSERT_EQ(site.panel->refuse_websocket(request), std::nullopt);
    auto socket = std::make_shared<FakeSocket>();
    site.panel->opened(request, socket);
    ASSERT_EQ(socket->texts.size(), 1U);
    site.post("/panel/keys", {{"keys", "1"}});
    const auto count = socket->texts.size();
    EXPECT_GT(count, 1U);
    EXPECT_EQ(json::parse(socket->texts.back()).at("awake"), true);
    site.post("/panel/clock", {{"advance_ms", 10}});
    EXPECT_EQ(socket->texts.size(), count);
    socket->on_closed();
    site.post("/panel/keys", {{"keys", "2"}});
    EXPECT_EQ(socket->texts.size(), count);
    request.path = "/elsewhere";
    EXPECT_EQ(site.panel->refuse_websocket(request)->status, 404);
}

TEST(Panel, doors_go_on_deciding_while_the_disk_is_full_and_nothing_is_lost_after) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    const auto before = site.memory.load()->last.sequence;
    site.memory.fail_with(base::Error{base::ErrorKind::storage, "storage", "The disk is full."});
    auto state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("lock"), "released");
    EXPECT_EQ(client->refused("sallyport.updateRoster", {{"remove", json::array{"1001"}}}), "storage");
    state = site.state();
    EXPECT_TRUE(std::ranges::any_of(state.at("alarms").as_array(),
                                    [](const auto& alarm) { return alarm == "storage_failed"; }));
    EXPECT_EQ(site.memory.load()->last.sequence, before);
    site.memory.fail_with(std::nullopt);
    site.run_until([&] { return site.state().at("alarms").as_array().empty() && site.store->idle(); });
    EXPECT_EQ(newest(site, core::RecordKind::access).result, core::AccessResult::granted);
    EXPECT_EQ(newest(site, core::RecordKind::alarm_ended).alarm, core::Alarm::storage_failed);
}

}  // namespace sallyport::tests
