// From where the platform may be reached, and its certificate (platform.md S6).
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

class EntranceTest : public SetUpPlatformTest {
  protected:
    Reply at(const char* peer, const char* method, const char* path, const json::object& body = {}) {
        auto from = signed_in();
        from.peer = peer;
        return call_from(from, method, path, body.empty() ? "" : json::serialize(body));
    }
    Reply allow(const json::array& networks, const char* peer = "10.0.0.7") {
        return at(peer, "PATCH", "/api/v1/settings/network", {{"allowed", networks}});
    }
};

TEST_F(EntranceTest, answers_only_addresses_that_are_allowed_and_its_own_machine) {
    EXPECT_EQ(allow({"10.0.0.0/24", "fd00::/8", "192.168.1.7"}).status, 200);
    for (const auto* peer : {"10.0.0.7", "10.0.0.255", "fd12::1", "192.168.1.7", "::ffff:10.0.0.9",
                             "127.0.0.1", "::1", "::ffff:127.0.0.1"})
        EXPECT_EQ(at(peer, "GET", "/api/v1/me").status, 200) << peer;
    for (const auto* peer : {"10.0.1.7", "192.168.1.8", "fe80::1", "::ffff:10.0.1.9", "nonsense"}) {
        EXPECT_EQ(at(peer, "GET", "/api/v1/me").code(), "address_not_allowed") << peer;
        EXPECT_EQ(at(peer, "GET", "/").status, 403) << "the page as well";
        EXPECT_EQ(at(peer, "POST", "/api/v1/sessions", {{"account", "admin"}}).code(), "address_not_allowed")
            << "before a password is looked at";
        ports::HttpRequest upgrade;
        upgrade.path = "/api/v1/live";
        upgrade.peer_address = peer;
        EXPECT_EQ(platform_->handler().refuse_websocket(upgrade)->status, 403);
    }
    restart();
    EXPECT_EQ(at("10.0.1.7", "GET", "/api/v1/me").status, 403);
    EXPECT_EQ(allow({}).status, 200);
    EXPECT_EQ(at("10.0.1.7", "GET", "/api/v1/me").status, 200);
}

TEST_F(EntranceTest, nobody_shuts_themselves_out) {
    EXPECT_EQ(allow({"192.168.0.0/16"}).fields(), std::vector<std::string>{"allowed:own_address"});
    EXPECT_EQ(at("10.0.0.7", "GET", "/api/v1/me").status, 200);
    EXPECT_EQ(at("10.0.0.8", "GET", "/api/v1/me").status, 200) << "nothing has changed";
    EXPECT_EQ(allow({"192.168.0.0/16"}, "127.0.0.1").status, 200) << "this machine always gets in";
    EXPECT_EQ(at("10.0.0.7", "GET", "/api/v1/me").status, 403);
}

TEST_F(EntranceTest, names_what_is_no_network) {
    EXPECT_THAT(allow({"10.0.0.0/33", "10.0.0.0/24", "door", ""}).fields(),
                ElementsAre("allowed.3:too_short"));
    EXPECT_THAT(allow({"10.0.0.0/33", "10.0.0.0/24", "door"}).fields(),
                ElementsAre("allowed.0:pattern", "allowed.2:pattern"));
    EXPECT_THAT(at("10.0.0.7", "PATCH", "/api/v1/settings/network", {{"redirect_port", 80}}).fields(),
                ElementsAre("redirect_port:too_small"));
}

TEST_F(EntranceTest, a_port_that_leads_to_the_page_is_opened_and_found_again) {
    const auto redirect = [&](const json::value& port) {
        return call("PATCH", "/settings/network", json::object{{"redirect_port", port}});
    };
    EXPECT_TRUE(must(200, call("GET", "/settings/network"))["redirect_port"].is_null());
    EXPECT_EQ(must(200, redirect(8'080))["redirect_port"], 8'080);
    EXPECT_EQ(entrance_.redirect, 8'080);
    EXPECT_THAT(redirect(9'999).fields(), ElementsAre("redirect_port:taken"));
    EXPECT_EQ(must(200, call("GET", "/settings/network"))["redirect_port"], 8'080);
    entrance_.redirect.reset();
    restart();
    ASSERT_TRUE(platform_->entrance().open());
    EXPECT_EQ(entrance_.redirect, 8'080);
    EXPECT_EQ(redirect(nullptr).status, 200);
    EXPECT_FALSE(entrance_.redirect);
}

TEST_F(EntranceTest, a_certificate_is_replaced_and_dropped_and_the_log_says_so) {
    EXPECT_EQ(must(200, call("GET", "/certificate"))["own"], false);
    const auto put = [&](const char* certificate) {
        return call("PUT", "/certificate", json::object{{"certificate", certificate}, {"key", "secret-key"}});
    };
    EXPECT_THAT(put("bad").fields(), ElementsAre("key:unusable"));
    EXPECT_EQ(must(200, put("AB:CD"))["own"], true);
    const auto log = call("GET", "/audit?action=settings.changed");
    EXPECT_EQ(log.body.at("items").at(0).at("after").at("certificate"), "AB:CD");
    EXPECT_EQ(log.text.find("secret-key"), std::string::npos);
    EXPECT_EQ(must(200, call("DELETE", "/certificate"))["own"], false);
    EXPECT_EQ(must(200, call("GET", "/audit?action=settings.changed")).at("items").as_array().size(), 2U);
}

}  // namespace
}  // namespace sallyport::tests
