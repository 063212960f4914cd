// The plain dialect's transports against a whole controller without sockets (controller.md N4, N5).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/cgi/digest.hpp"
#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

constexpr auto device_type = "/cgi-bin/magicBox.cgi?action=getDeviceType";

std::string error_name(const json::object& answer) {
    const auto* error = answer.if_contains("error");
    return error == nullptr ? std::string() : std::string(error->at("name").as_string());
}

std::string last_login(DoorSite& site) {
    site.run_until([&] { return site.store->idle(); });
    std::string detail;
    for (const auto& stored : site.memory.read_after({1, 0}, 1'000).value())
        if (stored.record.kind == core::RecordKind::login) detail = stored.record.detail;
    return detail;
}

}  // namespace

TEST(PlainDialect, digest_lets_in_who_knows_the_password_once_for_each_count) {
    PlainSite site;
    auto request = request_for(device_type, {}, site.address);
    const auto challenge = site.http(request);
    EXPECT_EQ(challenge.status, 401);
    EXPECT_EQ(challenge.body.find("Error\r\n"), 0U);
    request.headers.emplace_back("authorization",
                                 authorization(challenge, "GET", device_type, "admin", password));
    EXPECT_EQ(site.http(request).body, "type=Sallyport Door\r\n");
    EXPECT_EQ(last_login(site), "login_accepted account=admin address=192.0.2.7");
    const auto replayed = site.http(request);
    EXPECT_EQ(replayed.status, 401);
    EXPECT_NE(header_of(replayed, "www-authenticate").find("stale=\"true\""), std::string::npos);
    request.headers.back().second = authorization(challenge, "GET", device_type, "admin", password, 2);
    EXPECT_EQ(site.http(request).status, 200);
    site.network.advance_to(site.network.monotonic() + std::chrono::minutes{5});
    request.headers.back().second = authorization(challenge, "GET", device_type, "admin", password, 3);
    EXPECT_EQ(site.http(request).status, 401) << "the nonce is too old";
}

TEST(PlainDialect, a_digest_is_good_for_what_it_was_made_for) {
    PlainSite site;
    auto request = request_for(device_type, {}, site.address);
    const auto challenge = site.http(request);
    const auto other = "/cgi-bin/accessControl.cgi?action=openDoor&channel=1";
    request.headers.emplace_back("authorization", authorization(challenge, "GET", other, "admin", password));
    EXPECT_EQ(site.http(request).status, 400);
    request.headers.back().second = authorization(challenge, "POST", device_type, "admin", password);
    EXPECT_EQ(site.http(request).status, 401);
    request.headers.back().second = "Basic YWRtaW46Y29ycmVjdCBob3JzZQ==";
    EXPECT_EQ(site.http(request).status, 401);
    request.headers.back() = {"origin", "http://evil.example"};
    EXPECT_EQ(site.http(request).status, 403);
}

TEST(PlainDialect, wrong_passwords_lock_every_way_in) {
    PlainSite site;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(site.cgi(device_type, {}, "admin", "wrong").status, 401);
    EXPECT_EQ(last_login(site), "login_refused account=admin address=192.0.2.7");
    EXPECT_EQ(site.cgi(device_type).status, 403);
    EXPECT_EQ(error_name(site.rpc2_login()), "locked_out");
    Client native(site);
    native.stream->address = "192.0.2.99";
    EXPECT_EQ(native.login(password).at("error").at("name"), "locked_out");
}

TEST(PlainDialect, an_account_whose_password_was_set_without_compatibility_stays_out) {
    DoorSite site;
    owner_of(site);
    EXPECT_EQ(site.memory.load()->accounts[0].sealed_hash, "");
    PlainSite with;
    EXPECT_NE(with.memory.load()->accounts[0].sealed_hash, "");
    EXPECT_EQ(with.memory.load()->accounts[0].sealed_hash.find("correct horse"), std::string::npos);
}

TEST(PlainDialect, before_it_is_initialised_nothing_answers) {
    DoorSite site;
    site.service->allow_plain_dialect(base::Secret("a private key"));
    site.plain = std::make_unique<controller::dialect::PlainHttp>(site.loop, *site.service);
    std::optional<ports::HttpResponse> answer;
    site.plain->handle(request_for(device_type, {}, "192.0.2.7"),
                       [&](ports::HttpResponse response) { answer = std::move(response); });
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403);
}

TEST(PlainDialect, json_over_http_logs_in_with_a_challenge) {
    PlainSite site;
    EXPECT_EQ(error_name(site.rpc2("magicBox.getSerialNo")), "not_logged_in");
    const auto challenge = site.rpc2("global.login", {{"userName", "admin"}, {"password", ""}});
    EXPECT_EQ(challenge.at("error").at("code"), 268632079);
    EXPECT_EQ(challenge.at("params").at("encryption"), "Default");
    EXPECT_EQ(error_name(site.rpc2_login("admin", "wrong")), "wrong_password");
    const auto accepted = site.rpc2_login();
    EXPECT_EQ(accepted.at("result"), true) << json::serialize(accepted);
    EXPECT_EQ(accepted.at("params").at("keepAliveInterval"), 60);
    EXPECT_EQ(site.rpc2("magicBox.getSerialNo").at("params").at("sn"),
              json::string(site.controller->serial()));
    EXPECT_EQ(site.rpc2("global.keepAlive").at("result"), true);
    EXPECT_EQ(error_name(site.rpc2("sallyport.status")), "forbidden");
    EXPECT_EQ(error_name(site.rpc2("no.such.method")), "unknown_method");
    site.address = "192.0.2.8";
    EXPECT_EQ(error_name(site.rpc2("magicBox.getSerialNo")), "not_logged_in") << "another address";
    site.address = "192.0.2.7";
    EXPECT_EQ(site.rpc2("global.logout").at("result"), true);
    EXPECT_EQ(error_name(site.rpc2("magicBox.getSerialNo")), "not_logged_in");
}

TEST(PlainDialect, a_session_of_json_over_http_ends_after_three_missed_keep_alives) {
    PlainSite site;
    site.rpc2_login();
    site.network.advance_to(site.network.monotonic() + std::chrono::seconds{179});
    EXPECT_EQ(error_name(site.rpc2("global.keepAlive")), "");
    site.network.advance_to(site.network.monotonic() + std::chrono::seconds{181});
    EXPECT_EQ(error_name(site.rpc2("global.keepAlive")), "not_logged_in");
}

TEST(PlainDialect, a_challenge_is_good_for_one_answer) {
    PlainSite site;
    const auto challenge = site.rpc2("global.login", {{"userName", "admin"}, {"password", ""}});
    site.session = challenge.at("session").to_number<std::uint32_t>();
    const std::string realm(challenge.at("params").at("realm").as_string());
    const std::string random(challenge.at("params").at("random").as_string());
    const auto hash = codec::cgi::password_hash("admin", realm, base::Secret(password));
    const auto right = codec::cgi::login_answer("admin", random, hash);
    EXPECT_EQ(error_name(site.rpc2("global.login", {{"userName", "admin"}, {"password", "0123"}})),
              "wrong_password");
    EXPECT_EQ(error_name(site.rpc2("global.login", {{"userName", "admin"}, {"password", right.reveal()}})),
              "invalid_parameter");
}

TEST(PlainDialect, the_known_bypasses_are_refused_and_recorded) {
    PlainSite site;
    EXPECT_EQ(error_name(site.rpc2("global.login", {{"userName", "admin"}, {"clientType", "NetKeyboard"}})),
              "forbidden");
    EXPECT_EQ(error_name(site.rpc2("global.login", {{"userName", "admin"}, {"loginType", "Loopback"}})),
              "forbidden");
    EXPECT_NE(last_login(site).find("bypass"), std::string::npos);
}

TEST(PlainDialect, frames_in_clear_log_in_with_the_hash_and_never_with_the_password) {
    PlainSite site;
    Client client(site, controller::Channel::clear);
    const auto challenge = client.request("global.login", {{"userName", "admin"}, {"password", ""}});
    EXPECT_EQ(challenge.at("params").at("encryption"), "Default");
    EXPECT_EQ(client.login(password).at("error").at("name"), "invalid_parameter") << "no password in clear";
    const auto second = client.request("global.login", {{"userName", "admin"}, {"password", ""}});
    const auto text = [&](const char* name) { return std::string(second.at("params").at(name).as_string()); };
    const auto hash = codec::cgi::password_hash("admin", text("realm"), base::Secret(password));
    const auto accepted = client.ask(
        "global.login", {{"userName", "admin"},
                         {"password", codec::cgi::login_answer("admin", text("random"), hash).reveal()},
                         {"authorityType", "Default"}});
    EXPECT_FALSE(accepted.contains("sessionKey"));
    EXPECT_EQ(client.refused("sallyport.status"), "forbidden");
    EXPECT_EQ(client.ask("magicBox.getDeviceType").at("type"), "Sallyport Door");
}

TEST(PlainDialect, doors_open_and_say_what_they_are) {
    PlainSite site(2);
    EXPECT_EQ(site.get("/cgi-bin/accessControl.cgi?action=getDoorStatus&channel=1"),
              "Info.status=Unknown\r\n");
    EXPECT_EQ(site.get("/cgi-bin/accessControl.cgi?action=openDoor&channel=2&UserID=101&Type=Remote"),
              "OK\r\n");
    EXPECT_EQ(site.state(2).at("lock"), "released");
    EXPECT_EQ(site.state(1).at("lock"), "locked");
    EXPECT_EQ(site.get("/cgi-bin/accessControl.cgi?action=getLockStatus&channel=2"),
              "Info.status=Unlock\r\n");
    EXPECT_EQ(site.get("/cgi-bin/accessControl.cgi?action=closeDoor&channel=2"), "OK\r\n");
    EXPECT_EQ(site.state(2).at("lock"), "locked");
    site.refused(400, "/cgi-bin/accessControl.cgi?action=openDoor&channel=3");
    site.refused(400, "/cgi-bin/accessControl.cgi?action=openDoor&channel=1&Type=Local");
    site.refused(404, "/cgi-bin/accessControl.cgi?action=explode");
    site.rpc2_login();
    const auto object = site.rpc2("accessControl.factory.instance", {{"channel", 1}}).at("result");
    const auto number = object.to_number<std::uint32_t>();
    EXPECT_EQ(
        site.rpc2("accessControl.openDoor", {{"DoorIndex", 0}, {"Type", "Remote"}}, number).at("result"),
        true);
    EXPECT_EQ(site.state(2).at("lock"), "released") << "the object's channel";
    EXPECT_EQ(error_name(site.rpc2("accessControl.openDoor", {{"DoorIndex", 0}}, 9'999)),
              "invalid_parameter");
    EXPECT_EQ(
        site.rpc2("accessControl.getLockStatus", {{"DoorIndex", 1}}).at("params").at("Info").at("status"),
        "Unlock");
}

TEST(PlainDialect, modes_of_a_door_are_its_state_in_the_table) {
    PlainSite site(2);
    auto owner = owner_of(site);  // whoever owns the roster: doors are commanded by all who may
    const std::string set = "/cgi-bin/configManager.cgi?action=setConfig&AccessControl[1].State=";
    for (const auto& [word, mode] : {std::pair{"OpenAlways", "always_open"},
                                     {"CloseAlways", "always_closed"},
                                     {"Lockdown", "lockdown"},
                                     {"Normal", "normal"}}) {
        EXPECT_EQ(site.get(set + word), "OK\r\n");
        EXPECT_EQ(site.state(2).at("mode"), mode);
        EXPECT_EQ(site.state(1).at("mode"), "normal");
        EXPECT_NE(site.get("/cgi-bin/configManager.cgi?action=getConfig&name=AccessControl")
                      .find(fmt::format("table.AccessControl[1].State={}\r\n", word)),
                  std::string::npos);
    }
    site.refused(400, set + "Ajar");
    site.rpc2_login();
    const json::array rows{json::object{{"State", "OpenAlways"}}};
    EXPECT_EQ(site.rpc2("configManager.setConfig", {{"name", "AccessControl"}, {"table", rows}}).at("result"),
              true);
    EXPECT_EQ(site.state(1).at("mode"), "always_open");
    EXPECT_EQ(
        owner->refused("sallyport.doorCommand",
                       {{"door", 1}, {"command", "normal"}, {"commandId", "1"}, {"expiresInMs", 5'000}}),
        "");
    EXPECT_EQ(site.state(1).at("mode"), "normal");
}

TEST(PlainDialect, a_reboot_is_asked_for_in_every_form) {
    bool restarted = false;
    PlainSite site;
    site.service->observe_accounts([&restarted](const std::string& account) {
        if (account.empty()) restarted = true;
    });
    const auto restarts = [&](auto ask) {
        restarted = false;
        ask();
        site.run_until([&] { return restarted && site.controller->running(); });
        return restarted;
    };
    EXPECT_TRUE(restarts([&] { site.get("/cgi-bin/magicBox.cgi?action=reboot"); }));
    EXPECT_TRUE(restarts([&] {
        site.rpc2_login();
        EXPECT_EQ(site.rpc2("magicBox.reboot").at("result"), true);
    }));
    EXPECT_TRUE(restarts([&] {
        Client client(site);
        client.login(password);
        client.ask("magicBox.reboot");
    }));
    EXPECT_EQ(site.state().at("lock"), "locked") << "a restart opens nothing";
}

TEST(PlainDialect, who_attached_is_told_what_was_set_and_nothing_else) {
    PlainSite site;
    Client client(site);
    client.login(password);
    EXPECT_EQ(client.refused("configManager.attach", {{"name", "Nothing"}}), "invalid_parameter");
    EXPECT_EQ(client.refused("configManager.attach"), "invalid_parameter");
    client.ask("configManager.attach", {{"name", "AccessControl"}});
    site.get("/cgi-bin/configManager.cgi?action=setConfig&AccessControl[0].CloseTimeout=77");
    site.get("/cgi-bin/configManager.cgi?action=setConfig&AccessControlGeneral.DuressPasswordEnable=true");
    site.post("/panel/keys", {{"keys", fmt::format("#{}#4#9#", keypad_password)}});
    auto told = client.notified("client.notifyConfigChange");
    ASSERT_GE(told.size(), 2U);
    const auto& first = told.front();
    EXPECT_EQ(first.at("name"), "AccessControl");
    EXPECT_EQ(first.at("table").at(0).at("CloseTimeout"), 77);
    EXPECT_EQ(told.back().at("table").at(0).at("UnlockHoldInterval"), 9'000) << "at the keypad";
    for (const auto& one : told) EXPECT_EQ(one.at("name"), "AccessControl");
    client.ask("configManager.detach");
    site.get("/cgi-bin/configManager.cgi?action=setConfig&AccessControl[0].CloseTimeout=78");
    EXPECT_TRUE(client.notified("client.notifyConfigChange").empty());
    site.rpc2_login();
    EXPECT_EQ(error_name(site.rpc2("configManager.attach", {{"name", "Nothing"}})), "invalid_parameter");
    EXPECT_EQ(site.rpc2("configManager.attach", {{"name", json::array{"NTP", "General"}}}).at("result"),
              true);
    site.refused(400, "/cgi-bin/configManager.cgi?action=attach&name=Nothing");
}

TEST(PlainDialect, codes_that_no_event_has_are_refused) {
    PlainSite site;
    site.refused(400, "/cgi-bin/eventManager.cgi?action=attach&codes=[VideoMotion]");
    site.refused(400, "/cgi-bin/eventManager.cgi?action=attach&codes=[All]&heartbeat=0");
    site.rpc2_login();
    EXPECT_EQ(error_name(site.rpc2("eventManager.attach", {{"codes", json::array{"VideoMotion"}}})),
              "invalid_parameter");
    EXPECT_EQ(
        site.rpc2("eventManager.attach", {{"codes", json::array{"VideoMotion", "Duress"}}}).at("result"),
        true)
        << "clients name those of all kinds of devices";
}

TEST(PlainDialect, identity_and_time_are_said_in_every_form) {
    PlainSite site;
    const auto serial = site.controller->serial();
    EXPECT_EQ(site.get("/cgi-bin/magicBox.cgi?action=getSerialNo"), "sn=" + serial + "\r\n");
    EXPECT_EQ(site.get("/cgi-bin/magicBox.cgi?action=getMachineName"), "name=" + serial + "\r\n");
    EXPECT_EQ(site.get("/cgi-bin/magicBox.cgi?action=getSoftwareVersion"), "version=1\r\n");
    EXPECT_NE(site.get("/cgi-bin/magicBox.cgi?action=getSystemInfo").find("serialNumber=" + serial),
              std::string::npos);
    EXPECT_EQ(site.get("/cgi-bin/global.cgi?action=setCurrentTime&time=2026-3-29%201:59:50"), "OK\r\n");
    EXPECT_EQ(site.get("/cgi-bin/global.cgi?action=getCurrentTime").substr(0, 24),
              "result=2026-03-29 01:59:");
    site.refused(400, "/cgi-bin/global.cgi?action=setCurrentTime&time=soon");
    EXPECT_NE(site.get("/cgi-bin/accessControlManager.cgi?action=getCaps").find("caps.MaxInsertRate=100"),
              std::string::npos);
    EXPECT_NE(site.get("/cgi-bin/api/AC/getCaps", "{}").find("\"AccessControlChannels\":1"),
              std::string::npos);
}

TEST(PlainDialect, several_calls_in_one_have_an_answer_each) {
    PlainSite site;
    site.rpc2_login();
    const auto all = site.rpc2(
        "system.multicall", {{"list", json::array{json::object{{"method", "magicBox.getSerialNo"}, {"id", 7}},
                                                  json::object{{"method", "no.such.method"}, {"id", 8}},
                                                  json::object{{"method", "system.multicall"}, {"id", 9}}}}});
    const auto& answers = all.at("params").as_array();
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].at("id"), 7);
    EXPECT_EQ(answers[0].at("params").at("sn"), json::string(site.controller->serial()));
    EXPECT_EQ(answers[1].at("error").at("name"), "unknown_method");
    EXPECT_EQ(answers[2].at("error").at("name"), "invalid_parameter");
    const auto methods = site.rpc2("system.listMethod").at("params").at("method").as_array();
    EXPECT_NE(std::ranges::find(methods, json::value("accessControl.openDoor")), methods.end());
}

}  // namespace sallyport::tests
