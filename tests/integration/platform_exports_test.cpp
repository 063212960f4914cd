// Exports of a search (platform.md L2; api/openapi.yaml).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Exports : public SetUpPlatformTest {
  protected:
    void add_events(std::int64_t count) {
        const auto made = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(fmt::format(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, "
                "kind, "
                "result, user_id, card) SELECT i, 1, 1, i, 1774742400000000 + i * 1000000, 7200, 0, "
                "'access', "
                "CASE WHEN i % 10 = 0 THEN 'denied' ELSE 'granted' END, '100' || i, '0000BEEF' FROM n",
                count));
        });
        ASSERT_TRUE(made) << made.error().message;
    }
    std::string begin(const std::string& query, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", "/events/exports" + query, body))["id"]);
    }
    /// How it is when it is neither waiting nor running any more.
    json::object ended(const std::string& id) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        for (;;) {
            auto now = must(200, call("GET", "/events/exports/" + id));
            const auto& state = now.at("state");
            if ((state != "waiting" && state != "running") || std::chrono::steady_clock::now() > deadline)
                return now;
        }
    }
    std::string file(const std::string& id) {
        return must_file(call("GET", "/events/exports/" + id + "/file"));
    }
    static std::string must_file(const Reply& reply) {
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.text;
    }
};

TEST_F(Exports, write_what_the_list_shows_in_the_words_of_who_asks) {
    const auto department =
        json::value_to<std::string>(must(201, call("POST", "/departments", {{"name", "R"}}))["id"]);
    must(201, call("POST", "/people", {{"name", "=cmd|王小明"}, {"user_id", "1001"}}));
    add_events(20);
    const auto id =
        begin("?result=denied",
              {{"format", "csv"}, {"words", {{"kinds.access", "Zutritt"}, {"columns.at", "Zeit"}}}});
    const auto done = ended(id);
    EXPECT_EQ(done.at("state"), "done");
    EXPECT_EQ(done.at("total"), 2);
    const auto text = file(id);
    EXPECT_THAT(text, StartsWith("\xEF\xBB\xBFZeit,kind,result,reason,"));
    EXPECT_THAT(text, HasSubstr("2026-03-29 02:00:20,Zutritt,denied,"));
    EXPECT_THAT(text, Not(HasSubstr("granted")));
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
    const auto noted = must(200, call("GET", "/audit?action=events.exported"));
    EXPECT_EQ(noted.at("items").at(0).at("after"),
              json::value({{"format", "csv"}, {"rows", 2}, {"search", "result=denied"}}));
    EXPECT_EQ(ended(begin("?department=" + department, {{"format", "csv"}})).at("rows"), 0);
}

TEST_F(Exports, are_workbooks_and_pages_as_well) {
    add_events(3'000);
    const auto book = begin("", {{"format", "xlsx"}});
    const auto pages = begin("", {{"format", "pdf"}, {"words", {{"columns.title", "事件"}}}});
    EXPECT_EQ(ended(book).at("rows"), 3'000);
    EXPECT_TRUE(file(book).starts_with("PK\x03\x04"));
    EXPECT_EQ(ended(pages).at("state"), "done");
    EXPECT_TRUE(file(pages).starts_with("%PDF-"));
    EXPECT_THAT(call("GET", "/events/exports/" + pages + "/file").header("Content-Disposition"),
                HasSubstr("attachment; filename=\"events-"));
}

TEST_F(Exports, are_of_one_session_and_end_with_it_and_in_time) {
    add_events(1);
    const auto id = begin("", {{"format", "csv"}});
    EXPECT_EQ(ended(id).at("state"), "done");
    auto first = token_;
    const auto again = call("POST", "/sessions", {{"account", "admin"}, {"password", "correct-horse-7"}});
    token_ = json::value_to<std::string>(again.body.at("token"));
    EXPECT_EQ(call("GET", "/events/exports/" + id).status, 404);
    EXPECT_EQ(call("GET", "/events/exports/" + id + "/file").status, 404);
    EXPECT_EQ(call("DELETE", "/events/exports/" + id).status, 404);
    EXPECT_TRUE(must(200, call("GET", "/events/exports")).at("items").as_array().empty());
    std::swap(token_, first);
    platform_->sweep();
    EXPECT_EQ(call("GET", "/events/exports/" + id).status, 200);
    clock_.advance(std::chrono::minutes{61});
    platform_->sweep();
    EXPECT_EQ(call("GET", "/events/exports/" + id).status, 404) << "an hour is over";
}

TEST_F(Exports, are_gone_at_once_when_their_operator_sees_less) {
    add_events(1);
    const auto area = json::value_to<std::string>(must(201, call("POST", "/areas", {{"name", "N"}}))["id"]);
    const auto admin = token_;
    const auto account = must(201, call("POST", "/accounts",
                                        {{"name", "guard"},
                                         {"password", "brass-key-58"},
                                         {"role_id", "1"},
                                         {"areas", nullptr},
                                         {"departments", nullptr}}));
    const auto signed_in = call("POST", "/sessions", {{"account", "guard"}, {"password", "brass-key-58"}});
    const auto guard = token_ = json::value_to<std::string>(signed_in.body.at("token"));
    EXPECT_EQ(call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}).status,
              204);
    const auto id = begin("", {{"format", "csv"}});
    EXPECT_EQ(ended(id).at("state"), "done");
    EXPECT_THAT(file(id), HasSubstr("0000BEEF"));
    token_ = admin;
    must(200, call("PATCH", "/accounts/" + json::value_to<std::string>(account.at("id")),
                   {{"areas", {json::string(area)}}}));
    token_ = guard;
    EXPECT_EQ(call("GET", "/events/exports/" + id + "/file").code(), "not_found");
    EXPECT_EQ(call("GET", "/events/exports/" + id).code(), "not_found");
    EXPECT_TRUE(must(200, call("GET", "/events/exports")).at("items").as_array().empty());
}

TEST_F(Exports, are_bounded_and_can_be_cancelled) {
    add_events(20'001);
    const auto pages = ended(begin("", {{"format", "pdf"}}));
    EXPECT_EQ(pages.at("state"), "failed");
    EXPECT_EQ(pages.at("problem").at("code"), "export_too_large");
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(begin("", {{"format", "csv"}}));
    EXPECT_EQ(call("POST", "/events/exports", {{"format", "csv"}}).code(), "exports_full");
    const auto script = must(201, call("POST", "/tokens", {{"name", "x"}, {"rights", {{"events", "view"}}}}));
    const From by_token{"10.0.0.9",
                        {{"authorization", "Bearer " + json::value_to<std::string>(script.at("token"))}}};
    EXPECT_EQ(call_from(by_token, "POST", "/api/v1/events/exports", R"({"format": "csv"})").code(),
              "exports_full")
        << "of the same account";
    for (const auto& id : ids) EXPECT_EQ(call("DELETE", "/events/exports/" + id).status, 204);
    EXPECT_EQ(ended(begin("", {{"format", "csv"}})).at("rows"), 20'001) << "those before gave way";
    EXPECT_THAT(call("POST", "/events/exports?kind=x", {{"format", "doc"}}).fields(),
                testing::ElementsAre("kind:choice"));
    EXPECT_THAT(call("POST", "/events/exports", {{"format", "doc"}}).fields(),
                testing::ElementsAre("format:choice"));
}

}  // namespace
}  // namespace sallyport::tests
