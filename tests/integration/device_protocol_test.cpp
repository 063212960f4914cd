// The device protocol against a whole controller without sockets (docs/device-protocol.md).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/dhip/message.hpp"
#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;
namespace dhip = codec::dhip;

TEST(DeviceProtocol, before_it_is_initialised_only_initialisation_answers) {
    DoorSite site;
    Client client(site);
    EXPECT_EQ(client.refused("sallyport.status"), "not_initialised");
    EXPECT_EQ(client.refused("global.login", {{"userName", "admin"}, {"password", ""}}), "not_initialised");
    EXPECT_EQ(client.refused("no.such.method"), "not_initialised");
    EXPECT_EQ(client.refused("sallyport.initialise", {{"password", "short"}}), "invalid_parameter");
    EXPECT_EQ(
        client.refused("sallyport.initialise", {{"password", password}, {"keypadPassword", "88888888"}}),
        "invalid_parameter");
    const auto given = client.ask("sallyport.initialise", {{"password", password}});
    EXPECT_EQ(given.at("keypadPassword").as_string().size(), 8U);
    EXPECT_EQ(client.refused("sallyport.initialise", {{"password", password}}), "conflict");
    const auto image = site.memory.load();
    ASSERT_EQ(image->accounts.size(), 1U);
    EXPECT_EQ(image->accounts[0].argon2id.find("$argon2id$"), 0U);
    EXPECT_NE(image->accounts[0].argon2id.find("m=8192"), std::string::npos);
}

TEST(DeviceProtocol, the_keypad_password_of_the_initialisation_replaces_the_factorys) {
    DoorSite site;
    auto client = owner_of(site);
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "#88888888#"}}).at("menu"), false);
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "#246813#"}}).at("menu"), true);
}

TEST(DeviceProtocol, K2_a_keypad_password_that_was_generated_opens_the_menu_and_no_other_does) {
    DoorSite site;
    const auto given = Client(site).ask("sallyport.initialise", {{"password", password}});
    const std::string made(given.at("keypadPassword").as_string());
    EXPECT_EQ(made.find_first_not_of("0123456789"), std::string::npos);
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "#88888888#"}}).at("menu"), false);
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "#" + made + "#"}}).at("menu"), true);
    DoorSite another;
    EXPECT_NE(Client(another).ask("sallyport.initialise", {{"password", password}}).at("keypadPassword"),
              given.at("keypadPassword"));
}

TEST(DeviceProtocol, login_takes_two_steps_and_a_session_key_later) {
    DoorSite site;
    owner_of(site);
    Client client(site);
    EXPECT_EQ(client.refused("sallyport.status"), "not_logged_in");
    EXPECT_EQ(client.refused("global.login",
                             {{"userName", "admin"}, {"password", password}, {"encryption", "TLS"}}),
              "invalid_parameter");
    const auto challenge = client.request("global.login", {{"userName", "admin"}, {"password", ""}});
    EXPECT_EQ(challenge.at("error").at("code"), 268632079);
    EXPECT_EQ(challenge.at("params").at("encryption"), "TLS");
    EXPECT_EQ(challenge.at("result"), false);
    const auto accepted = client.login(password);
    EXPECT_EQ(accepted.at("params").at("keepAliveInterval"), 60);
    const std::string key(accepted.at("params").at("sessionKey").as_string());
    client.ask("global.keepAlive");
    EXPECT_EQ(client.ask("sallyport.status").at("serial"), json::string(site.controller->serial()));

    Client again(site);
    const auto renewed = again.ask("global.login", {{"userName", "admin"}, {"sessionKey", key}});
    EXPECT_NE(renewed.at("sessionKey"), json::string(key));
    EXPECT_EQ(Client(site).refused("global.login", {{"userName", "other"}, {"sessionKey", key}}),
              "session_key_unknown");
    again.ask("global.logout");
    EXPECT_TRUE(again.closed());
}

TEST(DeviceProtocol, a_key_from_before_the_restart_is_no_refused_login) {
    DoorSite site;
    const std::string key(owner_of(site)->login(password).at("params").at("sessionKey").as_string());
    site.post("/panel/power", json::object{});
    for (int connection = 0; connection < 20; ++connection) {
        Client manager(site);
        const auto answer = manager.request("global.login", {{"userName", "admin"}, {"sessionKey", key}});
        EXPECT_EQ(answer.at("error").at("name"), "session_key_unknown");
        EXPECT_EQ(answer.at("error").at("code"), 287637505);
    }
    Client manager(site);
    EXPECT_EQ(manager.refused("global.login", {{"userName", "admin"}, {"sessionKey", key}}),
              "session_key_unknown");
    EXPECT_FALSE(manager.login(password).contains("error")) << "no account and no address is locked";
    const auto records =
        manager.ask("sallyport.records", {{"generation", 1}, {"after", 0}, {"limit", 1'000}});
    for (const auto& record : records.at("records").as_array()) {
        if (record.at("kind") != "login") continue;
        EXPECT_EQ(std::string_view(record.at("detail").as_string()).substr(0, 14), "login_accepted");
    }
}

TEST(DeviceProtocol, a_connection_tries_one_unknown_key) {
    DoorSite site;
    owner_of(site);
    Client client(site);
    const json::object unknown{{"userName", "admin"}, {"sessionKey", std::string(64, 'A')}};
    EXPECT_EQ(client.refused("global.login", unknown), "session_key_unknown");
    EXPECT_FALSE(client.closed());
    EXPECT_TRUE(client.request("global.login", unknown).empty());
    EXPECT_TRUE(client.closed());
}

TEST(DeviceProtocol, known_login_bypasses_are_refused_and_recorded) {
    DoorSite site;
    owner_of(site);
    Client client(site);
    EXPECT_EQ(client.refused("global.login", {{"userName", "admin"}, {"clientType", "NetKeyboard"}}),
              "forbidden");
    EXPECT_EQ(client.refused("global.login", {{"userName", "admin"}, {"loginType", "Loopback"}}),
              "forbidden");
    EXPECT_EQ(client.refused("sallyport.status"), "not_logged_in");
    site.run_until([&] { return site.store->idle(); });
    const auto last = site.memory.read_after({1, 0}, 1'000)->back().record;
    EXPECT_EQ(last.kind, core::RecordKind::login);
    EXPECT_TRUE(last.detail.starts_with("login_bypass_refused account=admin "));
}

TEST(DeviceProtocol, five_wrong_passwords_lock_the_account_but_not_a_session_key) {
    DoorSite site;
    auto owner = owner_of(site);
    const auto key = owner->login(password).at("params").at("sessionKey");
    for (int i = 0; i < 5; ++i) {
        Client client(site);
        const auto answer = client.login("wrong password");
        EXPECT_EQ(answer.at("error").at("name"), "wrong_password");
        EXPECT_EQ(answer.at("error").at("code"), 268632085);
    }
    Client client(site);
    client.stream->address = "192.0.2.99";
    EXPECT_EQ(client.login(password).at("error").at("name"), "locked_out");
    EXPECT_FALSE(Client(site).ask("global.login", {{"userName", "admin"}, {"sessionKey", key}}).empty());
}

TEST(DeviceProtocol, passwords_sent_at_once_are_no_more_guesses_than_one_after_another) {
    DoorSite site;
    owner_of(site);
    Client client(site);
    client.request("global.login", {{"userName", "admin"}, {"password", ""}});
    std::string burst;
    for (std::uint32_t i = 0; i < 12; ++i) {
        json::object guess{{"userName", "admin"}, {"password", fmt::format("guess {}", i)}};
        guess["encryption"] = "TLS";
        burst += dhip::encode_request({0, 100 + i, "global.login", std::move(guess)});
    }
    client.send(burst);
    const auto count = [&](std::string_view name) {
        std::size_t found = 0;
        const auto& text = client.stream->received;
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) ++found;
        return found;
    };
    site.run_until([&] { return count("wrong_password") + count("locked_out") == 12; });
    EXPECT_EQ(count("wrong_password"), 5U);
}

TEST(DeviceProtocol, unknown_methods_and_bad_parameters_get_a_sentence_and_keep_the_connection) {
    DoorSite site;
    auto client = owner_of(site);
    EXPECT_EQ(client->refused("sallyport.teleport"), "unknown_method");
    EXPECT_EQ(client->refused("sallyport.doorCommand",
                              {{"door", 9}, {"command", "open"}, {"commandId", "1"}, {"expiresInMs", 1'000}}),
              "invalid_parameter");
    EXPECT_EQ(
        client->refused("sallyport.doorCommand",
                        {{"door", 1}, {"command", "explode"}, {"commandId", "1"}, {"expiresInMs", 1'000}}),
        "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.tags", {{"limit", 0}}), "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.updateRoster", {{"upsert", 5}}), "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.applyPlan", {{"revision", 2}, {"zone", "Middle/Earth"}}),
              "unknown_zone");
    EXPECT_EQ(client->refused(
                  "sallyport.applyPlan",
                  {{"revision", 2}, {"doors", json::array{json::object{{"number", 1}, {"hold_s", 601}}}}}),
              "invalid_parameter");
    EXPECT_FALSE(client->closed());
    EXPECT_EQ(client->ask("sallyport.status").at("revision"), 0);
}

TEST(DeviceProtocol, what_is_no_frame_closes_the_connection) {
    DoorSite site;
    owner_of(site);
    const auto closes = [&site](const std::string& bytes) {
        Client client(site);
        client.send(bytes);
        return client.closed();
    };
    EXPECT_TRUE(closes("GET / HTTP/1.1\r\nHost: x\r\n\r\n                 "));
    auto large = dhip::encode({.session = 0, .id = 1, .body = "{}"});
    large[19] = 1;  // 16 MiB more
    EXPECT_TRUE(closes(large));
    EXPECT_TRUE(closes(dhip::encode({.session = 0, .id = 1, .body = "no json"})));
    EXPECT_FALSE(closes(dhip::encode({.session = 0, .id = 1, .body = R"({"id": 1})"})));
    EXPECT_EQ(site.service->sessions(), 2U) << "the owner, and the one that got a sentence";
}

TEST(DeviceProtocol, half_a_frame_silence_and_strangers_are_not_waited_for_without_end) {
    DoorSite site;
    auto owner = owner_of(site);
    Client half(site);
    Client stranger(site);
    half.send(dhip::encode({.session = 0, .id = 1, .body = "{}"}).substr(0, 33));
    const auto pass = [&site](int seconds) {
        site.network.advance_to(site.network.monotonic() + std::chrono::seconds{seconds});
        site.service->check_patience();
    };
    pass(9);
    EXPECT_FALSE(half.closed());
    pass(1);
    EXPECT_TRUE(half.closed());
    pass(21);
    EXPECT_TRUE(stranger.closed());
    owner->ask("global.keepAlive");
    pass(179);
    EXPECT_FALSE(owner->closed());
    owner->ask("global.keepAlive");
    pass(181);
    EXPECT_TRUE(owner->closed());
    EXPECT_EQ(site.service->sessions(), 0U);
}

TEST(DeviceProtocol, N4_who_has_not_logged_in_keeps_nobody_out) {
    DoorSite site;
    const auto owner = owner_of(site);
    const auto stranger = [&](int network) {
        auto stream = std::make_shared<FakeStream>();
        stream->address = "192.0.3." + std::to_string(network);
        site.service->accept(stream, controller::Channel::tls);
        return stream;
    };
    std::vector<std::shared_ptr<FakeStream>> streams;
    for (int i = 0; i < 40; ++i) streams.push_back(stranger(1));
    EXPECT_EQ(site.service->sessions(), 33U);
    for (int i = 0; i < 80; ++i) streams.push_back(stranger(2 + i % 10));
    EXPECT_EQ(site.service->sessions(), 64U);
    EXPECT_TRUE(streams.front()->closed);
    EXPECT_FALSE(owner->closed());
    EXPECT_FALSE(owner->ask("sallyport.status").empty());
    EXPECT_FALSE(Client(site).login(password).contains("error"));
}

TEST(DeviceProtocol, an_account_may_do_what_its_role_says) {
    DoorSite site;
    auto owner = owner_of(site);
    auto accounts = site.controller->accounts();
    accounts.push_back({"guard", ports::AccountRole::operating, accounts[0].argon2id});
    accounts.push_back({"viewer", ports::AccountRole::viewer, accounts[0].argon2id});
    bool added = false;
    site.controller->change_policy(
        [accounts]() -> base::Result<controller::PolicyChange> {
            controller::PolicyChange change;
            change.write.accounts = accounts;
            return change;
        },
        [&added](const base::Status& status) { added = status.has_value(); });
    site.run_until([&added] { return added; });
    const json::object open{{"door", 1}, {"command", "open"}, {"commandId", "1"}, {"expiresInMs", 1'000}};
    Client guard(site);
    guard.login(password, "guard");
    guard.ask("sallyport.doorCommand", open);
    EXPECT_EQ(guard.refused("sallyport.claim", {{"manager", "other"}}), "forbidden");
    Client viewer(site);
    viewer.login(password, "viewer");
    viewer.ask("sallyport.status");
    EXPECT_EQ(viewer.refused("sallyport.doorCommand", open), "forbidden");
    EXPECT_EQ(viewer.refused("sallyport.attach", {{"manager", "other"}}), "forbidden");
}

TEST(DeviceProtocol, E4_card_numbers_are_for_those_who_work_the_doors) {
    DoorSite site;
    auto owner = owner_of(site);
    owner->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    site.post("/panel/card", {{"number", "0BADCAFE"}});
    for (const auto* role : {"viewer", "operator"}) {
        const std::string name = role;
        owner->ask("sallyport.addAccount", {{"name", name}, {"role", name}, {"password", "brass key 58"}});
        Client client(site);
        client.login("brass key 58", name);
        const auto told = client.ask("sallyport.records", {{"generation", 1}, {"after", 0}}).at("records");
        const auto text = json::serialize(told);
        EXPECT_NE(text.find("unknown_card"), std::string::npos) << "what happened is told";
        EXPECT_NE(text.find("\"user_id\":\"1001\""), std::string::npos) << "and who came";
        for (const auto* number : {"04A1B2C3", "0BADCAFE"})
            EXPECT_EQ(text.find(number) != std::string::npos, name == "operator") << name << " " << number;
    }
}

TEST(DeviceProtocol, roster_changes_are_durable_whole_and_may_be_repeated) {
    DoorSite site;
    auto client = owner_of(site);
    const json::object update{
        {"upsert", json::array{person_json("1001", "04A1B2C3"), person_json("1002", "00000002")}}};
    const auto first = client->ask("sallyport.updateRoster", update);
    EXPECT_EQ(first.at("people"), 2);
    EXPECT_EQ(site.memory.load()->people.size(), 2U);
    EXPECT_EQ(client->ask("sallyport.updateRoster", update), first);
    EXPECT_EQ(client->ask("sallyport.status").at("digest"), first.at("digest"));
    const auto tags = client->ask("sallyport.tags", {{"after", ""}, {"limit", 1}});
    EXPECT_EQ(tags.at("next"), "1001");
    EXPECT_EQ(client->ask("sallyport.tags", {{"after", "1001"}, {"limit", 1}}).at("next"), nullptr);

    // 1003 would get a card that 1002 keeps: nothing of it happens.
    const json::object clash{
        {"upsert", json::array{person_json("1001", "00000009"), person_json("1003", "00000002")}}};
    EXPECT_EQ(client->refused("sallyport.updateRoster", clash), "card_taken");
    EXPECT_EQ(client->ask("sallyport.status").at("digest"), first.at("digest"));
    EXPECT_EQ(site.post("/panel/card", {{"number", "04A1B2C3"}}).at("lock"), "released");

    // Cards may change hands within one update.
    client->ask("sallyport.updateRoster",
                {{"upsert", json::array{person_json("1001", "00000002"), person_json("1002", "04A1B2C3")}}});
    client->ask("sallyport.updateRoster", {{"remove", json::array{"1001", "1002", "never-was"}}});
    EXPECT_EQ(client->ask("sallyport.status").at("people"), 0);
}

TEST(DeviceProtocol, only_the_owner_changes_people_and_a_takeover_says_so) {
    DoorSite site;
    auto first = owner_of(site);
    Client second(site);
    second.login(password);
    EXPECT_EQ(second.refused("sallyport.updateRoster", {{"remove", json::array{"1"}}}), "forbidden");
    EXPECT_EQ(second.refused("sallyport.claim", {{"manager", "other"}}), "roster_owned_by_other");
    second.ask("sallyport.claim", {{"manager", "other"}, {"takeover", true}});
    EXPECT_EQ(first->refused("sallyport.updateRoster", {{"remove", json::array{"1"}}}),
              "roster_owned_by_other");
    second.ask("sallyport.updateRoster", {{"remove", json::array{"1"}}});
}

TEST(DeviceProtocol, a_plan_is_applied_as_a_whole) {
    DoorSite site;
    auto client = owner_of(site);
    const json::object plan{
        {"revision", 7},
        {"zone", "Europe/Berlin"},
        {"duress", "on"},
        {"doors", json::array{json::object{
                      {"number", 1}, {"hold_s", 9}, {"unlock_mode", "card_and_pin"}, {"detector", "on"}}}},
        {"public_passwords", json::array{json::object{{"number", 1}, {"code", "4711"}, {"doors", {1}}}}}};
    EXPECT_EQ(client->ask("sallyport.applyPlan", plan).at("revision"), 7);
    const auto image = site.memory.load();
    EXPECT_EQ(image->settings.zone, "Europe/Berlin");
    EXPECT_EQ(image->settings.doors[0].hold_s, 9);
    EXPECT_EQ(image->public_passwords.size(), 1U);
    EXPECT_EQ(image->owner.revision, 7U);
    const auto status = client->ask("sallyport.status");
    EXPECT_EQ(status.at("zone"), "Europe/Berlin");
    EXPECT_EQ(status.at("doors").at(0).at("unlock_mode"), "card_and_pin");
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "4711#"}}).at("lock"), "released");

    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "04A1B2C3")}}});
    const json::object clash{
        {"revision", 8},
        {"zone", "Asia/Tokyo"},
        {"public_passwords", json::array{json::object{{"number", 1}, {"code", "1001"}, {"doors", {1}}}}}};
    EXPECT_EQ(client->refused("sallyport.applyPlan", clash), "code_taken");
    EXPECT_EQ(client->ask("sallyport.status").at("zone"), "Europe/Berlin");
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "4711#"}}).at("lock"), "released");
}

TEST(DeviceProtocol, a_command_runs_once_and_not_when_it_has_expired) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.attach", {{"manager", "platform"}});
    const json::object open{
        {"door", 1}, {"command", "open"}, {"commandId", "c1"}, {"expiresInMs", 5'000}, {"by", "alice"}};
    client->ask("sallyport.doorCommand", open);
    EXPECT_EQ(site.state().at("lock"), "released");
    site.post("/panel/clock", {{"advance_ms", 3'000}});
    client->ask("sallyport.doorCommand", open);
    EXPECT_EQ(site.state().at("lock"), "locked");
    auto late = open;
    late["commandId"] = "c2";
    late["expiresInMs"] = 0;
    EXPECT_EQ(client->refused("sallyport.doorCommand", late), "expired");
    const auto doors = client->notified("client.notifyDoors");
    ASSERT_GE(doors.size(), 3U);
    EXPECT_EQ(doors.back().at("doors").at(0).at("lock"), "locked");
}

TEST(DeviceProtocol, A6_open_is_refused_in_lockdown_and_recorded) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.attach", {{"manager", "platform"}});
    json::object command{
        {"door", 1}, {"command", "lockdown"}, {"commandId", "c1"}, {"expiresInMs", 5'000}, {"by", "alice"}};
    client->ask("sallyport.doorCommand", command);
    command["command"] = "open";
    command["commandId"] = "c2";
    EXPECT_EQ(client->refused("sallyport.doorCommand", command), "door_in_lockdown");
    EXPECT_EQ(site.state().at("lock"), "locked");
    std::vector<std::string> reasons;
    site.run_until([&] {
        for (const auto& batch : client->notified("client.notifyRecords")) {
            for (const auto& one : batch.at("records").as_array()) {
                const auto& record = one.as_object();
                if (record.contains("reason")) reasons.emplace_back(record.at("reason").as_string());
            }
        }
        return !reasons.empty();
    });
    EXPECT_EQ(reasons, std::vector<std::string>{"lockdown"});
}

TEST(DeviceProtocol, A7_operators_answer_for_people_at_the_door) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.updateRoster",
                {{"upsert", json::array{person_json("1001", "0000000A")}}, {"remove", json::array{}}});
    const auto rules = json::parse(R"({"doors":[{"number":1,"verification_s":60}],)"
                                   R"("readers":[{"number":1,"door":1,"direction":"entry","from":0,"to":1}],)"
                                   R"("areas":[{"number":1,"passback":"hard"}]})");
    client->ask("sallyport.applyPlan", {{"revision", 1}, {"rules", rules}});
    const auto answer = [&](json::value question, const char* word) {
        return json::object{{"question", std::move(question)}, {"answer", word}, {"by", "alice"}};
    };
    EXPECT_EQ(client->refused("sallyport.verify", answer(1, "granted")), "question_over");
    EXPECT_EQ(client->refused("sallyport.verify", answer(1, "perhaps")), "invalid_parameter");

    // Whoever attaches while somebody waits is told as well.
    site.post("/panel/card", {{"number", "0000000A"}});
    EXPECT_EQ(site.state().at("lock"), "locked");
    client->ask("sallyport.attach", {{"manager", "platform"}});
    const auto asked = client->notified("client.notifyVerification");
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].at("user_id"), "1001");
    EXPECT_EQ(asked[0].at("door"), 1);
    EXPECT_LE(asked[0].at("expiresInMs").as_int64(), 60'000);
    client->ask("sallyport.verify", answer(asked[0].at("question"), "granted"));
    EXPECT_EQ(site.state().at("lock"), "released");
    EXPECT_EQ(client->refused("sallyport.verify", answer(asked[0].at("question"), "granted")),
              "question_over");
    EXPECT_EQ(client->notified("client.notifyVerificationOver").size(), 1U);

    // The person is inside now; a pardon, or the reset of the area, lets him in again.
    const auto is_asked_about = [&] {
        site.post("/panel/clock", {{"advance_ms", 2'000}});
        client->notified("client.notifyVerification");
        site.post("/panel/card", {{"number", "0000000A"}});
        return !client->notified("client.notifyVerification").empty();
    };
    EXPECT_FALSE(is_asked_about());
    EXPECT_EQ(client->refused("sallyport.pardon", {{"user_id", "9"}}), "invalid_parameter");
    client->ask("sallyport.pardon", {{"user_id", "1001"}, {"by", "alice"}});
    EXPECT_TRUE(is_asked_about());
    client->ask("sallyport.resetArea", {{"area", 1}});
    EXPECT_TRUE(is_asked_about());
}

TEST(DeviceProtocol, records_come_in_order_and_go_on_from_what_was_acknowledged) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.attach", {{"manager", "platform"}});
    for (int i = 0; i < 3; ++i) site.post("/panel/card", {{"number", "0000000A"}});
    site.run_until([&] { return client->sequences().size() == site.controller->last().sequence; });
    const auto all = client->sequences();
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], i + 1);
    client->ask("sallyport.acknowledge", {{"manager", "platform"}, {"generation", 1}, {"sequence", 4}});
    EXPECT_EQ(client->refused("sallyport.acknowledge",
                              {{"manager", "platform"}, {"generation", 1}, {"sequence", 4'000}}),
              "position_unknown");

    auto again = owner_of(site);
    again->ask("sallyport.attach", {{"manager", "platform"}});
    site.run_until([&] {
        return !again->sequences().empty() && again->sequences().back() == site.controller->last().sequence;
    });
    EXPECT_EQ(again->sequences().front(), 5U);

    auto other = owner_of(site);
    other->ask("sallyport.attach",
               {{"manager", "other"}, {"after", json::object{{"generation", 1}, {"sequence", 2}}}});
    site.run_until([&] { return !other->sequences().empty(); });
    EXPECT_EQ(other->sequences().front(), 3U);
    const auto read = other->ask("sallyport.records", {{"generation", 1}, {"after", 1}, {"limit", 2}});
    ASSERT_EQ(read.at("records").as_array().size(), 2U);
    EXPECT_TRUE(dhip::is_intact(read.at("records").at(0).as_object()));
}

TEST(DeviceProtocol, no_more_than_2000_records_are_under_way) {
    DoorSite site;
    auto client = owner_of(site);
    ports::StoreWrite many;
    many.records.resize(2'500);
    bool stored = false;
    site.store->keep(many, [&stored](const auto&) { stored = true; });
    site.run_until([&] { return stored; });
    client->ask("sallyport.attach", {{"manager", "platform"}});
    site.run_until([&] { return client->sequences().size() == 2'000; });
    client->ask("global.keepAlive");
    EXPECT_EQ(client->sequences().size(), 2'000U);
    client->ask("sallyport.acknowledge", {{"manager", "platform"}, {"generation", 1}, {"sequence", 2'000}});
    site.run_until([&] { return client->sequences().size() == site.controller->last().sequence; });
}

TEST(DeviceProtocol, a_platform_that_has_more_than_the_controller_starts_a_generation) {
    DoorSite site;
    auto client = owner_of(site);
    client->ask("sallyport.attach",
                {{"manager", "platform"}, {"after", json::object{{"generation", 3}, {"sequence", 900}}}});
    EXPECT_EQ(site.controller->last().generation, 4U);
    site.run_until([&] { return !client->sequences().empty(); });
    EXPECT_EQ(client->sequences().front(), 1U);
    client->ask("sallyport.acknowledge", {{"manager", "platform"}, {"generation", 4}, {"sequence", 1}});
}

TEST(DeviceProtocol, a_position_of_a_generation_that_cannot_be_is_refused) {
    DoorSite site;
    auto client = owner_of(site);
    const auto at = [](std::uint32_t generation) {
        return json::object{{"generation", generation}, {"sequence", 1}};
    };
    EXPECT_EQ(client->refused("sallyport.attach", {{"manager", "m"}, {"after", at(4'294'967'295)}}),
              "invalid_parameter");
    EXPECT_EQ(client->ask("sallyport.status").at("generation"), 1);
}

TEST(DeviceProtocol, the_dialects_own_small_methods_answer) {
    DoorSite site;
    auto client = owner_of(site);
    EXPECT_EQ(client->ask("magicBox.getSerialNo").at("sn"), json::string(site.controller->serial()));
    EXPECT_EQ(client->ask("magicBox.getDeviceType").at("type"), "Sallyport Door");
    EXPECT_EQ(client->ask("magicBox.getSoftwareVersion").at("version").at("Version"), "1");
    EXPECT_TRUE(client->ask("magicBox.getSystemInfo").contains("serialNumber"));
    EXPECT_GT(client->ask("system.listMethod").at("method").as_array().size(), 15U);
    client->ask("sallyport.applyPlan", {{"revision", 1}, {"zone", "Europe/Berlin"}});
    client->ask("global.setCurrentTime", {{"time", "2026-07-01 12:00:00"}});
    EXPECT_EQ(client->ask("global.getCurrentTime").at("time").as_string().subview(0, 16), "2026-07-01 12:00");
    EXPECT_EQ(site.state().at("time").as_string().subview(26), "+02:00");
    EXPECT_EQ(client->refused("global.setCurrentTime", {{"time", "noon"}}), "invalid_parameter");
}

TEST(DeviceProtocol, discovery_answers_a_search_and_records_anything_else) {
    DoorSite site;
    const auto answer = site.service->answer_datagram(dhip::encode(dhip::Search{}), {"192.0.2.1", 1});
    ASSERT_TRUE(answer);
    const auto said = dhip::announcement_from(*answer);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->serial, site.controller->serial());
    EXPECT_EQ(said->initialised, dhip::Initialised::no);
    EXPECT_EQ(said->fingerprint, "AA:BB");
    EXPECT_EQ(site.service->answer_datagram("DHDiscover.setConfig", {"192.0.2.1", 1}), std::nullopt);
    site.run_until([&] { return site.store->idle(); });
    EXPECT_NE(site.memory.read_after({1, 0}, 100)->back().record.detail.find("192.0.2.1"), std::string::npos);
}

}  // namespace sallyport::tests
