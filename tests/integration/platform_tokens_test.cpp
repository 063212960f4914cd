// API tokens: what they may, how wrong ones are met, what the audit log says of them (platform.md I1).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::StartsWith;

class TokensTest : public SetUpPlatformTest {
  protected:
    json::object made(const json::value& body) { return must(201, call("POST", "/tokens", body)); }
    std::string token(const json::value& body) { return text(made(body), "token"); }
    static std::string text(const json::object& object, std::string_view member) {
        return json::value_to<std::string>(object.at(member));
    }
    static From with(const std::string& token, const std::string& peer = "10.0.0.9") {
        return {peer, {{"authorization", "Bearer " + token}}};
    }
    Reply get(const From& from, const std::string& path) { return call_from(from, "GET", "/api/v1" + path); }
    Reply answer_;
    std::jthread made_;
    json::object the_last_entry(const std::string& action) {
        const auto entries = must(200, call("GET", "/audit?limit=1&action=" + action)).at("items").as_array();
        return entries.empty() ? json::object() : entries.at(0).as_object();
    }
};

TEST_F(TokensTest, a_token_is_shown_once_and_kept_hashed) {
    const auto token = made({{"name", "Backup"}, {"rights", {{"people", "view"}}}});
    EXPECT_THAT(text(token, "token"), StartsWith("spt_"));
    const auto listed = must(200, call("GET", "/tokens")).at("items").as_array();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_FALSE(listed.at(0).as_object().contains("token"));
    EXPECT_EQ(listed.at(0).at("rights").at("people"), "view");
    EXPECT_TRUE(listed.at(0).at("used_at").is_null());
    EXPECT_EQ(get(with(text(token, "token")), "/people").status, 200);
    const auto used = must(200, call("GET", "/tokens")).at("items").at(0);
    EXPECT_TRUE(used.at("used_at").is_string());
    EXPECT_EQ(used.at("used_from"), "10.0.0.9");
    restart();
    EXPECT_EQ(get(with(text(token, "token")), "/people").status, 200);
}

TEST_F(TokensTest, what_was_done_with_one_names_it_in_the_log_and_the_chain_holds) {
    const auto script = token({{"name", "HR export"}, {"rights", {{"people", "edit"}}}});
    EXPECT_EQ(call_from(with(script), "POST", "/api/v1/people", R"({"name": "Anna"})").status, 201);
    const auto entry = the_last_entry("person.added");
    EXPECT_EQ(entry.at("account"), "admin");
    EXPECT_EQ(entry.at("token"), "HR export");
    EXPECT_TRUE(the_last_entry("token.added").at("token").is_null());
    EXPECT_TRUE(server::verify_audit(*database_));
    const auto renamed = ports::write_to(*database_, [](ports::Connection& connection) {
        return connection.script("DROP TRIGGER audit_is_never_changed; UPDATE audit SET token = NULL");
    });
    ASSERT_TRUE(renamed);
    EXPECT_FALSE(server::verify_audit(*database_));
}

TEST_F(TokensTest, it_does_what_is_for_people_only_by_reading) {
    const auto script =
        token({{"name", "All"}, {"rights", {{"accounts", "administer"}, {"people", "view"}}}});
    const auto me = get(with(script), "/me");
    EXPECT_EQ(me.status, 200);
    EXPECT_EQ(me.body.at("rights").at("people"), "view");
    EXPECT_EQ(me.body.at("rights").at("doors"), "none");
    for (const auto& [method, path] : {std::pair{"POST", "/tokens"}, {"DELETE", "/sessions/current"}})
        EXPECT_EQ(
            call_from(with(script), method, std::string("/api/v1") + path, R"({"name": "x", "rights": {}})")
                .code(),
            "not_for_tokens");
}

TEST_F(TokensTest, it_makes_no_way_in_that_outlives_it) {
    const auto administrator = must(200, call("GET", "/roles")).at("items").at(0).at("rights");
    const auto script = token({{"name", "All"}, {"rights", administrator}});
    const json::object anna{{"name", "anna"}, {"password", "silver-lock-91"}, {"role_id", "2"}};
    const auto account = "/api/v1/accounts/" + text(must(201, call("POST", "/accounts", anna)), "id");
    const auto code = [&](const char* method, const std::string& path, const char* body) {
        return call_from(with(script), method, path, body).code();
    };
    EXPECT_EQ(code("POST", "/api/v1/accounts", R"({"name": "x", "password": "y", "role_id": "1"})"),
              "not_for_tokens");
    EXPECT_EQ(code("PATCH", account, R"({"password": "stolen-by-token-9"})"), "not_for_tokens");
    EXPECT_EQ(code("PATCH", account, R"({"mailbox": null})"), "not_for_tokens");
    EXPECT_EQ(code("PATCH", account, R"({"role_id": "1"})"), "not_for_tokens");
    EXPECT_EQ(code("POST", "/api/v1/roles", R"({"name": "More", "rights": {}})"), "not_for_tokens");
    EXPECT_EQ(code("PATCH", "/api/v1/roles/1", R"({"name": "More"})"), "not_for_tokens");
    EXPECT_EQ(code("PATCH", "/api/v1/settings/sign-in", R"({"second_factor": "nobody"})"), "not_for_tokens");
    EXPECT_EQ(code("DELETE", account + "/second-factor", ""), "not_for_tokens");
    EXPECT_EQ(code("PATCH", "/api/v1/settings/mail", R"({"host": "10.0.0.6"})"), "not_for_tokens");
    EXPECT_EQ(code("POST", "/api/v1/lockouts/lift", R"({"kind": "account", "subject": "anna"})"),
              "not_for_tokens")
        << "or passwords could be guessed without end";
    EXPECT_EQ(code("DELETE", account, ""), "") << "what ends goes";
}

TEST_F(TokensTest, it_needs_no_origin_and_no_cookie_makes_one) {
    const auto script = token({{"name", "Page"}, {"rights", {{"people", "edit"}}}});
    auto from = with(script);
    from.headers.emplace_back("origin", "https://elsewhere.example");
    EXPECT_EQ(call_from(from, "POST", "/api/v1/people", R"({"name": "Anna"})").status, 201);
    From cookie{"10.0.0.9", {{"cookie", "sallyport_session=" + script}}};
    EXPECT_EQ(get(cookie, "/people").code(), "unauthenticated");
}

TEST_F(TokensTest, it_ends_when_it_was_said_to_and_when_it_is_revoked) {
    EXPECT_THAT(call("POST", "/tokens",
                     {{"name", "Old"}, {"rights", json::object()}, {"expires_at", "2020-01-01T00:00:00Z"}})
                    .fields(),
                ElementsAre("expires_at:too_small"));
    // The clock of the test stands at 2026-03-29T00:59:50Z.
    const auto soon =
        token({{"name", "Soon"}, {"rights", {{"people", "view"}}}, {"expires_at", "2026-03-29T02:00:00Z"}});
    EXPECT_EQ(get(with(soon), "/people").status, 200);
    clock_.advance(std::chrono::hours{2});
    EXPECT_EQ(get(with(soon), "/people").code(), "token_expired");
    const auto other = made({{"name", "Other"}, {"rights", {{"people", "view"}}}});
    EXPECT_EQ(call("DELETE", "/tokens/" + text(other, "id")).status, 204);
    EXPECT_EQ(get(with(text(other, "token")), "/people").code(), "wrong_token");
    EXPECT_EQ(text(the_last_entry("token.removed").at("subject").as_object(), "name"), "Other");
    EXPECT_EQ(call("DELETE", "/tokens/" + text(other, "id")).status, 404);
}

TEST_F(TokensTest, five_wrong_ones_lock_the_address_for_tokens_and_for_nothing_else) {
    const auto script = token({{"name", "Right"}, {"rights", {{"people", "view"}}}});
    for (int i = 0; i < 4; ++i) EXPECT_EQ(get(with("spt_wrong"), "/people").code(), "wrong_token");
    EXPECT_EQ(get(with(script), "/people").status, 200);  // which forgives nothing
    EXPECT_EQ(get(with("spt_wrong"), "/people").code(), "wrong_token");
    const auto locked = get(with(script), "/people");
    EXPECT_EQ(locked.status, 429);
    EXPECT_EQ(locked.code(), "locked_out");
    EXPECT_EQ(locked.header("Retry-After"), "601");
    EXPECT_EQ(get(with(script, "10.0.0.10"), "/people").status, 200);
    const auto login = R"({"account": "admin", "password": "correct-horse-7"})";
    EXPECT_EQ(call_from({"10.0.0.9", {}}, "POST", "/api/v1/sessions", login).status, 200);
    const auto lockouts = must(200, call("GET", "/lockouts")).at("items").as_array();
    ASSERT_EQ(lockouts.size(), 1U);
    EXPECT_EQ(lockouts.at(0).at("kind"), "token");
    EXPECT_EQ(the_last_entry("token.refused").at("address"), "10.0.0.9");
    restart();
    EXPECT_EQ(get(with(script), "/people").status, 429);
    EXPECT_EQ(call("POST", "/lockouts/lift", {{"kind", "token"}, {"subject", "10.0.0.9"}}).status, 204);
    EXPECT_EQ(get(with(script), "/people").status, 200);
}

TEST_F(TokensTest, whoever_has_a_network_of_ipv6_has_five_wrong_ones_in_it) {
    const auto script = token({{"name", "Right"}, {"rights", {{"people", "view"}}}});
    for (int i = 1; i <= 5; ++i)
        EXPECT_EQ(get(with("spt_wrong", "2001:db8:1:2::" + std::to_string(i)), "/people").code(),
                  "wrong_token");
    EXPECT_EQ(get(with(script, "2001:db8:1:2::9"), "/people").code(), "locked_out");
    EXPECT_EQ(get(with(script, "2001:db8:1:3::9"), "/people").status, 200);
    must(201, call("POST", "/areas", {{"name", "North"}}));  // after it, what was queued is stored
    EXPECT_EQ(must(200, call("GET", "/lockouts")).at("items").at(0).at("subject"), "2001:db8:1:2::/64");
    EXPECT_EQ(the_last_entry("token.refused").at("address"), "2001:db8:1:2::5");
}

TEST_F(TokensTest, what_the_maker_lost_while_it_was_made_it_does_not_have) {
    must(201, call("POST", "/accounts", {{"name", "anna"}, {"password", "brass-key-58"}, {"role_id", "2"}}));
    const auto session =
        must(200, call("POST", "/sessions", {{"account", "anna"}, {"password", "brass-key-58"}}));
    token_ = text(session, "token");
    ASSERT_EQ(call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}).status,
              204);
    // The role is lowered while the call, which was let in already, waits for the writer.
    const auto lowered = ports::write_to(*database_, [&](ports::Connection& connection) -> base::Status {
        made_ = std::jthread([this] {
            answer_ = call("POST", "/tokens", {{"name", "Race"}, {"rights", {{"doors", "control"}}}});
        });
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{4};
        while (database_->waiting() == 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        return ports::ran(connection.execute("UPDATE account SET role_id = 3 WHERE name = 'anna'"));
    });
    ASSERT_TRUE(lowered);
    made_.join();
    EXPECT_EQ(answer_.code(), "beyond_your_rights");
}

TEST_F(TokensTest, names_rights_and_places_are_checked) {
    token({{"name", "One"}, {"rights", json::object()}});
    EXPECT_EQ(call("POST", "/tokens", {{"name", "One"}, {"rights", json::object()}}).code(), "name_taken");
    EXPECT_THAT(call("POST", "/tokens", {{"name", "Two"}}).fields(), ElementsAre("rights:missing"));
    EXPECT_THAT(
        call("POST", "/tokens", {{"name", "Two"}, {"rights", json::object()}, {"areas", json::array{"42"}}})
            .fields(),
        ElementsAre("areas.0:not_found"));
    for (int i = 1; i < 100; ++i) token({{"name", std::to_string(i)}, {"rights", json::object()}});
    EXPECT_EQ(call("POST", "/tokens", {{"name", "More"}, {"rights", json::object()}}).code(),
              "too_many_tokens");
}

TEST_F(TokensTest, figures_are_for_who_may_see_the_settings) {
    const auto blind = token({{"name", "Blind"}, {"rights", {{"people", "view"}}}});
    EXPECT_EQ(get(with(blind), "/metrics").code(), "forbidden");
    const auto script = token({{"name", "Prometheus"}, {"rights", {{"settings", "view"}}}});
    const auto figures = get(with(script), "/metrics");
    EXPECT_EQ(figures.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(figures.text, testing::HasSubstr("sallyport_sessions 1\n"));
    EXPECT_THAT(
        figures.text,
        testing::HasSubstr(R"(sallyport_http_requests_total{method="GET",route="/metrics",status="403"} 1)"));
}

}  // namespace
}  // namespace sallyport::tests
