// Webhooks: what is sent, in which order, how often and until when (platform.md I1). The network is a fake;
// webhooks_test.py has a real one.
#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"
#include "server/webhooks/signature.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::Each;
using testing::ElementsAre;

class WebhooksTest : public SetUpPlatformTest {
  protected:
    void add(const json::value& more = json::object()) {
        json::object body{{"name", "Receiver"}, {"url", "https://hooks.example.org/in?key=1"}};
        for (const auto& member : more.as_object()) body[member.key()] = member.value();
        const auto made = must(201, call("POST", "/webhooks", body));
        id_ = text(made, "id");
        secret_ = base::Secret(text(made, "secret"));
    }
    static std::string text(const json::object& object, std::string_view member) {
        return json::value_to<std::string>(object.at(member));
    }
    void happens(std::int64_t id, const std::string& kind) {
        const auto stored = ports::write_to(*database_, [&](ports::Connection& connection) {
            return connection.script(fmt::format(
                "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, "
                "kind, "
                "user_id, card) VALUES ({0}, 1, 1, {0}, 5, 0, 6000000, '{1}', '1001', '04A1B2C3')",
                id, kind));
        });
        ASSERT_TRUE(stored);
    }
    void try_again(const json::value& patch = {{"enabled", true}}) {
        EXPECT_EQ(call("PATCH", "/webhooks/" + id_, patch).status, 200);
    }
    json::object hook() { return must(200, call("GET", "/webhooks/" + id_)); }
    /// The state, once it is this one or ten seconds are over.
    std::string state(const std::string& wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        std::string now;
        do now = text(hook(), "state");
        while (now != wanted && std::chrono::steady_clock::now() < deadline);
        return now;
    }
    static std::string header(const ports::HttpPost& post, std::string_view name) {
        for (const auto& [key, value] : post.headers)
            if (key == name) return value;
        return "";
    }
    static std::vector<std::string> ids(const std::vector<ports::HttpPost>& posts) {
        std::vector<std::string> all;
        for (const auto& post : posts) all.push_back(header(post, "webhook-id"));
        return all;
    }

    /// The ids of what was posted until this one was.
    std::vector<std::string> sent_until(const std::string& wanted) {
        for (std::size_t count = 1;; ++count) {
            auto sent = ids(poster_.posts(count));
            if (sent.size() < count || std::ranges::find(sent, wanted) != sent.end()) return sent;
        }
    }

    std::string id_;
    base::Secret secret_;
};

TEST_F(WebhooksTest, events_go_out_in_their_order_signed_and_without_what_opens_doors) {
    happens(1, "access");  // before anybody asked
    add();
    for (int id = 2; id < 5; ++id) happens(id, "access");
    try_again();
    const auto posts = poster_.posts(3);
    ASSERT_THAT(ids(posts), ElementsAre("evt_2", "evt_3", "evt_4"));
    const auto& post = posts.at(0);
    EXPECT_EQ(post.url.host, "hooks.example.org");
    EXPECT_EQ(post.url.target, "/in?key=1");
    const auto body = json::parse(post.body);
    EXPECT_EQ(body.at("type"), "event.access");
    EXPECT_EQ(body.at("timestamp"), "1970-01-01T00:00:06Z");
    EXPECT_EQ(body.at("data").at("person").at("user_id"), "1001");
    EXPECT_TRUE(body.at("data").at("card").is_null());
    EXPECT_EQ(header(post, "webhook-timestamp"), "1774745990");
    EXPECT_EQ(header(post, "webhook-signature"),
              server::webhook_signature(secret_, "evt_2", 1'774'745'990, post.body));
    EXPECT_EQ(state("ok"), "ok");
}

TEST_F(WebhooksTest, only_the_kinds_that_were_asked_for) {
    add({{"kinds", {"alarm_started", "alarm_ended"}}});
    happens(1, "access");
    happens(2, "alarm_started");
    for (int id = 3; id < 1'503; ++id) happens(id, "door_opened");  // more than are looked at in one go
    happens(2'000, "alarm_ended");
    try_again();
    EXPECT_THAT(ids(poster_.posts(2)), ElementsAre("evt_2", "evt_2000"));
    EXPECT_THAT(call("POST", "/webhooks",
                     {{"name", "x"}, {"url", "http://a"}, {"kinds", {"nonsense", "access", "access"}}})
                    .fields(),
                ElementsAre("url:pattern", "kinds.0:choice", "kinds.2:duplicate"));
}

TEST_F(WebhooksTest, a_restart_goes_on_where_it_stood) {
    add();
    happens(1, "access");
    try_again();
    (void)poster_.posts(1);
    happens(2, "access");
    EXPECT_EQ(state("ok"), "ok");
    restart();
    EXPECT_THAT(sent_until("evt_2"), ElementsAre("evt_1", "evt_2"));
}

TEST_F(WebhooksTest, the_last_attempts_outlive_a_restart) {
    add();
    const auto attempts = [this] {
        return must(200, call("GET", "/webhooks/" + id_ + "/deliveries")).at("items").as_array();
    };
    poster_.answer(500);
    for (int i = 0; i < 3; ++i) must(200, call("POST", "/webhooks/" + id_ + "/test"));
    poster_.answer(204);
    for (std::size_t i = 0; i < server::Webhooks::remembered - 1; ++i)
        must(200, call("POST", "/webhooks/" + id_ + "/test"));
    const auto before = attempts();
    ASSERT_EQ(before.size(), server::Webhooks::remembered);
    EXPECT_EQ(before.back().at("status"), 500);
    // A unit of work that waits for its commit waits for those before it.
    must(201, call("POST", "/people", {{"name", "Anna"}}));
    restart();
    EXPECT_EQ(attempts(), before);
}

TEST_F(WebhooksTest, what_is_not_taken_comes_again_under_the_same_id_and_holds_up_the_next) {
    add();
    poster_.answer(500);
    happens(1, "access");
    happens(2, "access");
    try_again();
    EXPECT_EQ(state("failing"), "failing");
    EXPECT_EQ(hook().at("problem"), (json::object{{"code", "bad_status"}, {"said", "HTTP 500"}}));
    poster_.answer(base::fail(base::ErrorKind::timeout, "timeout", "There was no answer in time."));
    try_again();
    EXPECT_EQ(state("failing"), "failing");
    poster_.answer(204);
    try_again();
    auto sent = sent_until("evt_2");
    ASSERT_GE(sent.size(), 4U);
    sent.pop_back();
    EXPECT_THAT(sent, Each("evt_1"));
    const auto said = must(200, call("GET", "/webhooks/" + id_ + "/deliveries")).at("items").as_array();
    std::vector<std::string> answers;  // the oldest first, each once
    for (auto one = said.rbegin(); one != said.rend(); ++one) {
        auto answer = json::serialize(one->at("status"));
        if (answers.empty() || answers.back() != answer) answers.push_back(std::move(answer));
    }
    EXPECT_THAT(answers, ElementsAre("500", "null", "204"));
}

TEST_F(WebhooksTest, after_three_days_it_gives_up_and_says_so) {
    add();
    poster_.answer(503);
    happens(1, "access");
    try_again();
    EXPECT_EQ(state("failing"), "failing");
    clock_.advance(std::chrono::hours{73});
    restart();
    const json::value login{{"account", "admin"}, {"password", "correct-horse-7"}};  // the session has ended
    token_ = text(must(200, call("POST", "/sessions", login)), "token");
    EXPECT_EQ(state("given_up"), "given_up");
    json::array entries;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (entries.empty() && std::chrono::steady_clock::now() < deadline)
        entries = must(200, call("GET", "/audit?action=webhook.given_up")).at("items").as_array();
    const auto entry = entries.at(0);
    EXPECT_TRUE(entry.at("account").is_null());
    EXPECT_EQ(entry.at("subject").at("name"), "Receiver");
    poster_.answer(200);
    try_again();
    EXPECT_EQ(state("ok"), "ok");
    EXPECT_THAT(ids(poster_.posts(3)), Each("evt_1"));
}

TEST_F(WebhooksTest, who_says_that_it_is_gone_is_not_asked_again) {
    add();
    poster_.answer(410);
    happens(1, "access");
    try_again();
    EXPECT_EQ(state("given_up"), "given_up");
}

TEST_F(WebhooksTest, one_that_is_switched_off_or_removed_sends_nothing) {
    add({{"enabled", false}});
    happens(1, "access");
    try_again({{"name", "Renamed"}});
    EXPECT_EQ(state("off"), "off");
    EXPECT_EQ(must(200, call("POST", "/webhooks/" + id_ + "/test")).at("type"), "test");
    EXPECT_EQ(json::parse(poster_.posts(1).at(0).body).at("data").at("webhook"), "Renamed");
    EXPECT_EQ(call("DELETE", "/webhooks/" + id_).status, 204);
    EXPECT_EQ(call("POST", "/webhooks/" + id_ + "/test").status, 404);
}

TEST_F(WebhooksTest, nobody_sends_on_what_they_may_not_see) {
    const auto made =
        must(201, call("POST", "/tokens", {{"name", "T"}, {"rights", {{"settings", "administer"}}}}));
    const From script{"10.0.0.9", {{"authorization", "Bearer " + text(made, "token")}}};
    const auto body = R"({"name": "x", "url": "https://a.example/"})";
    EXPECT_EQ(call_from(script, "POST", "/api/v1/webhooks", body).code(), "beyond_your_rights");
}

}  // namespace
}  // namespace sallyport::tests
