// What is refused of controllers before any of them is spoken to: passwords that would go elsewhere, names
// without a certificate (platform.md V1, S3; api/openapi.yaml).
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

class DevicesTest : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        set_up();
        const auto outcome = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
            return c.script(
                "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
                "serial, model, firmware, created_at) VALUES (1, 'Gate', '10.0.0.9', 37777, 'admin', x'00', "
                "'ab', 'given', 'SP1', 'm', 'f', 0); INSERT INTO door (id, device_id, number, name, hold_s, "
                "unlock_mode, detector, overtime_s, duress) VALUES (11, 1, 1, 'Front', 3, 'card', 1, 60, 0), "
                "(12, 1, 2, 'Back', 3, 'card', 1, 60, 0);");
        });
        ASSERT_TRUE(outcome) << outcome.error().message;
        clock_.advance(std::chrono::seconds{1});  // a platform does not come back in the same millisecond
        restart();
    }
    json::object device() { return must(200, call("GET", "/devices/1")); }
    Reply change(const json::value& patch) { return call("PATCH", "/devices/1", patch); }
};

const std::string other_print(64, 'c');

TEST_F(DevicesTest, the_stored_password_goes_nowhere_else_unless_it_is_typed_again) {
    const auto before = device();
    const json::object elsewhere[] = {{{"address", "10.0.0.66"}},
                                      {{"port", 37778}},
                                      {{"account", "root"}},
                                      {{"fingerprint", other_print}},
                                      {{"replaced", true}}};
    for (const auto& patch : elsewhere) {
        EXPECT_THAT(change(patch).fields(), ElementsAre("password:missing")) << json::serialize(patch);
        const auto after = device();
        for (const auto* member : {"address", "port", "account", "fingerprint", "pinning", "serial"})
            EXPECT_EQ(after.at(member), before.at(member));
    }
    // What stays where it is needs none: the page sends all of them.
    must(200,
         change({{"name", "Main gate"}, {"address", "10.0.0.9"}, {"port", 37777}, {"account", "admin"}}));
    for (auto patch : elsewhere) {
        patch["password"] = "brass-bolt-58";
        must(200, change(patch));
    }
    EXPECT_EQ(device().at("address"), "10.0.0.66");
}

TEST_F(DevicesTest, another_controller_in_its_place_has_no_serial_number_until_it_answers) {
    must(200, change({{"address", "10.0.0.66"}, {"password", "brass-bolt-58"}}));
    EXPECT_EQ(device().at("serial"), "SP1") << "it has moved, and is the same";
    must(200, change({{"fingerprint", other_print}, {"password", "brass-bolt-58"}}));
    EXPECT_EQ(device().at("serial"), "");
    const auto entry = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
    EXPECT_EQ(entry.at("before").at("serial"), "SP1");
    EXPECT_TRUE(entry.at("after").at("serial").is_null());
}

TEST_F(DevicesTest, a_fingerprint_is_told_as_openssl_prints_it_however_it_was_typed) {
    std::string printed = "AB";
    for (int i = 1; i < 32; ++i) printed += ":AB";
    std::string spaced;
    for (int i = 0; i < 8; ++i) spaced += i == 0 ? "abababab" : " abababab";
    std::string plain;
    for (int i = 0; i < 32; ++i) plain += "ab";
    for (const auto& typed : {printed, spaced, plain}) {
        must(200, change({{"fingerprint", other_print}, {"password", "brass-bolt-58"}}));
        must(200, change({{"fingerprint", typed}, {"password", "brass-bolt-58"}}));
        EXPECT_EQ(device().at("fingerprint").as_string(), printed) << typed;
        const auto entry = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
        EXPECT_EQ(entry.at("after").at("fingerprint").as_string(), printed);
    }
    EXPECT_THAT(change({{"fingerprint", printed.substr(3)}}).fields(), ElementsAre("fingerprint:pattern"));
}

TEST_F(DevicesTest, a_name_that_devices_dial_in_with_is_nobody_without_the_certificate) {
    const json::object login{{"name", "Barn"}, {"account", "admin"}, {"password", "brass-bolt-58"}};
    auto barn = login;
    barn["serial"] = "gate-7";
    EXPECT_THAT(call("POST", "/devices", barn).fields(), ElementsAre("fingerprint:missing"));
    EXPECT_THAT(
        call("POST", "/devices/initialise", {{"serial", "gate-7"}, {"password", "brass-bolt-58"}}).fields(),
        ElementsAre("fingerprint:missing"));
    auto by_address = login;
    by_address["address"] = "10.0.0.7";
    EXPECT_EQ(call("POST", "/devices", by_address).code(), "device_unreachable") << "trusted at first use";
}

}  // namespace
}  // namespace sallyport::tests
