// What the owner and administrators set, against a controller without sockets: plans, people, the address.
#include <gtest/gtest.h>

#include "codec/dhip/discovery.hpp"
#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

TEST(DeviceSettings, what_cannot_be_meant_is_refused_with_the_name_of_its_field) {
    DoorSite site;
    const auto client = owner_of(site);
    const auto message = [&](json::object person) {
        const auto answer = client->request("sallyport.updateRoster", {{"upsert", json::array{person}}});
        return std::string(answer.at("error").at("message").as_string());
    };
    auto late = person_json("1001", "A1");
    late["valid_from"] = "2026-06-02T00:00:00.000000Z";
    late["valid_to"] = "2026-06-01T00:00:00.000000Z";
    EXPECT_EQ(message(late), "upsert[0].valid_to is before valid_from.");
    auto never = person_json("1001", "A1");
    never["rights"].at(0).as_object()["schedule"] = 128;
    EXPECT_EQ(message(never).substr(0, 44), "upsert[0].rights[0].schedule has to be a sch");
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
}

namespace {

/// A machine with one interface.
class FakeNetwork final : public ports::HostNetwork {
  public:
    [[nodiscard]] std::vector<ports::NetworkInterface> interfaces() const override { return {here}; }
    [[nodiscard]] std::string owned() const override { return owns ? here.name : ""; }
    [[nodiscard]] ports::NetworkAddress given() const override { return set; }
    [[nodiscard]] base::Status check_change(const ports::NetworkAddress& wanted) const override {
        return ports::check(wanted);
    }
    base::Status change(const ports::NetworkAddress& wanted) override {
        set = wanted;
        return {};
    }
    ports::NetworkInterface here{"eth0", "192.168.7.9", "255.255.255.0", "192.168.7.1", "02:00:00:00:00:09"};
    ports::NetworkAddress set;
    bool owns = false;
};

}  // namespace

TEST(DeviceSettings, N2_the_address_is_the_host_s_unless_the_program_owns_the_network) {
    DoorSite site;
    FakeNetwork network;
    site.service->offer_network(network);
    const auto client = owner_of(site);
    const json::object wanted{{"IPAddress", "192.168.7.20"}, {"GatewayMac", "02:00:00:00:00:01"}};
    EXPECT_EQ(client->refused("sallyport.setAddress", wanted), "network_of_host");
    EXPECT_EQ(client->ask("configManager.getConfig", {{"name", "Network"}}).at("table").at("eth0"),
              (json::object{{"IPAddress", "192.168.7.9"},
                            {"SubnetMask", "255.255.255.0"},
                            {"DefaultGateway", "192.168.7.1"},
                            {"PhysicalAddress", "02:00:00:00:00:09"}}));
    network.owns = true;
    EXPECT_EQ(client->refused("sallyport.setAddress", {{"IPAddress", "192.168.7.255"}}), "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.setAddress", wanted), "");
    EXPECT_TRUE(network.set.address.empty()) << "the answer leaves first";
    site.run_until([&] { return !network.set.address.empty(); });
    EXPECT_EQ(network.set,
              (ports::NetworkAddress{"192.168.7.20", "255.255.255.0", "192.168.7.1", "02:00:00:00:00:01"}));
    const json::object table{{"eth0", json::object{{"IPAddress", "192.168.7.21"}}}};
    client->ask("configManager.setConfig", {{"name", "Network"}, {"table", table}});
    site.run_until([&] { return network.set.address == "192.168.7.21"; });
    const auto announced = codec::dhip::announcement_from(
        site.service->answer_datagram(codec::dhip::encode(codec::dhip::Search{}), {"192.0.2.1", 1}).value());
    ASSERT_TRUE(announced);
    EXPECT_EQ(announced->mac, "02:00:00:00:00:09");
    EXPECT_EQ(announced->default_gateway, "192.168.7.1");
}

TEST(DeviceSettings, whoever_listens_is_told_of_another_address) {
    DoorSite site;
    FakeNetwork network;
    site.service->offer_network(network);
    const auto client = owner_of(site);
    client->ask("configManager.attach", {{"name", json::array{"Network", "General"}}});
    network.here.address = "192.168.7.30";
    std::vector<json::object> told;
    site.run_until([&] { return !(told = client->notified("client.notifyConfigChange")).empty(); });
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].at("name"), "Network");
    EXPECT_EQ(told[0].at("table").at("eth0").at("IPAddress"), "192.168.7.30");
}

TEST(DeviceSettings, K11_factory_defaults_bring_back_the_factory_address_of_an_owned_network) {
    DoorSite site;
    FakeNetwork network;
    network.owns = true;
    site.service->offer_network(network);
    owner_of(site);
    site.post("/panel/keys", {{"keys", std::string("#") + keypad_password + "#9#000#"}});
    site.run_until([&] { return network.set.address == "192.168.0.2"; });
}

TEST(DeviceSettings, a_plan_does_not_undo_what_a_keypad_has_set_since_it_was_made) {
    DoorSite site;
    const auto client = owner_of(site);
    site.post("/panel/keys", {{"keys", std::string("#") + keypad_password + "#4#9#"}});
    const auto plan = [](int seen, int wanted) {
        return json::object{{"revision", 5},
                            {"made_from", json::array{json::object{
                                              {"number", 1}, {"hold_s", seen}, {"unlock_mode", "card"}}}},
                            {"doors", json::array{json::object{{"number", 1}, {"hold_s", wanted}}}}};
    };
    EXPECT_EQ(client->refused("sallyport.applyPlan", plan(3, 7)), "settings_changed");
    EXPECT_EQ(site.controller->station().settings().doors[0].hold_s, 9);
    EXPECT_EQ(client->refused("sallyport.applyPlan", plan(9, 7)), "");
    EXPECT_EQ(site.controller->station().settings().doors[0].hold_s, 7);
}

TEST(DeviceSettings, A7_a_first_card_that_ended_with_its_rule_stays_ended_over_a_restart) {
    DoorSite site;
    ASSERT_TRUE(site.clock.set_utc({1'790'000'000'000'000}));
    const auto client = owner_of(site);
    auto first = person_json("1002", "000000B2");
    first["rights"].at(0).as_object()["kind"] = "first_card";
    client->ask("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "000000A1"), first}}});
    const auto rule = [](const char* then) {
        const json::object door{{"number", 1}, {"first_card", {{"schedule", 255}, {"then", then}}}};
        return json::object{{"revision", 1}, {"rules", {{"doors", json::array{door}}}}};
    };
    const auto opens = [&](const char* card) {
        site.post("/panel/clock", {{"advance_ms", 10'000}});
        return site.post("/panel/card", {{"number", card}}).at("lock") == "released";
    };
    const auto restart = [&] { site.post("/panel/power", json::object{}); };
    client->ask("sallyport.applyPlan", rule("others_may_enter"));
    EXPECT_FALSE(opens("000000A1"));
    EXPECT_TRUE(opens("000000B2"));
    restart();
    EXPECT_TRUE(opens("000000A1")) << "it goes on over a restart";
    owner_of(site)->ask("sallyport.applyPlan", rule("door_stays_open"));
    EXPECT_FALSE(opens("000000A1"));
    restart();
    EXPECT_FALSE(opens("000000A1"));
    EXPECT_TRUE(opens("000000B2"));
}

}  // namespace sallyport::tests
