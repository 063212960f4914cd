// First run, signing in, lockout, sessions (platform.md S1, S2, S4; api/openapi.yaml).
#include <future>
#include <map>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const json::value good_setup{
    {"password", "correct-horse-7"}, {"language", "en"}, {"time_zone", "Europe/Berlin"}};

TEST_F(PlatformTest, answers_only_health_setup_and_the_page_before_setup) {
    EXPECT_EQ(call("GET", "/health").text, R"({"state":"ok"})");
    EXPECT_EQ(call("GET", "/setup").text,
              R"({"needed":true,"code_required":false,"language":null,"staying_signed_in":"allowed"})");
    EXPECT_EQ(call_from({}, "GET", "/people").text, "<p>page</p>");
    for (const auto* path : {"/me", "/sessions", "/settings"}) {
        EXPECT_EQ(call("GET", path).status, 403);
        EXPECT_EQ(call("GET", path).code(), "setup_needed");
    }
}

TEST_F(PlatformTest, is_set_up_once_and_signs_in) {
    const auto done = call("POST", "/setup", good_setup);
    must(200, done);
    EXPECT_THAT(done.header("Set-Cookie"), testing::StartsWith("sallyport_session="));
    EXPECT_THAT(done.header("Set-Cookie"), HasSubstr("HttpOnly; Secure; SameSite=Strict"));
    EXPECT_EQ(call("POST", "/setup", good_setup).code(), "already_set_up");
    token_ = json::value_to<std::string>(done.body.at("token"));
    EXPECT_EQ(must(200, call("GET", "/me"))["account"], "admin");
    EXPECT_EQ(must(200, call("GET", "/settings"))["time_zone"], "Europe/Berlin");
    EXPECT_EQ(call("GET", "/setup").text,
              R"({"needed":false,"code_required":false,"language":"en","staying_signed_in":"allowed"})");
}

TEST_F(PlatformTest, asks_strangers_for_the_code_of_the_log) {
    const From stranger{.peer = "10.0.0.7", .headers = {}};
    auto body = good_setup;
    const auto post = [&] { return call_from(stranger, "POST", "/api/v1/setup", json::serialize(body)); };
    EXPECT_EQ(call_from(stranger, "GET", "/api/v1/setup").body.at("code_required"), true);
    EXPECT_EQ(post().code(), "setup_code_needed");
    body.get_object()["code"] = "0000-0000-000x";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(post().code(), "setup_code_wrong");
    body.get_object()["code"] = std::string(platform_->accounts().setup_code().reveal());
    EXPECT_EQ(post().code(), "too_many_attempts");
    EXPECT_NE(post().header("Retry-After"), "");
    clock_.advance(minutes{10});
    EXPECT_EQ(post().status, 200);
}

TEST_F(PlatformTest, names_every_wrong_field_of_a_setup) {
    const auto reply = call("POST", "/setup",
                            json::value{{"password", "111"},
                                        {"language", "de"},
                                        {"questions", {json::object{{"question", ""}}, 7}},
                                        {"surprise", 1}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.fields(), testing::UnorderedElementsAre(
                                    "language:choice", "questions.0.question:too_short",
                                    "questions.0.answer:missing", "questions.1:type", "surprise:unknown"));
    const auto weak = call("POST", "/setup", json::value{{"password", "111"}, {"language", "en"}});
    EXPECT_THAT(weak.fields(), Contains("password:policy_short"));
    const auto zone =
        call("POST", "/setup",
             json::value{{"password", "correct-horse-7"}, {"language", "en"}, {"time_zone", "Mars/One"}});
    EXPECT_THAT(zone.fields(), ElementsAre("time_zone:choice"));
    EXPECT_EQ(call("GET", "/setup").body.at("needed"), true);
}

class Signing : public SetUpPlatformTest {
  protected:
    Reply sign_in(const char* account, const char* password, const char* peer = "10.0.0.7") {
        return call_from({.peer = peer, .headers = {}}, "POST", "/api/v1/sessions",
                         json::serialize(json::value{{"account", account}, {"password", password}}));
    }
};

TEST_F(Signing, tells_nobody_whether_the_account_exists) {
    EXPECT_EQ(sign_in("admin", "wrong").text, sign_in("nobody", "wrong").text);
    EXPECT_EQ(sign_in("admin", "wrong").code(), "wrong_login");
    EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 200);
}

TEST_F(Signing, five_wrong_passwords_lock_the_account_and_the_address_for_ten_minutes) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("admin", "wrong").status, 401);
    const auto locked = sign_in("admin", "correct-horse-7", "10.0.0.8");
    EXPECT_EQ(locked.code(), "locked_out");
    EXPECT_EQ(locked.header("Retry-After"), "601");
    EXPECT_EQ(sign_in("other", "x").code(), "locked_out");
    restart();
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "10.0.0.8").status, 429);
    clock_.advance(minutes{10});
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("admin", "wrong").status, 401);
    clock_.advance(minutes{10});
    EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 429) << "the second lock is longer";
    clock_.advance(minutes{10});
    EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 200);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(sign_in("admin", "wrong").status, 401) << "success forgets";
}

TEST_F(Signing, whoever_has_a_network_of_ipv6_has_five_guesses_in_it) {
    for (const char* peer : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3", "2001:db8:1:2::4"})
        EXPECT_EQ(sign_in("nobody", "wrong", peer).status, 401);
    EXPECT_EQ(sign_in("another", "wrong", "2001:db8:1:2::5").status, 401);
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "2001:db8:1:2::6").code(), "locked_out");
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "2001:db8:1:3::1").status, 200);
    const auto locked = must(200, call("GET", "/lockouts")).at("items").as_array();
    ASSERT_EQ(locked.size(), 1U);
    EXPECT_EQ(locked[0].at("subject"), "2001:db8:1:2::/64");
    EXPECT_EQ(call("POST", "/lockouts/lift", {{"kind", "address"}, {"subject", "2001:db8:1:2::/64"}}).status,
              204);
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "2001:db8:1:2::6").status, 200);
}

TEST_F(Signing, guesses_by_ipv4_through_ipv6_are_guesses_of_that_address) {
    for (const char* peer : {"10.0.0.7", "::ffff:10.0.0.7"})
        for (int i = 0; i < 2; ++i) EXPECT_EQ(sign_in("nobody", "wrong", peer).status, 401);
    EXPECT_EQ(sign_in("another", "wrong", "::ffff:10.0.0.7").status, 401);
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "10.0.0.7").code(), "locked_out");
    EXPECT_EQ(sign_in("admin", "correct-horse-7", "::ffff:10.0.0.8").status, 200);
}

TEST_F(Signing, many_wrong_passwords_at_once_are_five_guesses_and_right_ones_all_get_in) {
    // Straight to the accounts: the threads that calls run on are fewer than five.
    const server::Caller caller{.address = "10.0.0.7", .agent = "test"};
    const auto codes_of = [&](int times, const char* password) {
        std::vector<std::future<std::string>> outcomes;
        for (int i = 0; i < times; ++i) {
            outcomes.push_back(std::async(std::launch::async, [&, password] {
                const auto session = platform_->accounts().sign_in({"admin", base::Secret(password)}, caller);
                return session ? std::string("in") : session.error().code;
            }));
        }
        std::map<std::string, int> codes;
        for (auto& outcome : outcomes) ++codes[outcome.get()];
        return codes;
    };
    using Codes = std::map<std::string, int>;
    EXPECT_EQ(codes_of(20, "correct-horse-7"), (Codes{{"in", 20}}));
    EXPECT_EQ(codes_of(4, "wrong"), (Codes{{"wrong_login", 4}}));
    EXPECT_EQ(codes_of(20, "correct-horse-7"), (Codes{{"in", 20}})) << "one at a time: each may be the fifth";
    EXPECT_EQ(codes_of(20, "wrong"), (Codes{{"wrong_login", 5}, {"locked_out", 15}}));
    EXPECT_EQ(sign_in("admin", "correct-horse-7").code(), "locked_out");
    clock_.advance(minutes{10});
    EXPECT_EQ(codes_of(20, "wrong"), (Codes{{"wrong_login", 5}, {"locked_out", 15}}));
}

TEST_F(Signing, passwords_are_argon2id_and_grow_with_the_cost_when_they_are_typed) {
    const auto stored = [&] {
        return ports::read_from(
                   *database_,
                   [](ports::Connection& c) { return c.query("SELECT password_hash FROM account"); })
            .value()
            .at(0)
            .text(0);
    };
    EXPECT_THAT(stored(), testing::StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
    password_cost_ = {.operations = 2, .memory = 16'384};
    restart();
    EXPECT_EQ(sign_in("admin", "wrong").status, 401);
    EXPECT_THAT(stored(), HasSubstr("m=8,t=1,")) << "nobody has said what it is";
    EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 200);
    const auto grown = stored();
    EXPECT_THAT(grown, testing::StartsWith("$argon2id$v=19$m=16,t=2,p=1$"));
    EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 200);
    EXPECT_EQ(stored(), grown);
    EXPECT_EQ(call("GET", "/me").status, 200) << "the session of before goes on";
}

TEST_F(Signing, a_session_ends_when_it_is_idle_or_signed_out_and_survives_a_restart) {
    EXPECT_EQ(call("GET", "/me").status, 200);
    restart();
    EXPECT_EQ(call("GET", "/me").status, 200);
    clock_.advance(hours{7});
    EXPECT_EQ(call("GET", "/me").status, 200);
    clock_.advance(hours{7});
    EXPECT_EQ(call("GET", "/me").status, 200) << "each use moves the end";
    clock_.advance(hours{8});
    EXPECT_EQ(call("GET", "/me").code(), "unauthenticated");
    token_ = json::value_to<std::string>(sign_in("admin", "correct-horse-7").body.at("token"));
    EXPECT_EQ(call("GET", "/sessions").body.at("items").as_array().size(), 1U);
    const auto out = call("DELETE", "/sessions/current");
    EXPECT_EQ(out.status, 204);
    EXPECT_THAT(out.header("Set-Cookie"), HasSubstr("Max-Age=0"));
    EXPECT_EQ(call("GET", "/me").status, 401);
    restart();
    EXPECT_EQ(call("GET", "/me").status, 401);
}

TEST_F(Signing, lists_sessions_in_pages) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(sign_in("admin", "correct-horse-7").status, 200);
    const auto first = must(200, call("GET", "/sessions?limit=3"));
    EXPECT_EQ(first.at("items").as_array().size(), 3U);
    const auto cursor = json::value_to<std::string>(first.at("next"));
    const auto second = must(200, call("GET", "/sessions?limit=3&cursor=" + cursor));
    EXPECT_EQ(second.at("items").as_array().size(), 2U);
    EXPECT_TRUE(second.at("next").is_null());
    EXPECT_EQ(second.at("items").at(1).at("current"), true);
    EXPECT_EQ(call("GET", "/sessions?cursor=x").code(), "bad_cursor");
    EXPECT_THAT(call("GET", "/sessions?limit=0&wrong=1").fields(),
                ElementsAre("limit:too_small", "wrong:unknown"));
}

TEST_F(Signing, refuses_a_call_from_a_page_of_another_site) {
    const auto call_with = [&](const char* origin) {
        return call_from({.headers = {{"cookie", "sallyport_session=" + token_},
                                      {"host", "site:8443"},
                                      {"origin", origin}}},
                         "PATCH", "/api/v1/me", R"({"language": "zh"})");
    };
    EXPECT_EQ(call_with("https://evil.example").code(), "foreign_origin");
    EXPECT_EQ(call_with("https://site:8443").status, 200);
    EXPECT_EQ(must(200, call("GET", "/me"))["language"], "zh");
}

TEST_F(Signing, an_administrator_reset_ends_sessions_and_lifts_locks) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("admin", "wrong").status, 401);
    EXPECT_FALSE(platform_->accounts().reset_admin(base::Secret("weak")));
    ASSERT_TRUE(platform_->accounts().reset_admin(base::Secret("another-horse-8")));
    restart();
    EXPECT_EQ(call("GET", "/me").status, 401);
    EXPECT_EQ(sign_in("admin", "another-horse-8").status, 200);
}

TEST_F(SetUpPlatformTest, answers_bad_calls_with_problems) {
    EXPECT_EQ(call("GET", "/nothing").code(), "not_found");
    EXPECT_EQ(call_from({}, "GET", "/api/v2/me").code(), "not_found");
    const auto method = call("PUT", "/me");
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.header("Allow"), "GET, PATCH");
    const From mine{.headers = {{"authorization", "Bearer " + token_}}};
    EXPECT_EQ(call_from(mine, "PATCH", "/api/v1/me", "{").code(), "bad_json");
    EXPECT_EQ(call_from(mine, "PATCH", "/api/v1/me", "\"text\"").code(), "invalid");
    EXPECT_EQ(call_from(mine, "PATCH", "/api/v1/me", std::string(200'000, '[')).code(), "bad_json");
    EXPECT_EQ(call_from(mine, "PATCH", "/api/v1/me", std::string(5'000'000, ' ')).status, 413);
    EXPECT_EQ(call_from(mine, "PATCH", "/api/v1/me", R"({"language": "en", "x": "y"})").fields(),
              std::vector<std::string>{"x:unknown"});
    EXPECT_EQ(call("GET", "/live").status, 426);
    EXPECT_EQ(call_from({.headers = {{"authorization", "Bearer nonsense"}}}, "GET", "/api/v1/me").status,
              401);
}

TEST_F(SetUpPlatformTest, every_answer_carries_the_security_headers) {
    for (const auto* path : {"/", "/api/v1/me", "/api/v1/nothing", "/missing.js"}) {
        const auto reply = call_from({}, "GET", path);
        EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'")) << path;
        EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff") << path;
    }
    EXPECT_EQ(call("GET", "/me").header("Cache-Control"), "no-store");
}

TEST_F(SetUpPlatformTest, says_stopping_when_it_stops) {
    platform_->stop();
    EXPECT_EQ(call("GET", "/me").code(), "stopping");
    EXPECT_EQ(call("GET", "/health").text, R"({"state":"stopping"})");
    EXPECT_EQ(call("GET", "/health").status, 503);
}

}  // namespace
}  // namespace sallyport::tests
