// Clients that mean harm: what they hold, repeat, guess and garble costs others nothing (controller.md N4,
// N5).
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/cgi/digest.hpp"
#include "codec/dhip/message.hpp"
#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

constexpr auto device_type = "/cgi-bin/magicBox.cgi?action=getDeviceType";
constexpr auto guards_password = "a guard's password";

std::string error_name(const json::object& answer) {
    const auto* error = answer.if_contains("error");
    return error == nullptr ? std::string() : std::string(error->at("name").as_string());
}

std::size_t logins(DoorSite& site, std::string_view outcome) {
    site.run_until([&] { return site.store->idle(); });
    const auto all = site.memory.read_after({1, 0}, 10'000).value();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const core::StoredRecord& stored) {
        return stored.record.kind == core::RecordKind::login && stored.record.detail.starts_with(outcome);
    }));
}

void add_guard(PlainSite& site) {
    Client admin(site);
    admin.login(password);
    for (const auto& [name, role] : {std::pair{"viewer", "viewer"}, {"guard", "operator"}})
        admin.ask("sallyport.addAccount", {{"name", name}, {"role", role}, {"password", guards_password}});
}

class FakeBody final : public ports::BodyStream {
  public:
    bool send(std::string part) override {
        text += part;
        return !closed;
    }
    void close() override { closed = true; }
    std::string text;
    bool closed = false;
};

/// Any member that some method reads; without the session key, of which a second unknown one ends the
/// connection.
constexpr std::array members{"userName",
                             "password",
                             "clientType",
                             "loginType",
                             "encryption",
                             "manager",
                             "takeover",
                             "after",
                             "limit",
                             "generation",
                             "sequence",
                             "door",
                             "command",
                             "commandId",
                             "question",
                             "answer",
                             "expiresInMs",
                             "by",
                             "user_id",
                             "area",
                             "line",
                             "address",
                             "minutes",
                             "baud",
                             "formats",
                             "seconds",
                             "name",
                             "role",
                             "offset",
                             "total",
                             "oldPassword",
                             "piece",
                             "backup",
                             "passphrase",
                             "people",
                             "list",
                             "codes",
                             "table",
                             "record",
                             "recno",
                             "condition",
                             "Condition",
                             "Token",
                             "Offset",
                             "Count",
                             "count",
                             "UserList",
                             "CardList",
                             "UserIDList",
                             "CardNoList",
                             "DoorIndex",
                             "UserID",
                             "Type",
                             "channel",
                             "time",
                             "StartTime",
                             "EndTime",
                             "upsert",
                             "remove",
                             "whole",
                             "revision",
                             "zone",
                             "calendar",
                             "doors",
                             "rules",
                             "made_from",
                             "keypadPassword",
                             "user",
                             "pwd",
                             "IPAddress",
                             "SubnetMask",
                             "pwdOld",
                             "DefaultGateway",
                             "public_passwords"};

json::array wrong_values() {
    json::value deep = json::array{};
    for (int i = 0; i < 25; ++i) deep = json::array{std::move(deep)};
    json::array rows;
    for (int i = 0; i < 100; ++i) rows.push_back(json::object{{"UserID", i}, {"", nullptr}});
    return {nullptr,
            true,
            -1,
            0,
            1.5,
            1e300,
            std::int64_t{-9'223'372'036'854'775'807},
            std::uint64_t{18'446'744'073'709'551'615U},
            "",
            "%00",
            "\xF0\x9F\x9A\xAA",
            std::string(5'000, 'x'),
            json::array{},
            deep,
            rows,
            json::object{},
            json::object{{"", json::object{{"", json::array{nullptr}}}}}};
}

}  // namespace

TEST(HostileClient, who_was_only_challenged_keeps_nobody_out) {
    PlainSite site;
    site.address = "198.51.100.1";
    for (int i = 0; i < 200; ++i) {
        site.session = 0;
        EXPECT_EQ(error_name(site.rpc2("global.login", {{"userName", "admin"}, {"password", ""}})),
                  "login_challenge");
    }
    site.address = "192.0.2.7";
    EXPECT_EQ(site.rpc2_login().at("result"), true);
}

TEST(HostileClient, an_overheard_digest_forgives_no_wrong_passwords) {
    PlainSite site;
    auto overheard = request_for(device_type, {}, site.address);
    const auto challenge = site.http(overheard);
    overheard.headers.emplace_back("authorization",
                                   authorization(challenge, "GET", device_type, "admin", password));
    EXPECT_EQ(site.http(overheard).status, 200);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(site.cgi(device_type, {}, "admin", fmt::format("guess {}", i)).status, 401);
        if (i < 4) EXPECT_EQ(site.http(overheard).status, 401) << "it was used";
    }
    EXPECT_EQ(site.cgi(device_type).status, 403) << "locked";
}

TEST(HostileClient, who_tries_the_bypasses_is_locked_out_and_fills_no_journal) {
    PlainSite site;
    Client native(site);
    native.stream->address = site.address;
    for (int i = 0; i < 100; ++i)
        native.refused("global.login", {{"userName", "admin"}, {"loginType", "Loopback"}});
    EXPECT_EQ(logins(site, "login_bypass_refused"), 10U);
    Client other(site);
    other.stream->address = "192.0.2.99";
    EXPECT_FALSE(other.login(password).contains("error")) << "neither the account nor other addresses";
}

TEST(HostileClient, a_forged_sender_locks_nobody_out) {
    PlainSite site;
    Client manager(site);
    const auto key = manager.login(password).at("params").at("sessionKey");
    for (int i = 0; i < 50; ++i) {
        const json::object params{{"SerialNo", site.controller->serial()},
                                  {"userName", fmt::format("user{}", i)},
                                  {"password", "0123"},
                                  {"IPv4Address", json::object{{"IPAddress", "192.0.2.9"}}}};
        site.service->take_datagram(codec::dhip::encode_request({0, 1, "DHDiscover.setConfig", params}),
                                    {site.address, 37'810}, [](const std::string&) {});
    }
    Client again(site);
    EXPECT_EQ(again.refused("global.login", {{"userName", "admin"}, {"sessionKey", key}}), "");
    EXPECT_EQ(site.rpc2_login().at("result"), true);
    EXPECT_LE(logins(site, "login_refused"), 10U);
}

TEST(HostileClient, a_client_that_logs_in_for_every_call_fills_no_journal) {
    PlainSite site;
    const auto before = logins(site, "login_accepted");
    for (int i = 0; i < 20; ++i) site.get(device_type);
    EXPECT_EQ(logins(site, "login_accepted"), before + 1);
    site.network.advance_to(site.network.monotonic() + std::chrono::minutes{5});
    site.get(device_type);
    EXPECT_EQ(logins(site, "login_accepted"), before + 2);
}

TEST(HostileClient, another_account_on_the_connection_is_not_told_what_the_first_asked_for) {
    PlainSite site;
    add_guard(site);
    Client client(site);
    client.login(guards_password, "guard");
    client.ask("eventManager.attach", {{"codes", json::array{"All"}}});
    client.ask("configManager.attach", {{"name", "All"}});
    client.ask("sallyport.attach", {{"manager", "somebody"}});
    EXPECT_FALSE(client.login(guards_password, "viewer").contains("error"));
    static_cast<void>(client.notified("client.notifyRecords"));
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    site.get("/cgi-bin/configManager.cgi?action=setConfig&AccessControl[0].CloseTimeout=77");
    for (const auto* name : {"client.notifyEventStream", "client.notifyConfigChange", "client.notifyRecords"})
        EXPECT_TRUE(client.notified(name).empty()) << name;
}

TEST(HostileClient, a_stream_ends_with_its_session) {
    PlainSite site;
    const auto open = [&](const char* card) {
        site.rpc2_login();
        site.rpc2("eventManager.attach", {{"codes", json::array{"All"}}});
        const auto target = fmt::format("/SubscribeNotify.cgi?sessionId={}", site.session);
        const auto answer = site.http(request_for(target, {}, site.address));
        auto body = std::make_shared<FakeBody>();
        if (answer.go_on) answer.go_on(body);
        site.post("/panel/card", {{"number", card}});
        site.run_until([&] { return body->text.find("notifyEventStream") != std::string::npos; });
        return body;
    };
    const auto logged_out = open("04A1B2C3");
    site.rpc2("global.logout");
    EXPECT_TRUE(logged_out->closed);
    const auto silent = open("04A1B2C4");
    site.network.advance_to(site.network.monotonic() + std::chrono::seconds{181});
    EXPECT_EQ(error_name(site.rpc2("global.keepAlive")), "not_logged_in");
    EXPECT_TRUE(silent->closed);
}

TEST(HostileClient, nobody_takes_the_objects_searches_and_streams_of_others) {
    PlainSite site;
    add_guard(site);
    site.rpc2_login("guard", guards_password);
    const auto object =
        site.rpc2("accessControl.factory.instance", {{"channel", 0}}).at("result").to_number<std::uint32_t>();
    Client viewer(site);
    viewer.login(guards_password, "viewer");
    for (int i = 0; i < 500; ++i) viewer.ask("accessControl.factory.instance", {{"channel", 0}});
    EXPECT_EQ(site.rpc2("accessControl.openDoor", {}, object).at("result"), true);
    const auto session = site.session;
    site.address = "198.51.100.1";
    EXPECT_EQ(error_name(site.rpc2("accessControl.openDoor", {}, object)), "not_logged_in");
    EXPECT_EQ(
        site.http(request_for(fmt::format("/SubscribeNotify.cgi?sessionId={}", session), {}, site.address))
            .status,
        401);
    Client admin(site);
    admin.login(password);
    const auto found = admin.ask("AccessUser.startFind", {{"Condition", json::object{}}});
    site.address = "192.0.2.7";
    EXPECT_EQ(error_name(site.rpc2("AccessUser.doFind", {{"Token", found.at("Token")}})), "not_found");
}

TEST(HostileClient, no_account_takes_all_streams) {
    PlainSite site;
    std::vector<std::shared_ptr<FakeBody>> bodies;
    const auto open = [&](const std::string& account) {
        const auto answer = site.cgi("/cgi-bin/eventManager.cgi?action=attach&codes=[All]", {}, account,
                                     account == "admin" ? password : guards_password);
        if (!answer.go_on) return answer.body;
        bodies.push_back(std::make_shared<FakeBody>());
        answer.go_on(bodies.back());
        return std::string();
    };
    for (const auto* account : {"admin", "anna", "ben", "cem", "dana"}) {
        if (account != std::string("admin"))
            site.get(
                fmt::format("/cgi-bin/userManager.cgi?action=addUser&user.Name={}&user.Password={}"
                            "&user.Group=operator",
                            account, guards_password));
        if (bodies.size() == 32) break;
        for (int i = 0; i < 8; ++i) ASSERT_EQ(open(account), "") << account << i;
        if (account == std::string("admin"))
            EXPECT_NE(open(account).find("This account has 8"), std::string::npos);
    }
    EXPECT_NE(open("dana").find("32 streams are open"), std::string::npos);
    bodies.front()->on_closed();
    EXPECT_EQ(open("dana"), "");
}

TEST(HostileClient, many_searches_in_one_call_do_not_make_an_answer_without_end) {
    PlainSite site;
    auto client = owner_of(site);
    json::array people;
    for (int number = 1'001; number <= 2'000; ++number)
        people.push_back(person_json(std::to_string(number), fmt::format("{:08X}", number)));
    client->ask("sallyport.updateRoster", {{"upsert", std::move(people)}});
    const json::object search{{"method", "RecordFinder.find"},
                              {"params", json::object{{"name", "AccessControlCard"}, {"count", 1'000}}}};
    site.rpc2_login();
    const auto answers = site.rpc2("system.multicall", {{"list", json::array(64, search)}});
    const auto& all = answers.at("params").as_array();
    ASSERT_EQ(all.size(), 64U);
    EXPECT_EQ(all.front().at("params").at("found"), 1'000);
    EXPECT_EQ(all.back().at("error").at("name"), "limit");
    EXPECT_LT(json::serialize(answers).size(), std::size_t{6} << 20);
}

TEST(HostileClient, only_administrators_send_large_frames) {
    PlainSite site;
    add_guard(site);
    const auto says = [&](const std::string& account, const std::string& secret) {
        Client client(site);
        client.login(secret, account);
        client.send(codec::dhip::encode({0, 1, std::string(2 << 20, ' ') + "{}"}));
        return !client.closed();
    };
    EXPECT_TRUE(says("admin", password));
    EXPECT_FALSE(says("guard", guards_password));
}

TEST(HostileClient, wrong_types_in_any_member_of_any_method_get_a_sentence) {
    PlainSite site;
    auto client = owner_of(site);
    std::mt19937 dice(7);
    const auto values = wrong_values();
    const auto any = [&](const auto& list) { return list[dice() % list.size()]; };
    for (const auto& method : site.service->method_names()) {
        if (method == "magicBox.reboot" || method == "global.logout") continue;
        for (std::size_t turn = 0; turn < values.size() + 5; ++turn) {
            json::object params;
            for (const auto* member : members)
                if (turn < values.size() || dice() % 4 == 0)
                    params[member] = turn < values.size() ? values[turn] : any(values);
            const auto answer = client->request(method, std::move(params));
            ASSERT_FALSE(client->closed()) << method << " " << turn;
            ASSERT_TRUE(answer.contains("result")) << method << " " << turn;
            if (const auto* error = answer.if_contains("error"))
                EXPECT_GT(error->at("message").as_string().size(), 10U) << method;
        }
    }
    Client second(site);
    second.stream->address = "192.0.2.99";
    EXPECT_FALSE(second.login(password).contains("error"));
}

}  // namespace sallyport::tests
