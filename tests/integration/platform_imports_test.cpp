// Many people at once, and what else is known of a person (platform.md H1, H3; api/openapi.yaml).
#include <future>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ManyPeople : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    std::string open(const std::string& existing = "refuse") {
        return "/people/import/" + add("/people/import", {{"existing", json::string(existing)}});
    }
    /// "field:code" of what is wrong.
    std::vector<std::string> fill(const std::string& import, const json::array& rows) {
        std::vector<std::string> faults;
        for (const auto& fault :
             must(200, call("POST", import + "/rows", {{"people", rows}}))["faults"].as_array())
            faults.push_back(json::value_to<std::string>(fault.at("field")) + ":" +
                             json::value_to<std::string>(fault.at("code")));
        return faults;
    }
    /// Begins it and waits for its end.
    json::object take(const std::string& import) {
        auto now = must(200, call("POST", import + "/begin"));
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (now["state"] == "running" && std::chrono::steady_clock::now() < end)
            now = must(200, call("GET", import));
        return now;
    }
    static json::array series(int first, int count) {
        json::array rows;
        for (int n = first; n < first + count; ++n) {
            const auto number = std::to_string(n);
            rows.push_back({{"user_id", json::string(number)},
                            {"name", json::string("Visitor " + number)},
                            {"cards", {{{"number", json::string(number)}}}}});
        }
        return rows;
    }
    std::size_t people() { return count("SELECT count(*) FROM person"); }
    std::size_t count(const std::string& sql) {
        const auto rows = ports::read_from(*database_, [&](ports::Connection& c) { return c.query(sql); });
        return static_cast<std::size_t>(rows->front().integer(0));
    }
    /// What the audit log tells of imports, the newest first.
    std::vector<std::string> noted() {
        std::vector<std::string> all;
        for (const auto& entry : must(200, call("GET", "/audit?action=people.imported"))["items"].as_array())
            all.push_back(json::serialize(entry.at("after")));
        return all;
    }
};

TEST_F(ManyPeople, everybody_is_taken_and_one_entry_says_how_many) {
    std::atomic<int> told = 0;
    platform_->on_change([&](const server::Change&) { ++told; });
    const auto import = open();
    EXPECT_THAT(fill(import, series(2'000, 700)), IsEmpty());
    EXPECT_THAT(fill(import, series(2'700, 100)), IsEmpty());
    EXPECT_EQ(people(), 0U) << "only looked at so far";
    const auto done = take(import);
    EXPECT_EQ(done.at("state"), "done");
    EXPECT_EQ(done.at("added"), 800);
    EXPECT_EQ(people(), 800U);
    EXPECT_EQ(count("SELECT count(*) FROM card WHERE status = 'active'"), 800U);
    EXPECT_THAT(noted(), ElementsAre(R"({"rows":800,"added":800,"changed":0,"outcome":"done"})"));
    EXPECT_THAT(must(200, call("GET", "/audit?action=person.added"))["items"].as_array(), IsEmpty());
    EXPECT_EQ(told, 1) << "controllers are compared once";
    EXPECT_EQ(call("POST", import + "/begin").code(), "import_begun");
    EXPECT_EQ(call("POST", import + "/rows", {{"people", series(1, 1)}}).code(), "import_begun");
    EXPECT_EQ(call("DELETE", import).status, 204);
    EXPECT_EQ(call("GET", import).code(), "not_found");
}

TEST_F(ManyPeople, each_row_says_what_is_wrong_with_it_and_nothing_is_taken_until_none_is) {
    must(201,
         call("POST", "/people", {{"name", "Anna"}, {"user_id", "1001"}, {"cards", {{{"number", "A1"}}}}}));
    const auto import = open();
    const auto faults = fill(
        import, {{{"user_id", "1001"}, {"name", "Other"}},
                 {{"user_id", "2001"}, {"name", "Ben"}, {"cards", {{{"number", "A1"}}}}},
                 {{"user_id", "2002"}, {"name", "Cem"}, {"department_id", "77"}},
                 {{"user_id", "2003"}, {"name", ""}, {"pin", "12a"}, {"uses", 70'000}, {"colour", "red"}},
                 {{"name", "Nobody"}},
                 {{"user_id", "2004"}},
                 {{"user_id", "2005"},
                  {"name", "Dora"},
                  {"valid_from", "2026-05-01T00:00:00Z"},
                  {"valid_to", "2026-04-01T00:00:00Z"},
                  {"details", {{"birthday", "1984-02-30"}}}},
                 {{"user_id", "2006"}, {"name", "Eva"}, {"cards", {{{"number", "B2"}}}}},
                 {{"user_id", "2006"}, {"name", "Eva"}, {"cards", {{{"number", "0B2"}}}}},
                 "Frank",
                 {{"user_id", "2008"}, {"name", "Ida"}, {"cards", {"B3"}}},
                 {{"user_id", "2007"}, {"name", "Gul"}}});
    EXPECT_THAT(faults, testing::UnorderedElementsAre(
                            "people.0.user_id:taken", "people.1.cards.0.number:taken",
                            "people.2.department_id:not_found", "people.3.name:too_short",
                            "people.3.pin:pattern", "people.3.uses:too_large", "people.3.colour:unknown",
                            "people.4.user_id:missing", "people.5.name:missing",
                            "people.6.details.birthday:pattern", "people.8.user_id:duplicate",
                            "people.8.cards.0.number:duplicate", "people.9:type", "people.10.cards.0:type"));
    EXPECT_EQ(must(200, call("GET", import))["faults"], 10);
    EXPECT_EQ(call("POST", import + "/begin").code(), "import_faulty");
    EXPECT_EQ(people(), 1U);
    EXPECT_EQ(call("POST", open() + "/begin").code(), "import_empty");
    EXPECT_THAT(call("POST", "/people/import", {{"existing", "double"}}).fields(),
                ElementsAre("existing:choice"));
}

TEST_F(ManyPeople, a_row_is_judged_beside_what_is_known_of_the_person) {
    must(201, call("POST", "/people",
                   {{"name", "Anna"}, {"user_id", "1001"}, {"valid_from", "2026-05-01T00:00:00Z"}}));
    const auto import = open("change");
    EXPECT_THAT(fill(import, {{{"user_id", "1001"}, {"valid_to", "2026-04-01T00:00:00Z"}}}),
                ElementsAre("people.0.valid_to:order"));
    EXPECT_THAT(fill(open("change"), {{{"user_id", "1001"},
                                       {"valid_from", "2026-03-01T00:00:00Z"},
                                       {"valid_to", "2026-04-01T00:00:00Z"}}}),
                IsEmpty());
}

TEST_F(ManyPeople, the_same_import_again_changes_and_doubles_nobody) {
    auto import = open("change");
    auto rows = series(2'000, 3);
    fill(import, rows);
    EXPECT_EQ(take(import).at("added"), 3);
    rows = series(2'000, 4);
    rows[0].as_object()["name"] = "Anna";
    rows[0].as_object().erase("cards");
    rows[1].as_object()["cards"] = json::array();
    rows[2] = {{"user_id", "2002"}, {"details", {{"phone", "12"}}}};
    import = open("change");
    EXPECT_THAT(fill(import, rows), IsEmpty());
    const auto done = take(import);
    EXPECT_EQ(done.at("added"), 1);
    EXPECT_EQ(done.at("changed"), 3);
    const auto noted = must(200, call("GET", "/audit?action=person.changed"))["items"].as_array();
    ASSERT_EQ(noted.size(), 3U) << "whom an import changes is noted";
    EXPECT_EQ(noted[2].at("after").at("name"), "Anna");
    EXPECT_EQ(noted[1].at("after").at("cards"), json::array());
    const auto listed = must(200, call("GET", "/people"))["items"].as_array();
    ASSERT_EQ(listed.size(), 4U);
    EXPECT_EQ(listed[0].at("name"), "Anna");
    EXPECT_EQ(listed[0].at("cards").as_array().size(), 1U) << "what a row does not name stays";
    EXPECT_EQ(listed[1].at("cards").as_array().size(), 0U);
    EXPECT_EQ(listed[2].at("name"), "Visitor 2002");
    EXPECT_EQ(listed[2].at("details").at("phone"), "12");
    EXPECT_EQ(count("SELECT count(*) FROM card WHERE status = 'returned'"), 1U);
}

TEST_F(ManyPeople, one_that_fails_says_where_and_keeps_exactly_what_was_taken_before) {
    const auto import = open();
    fill(import, series(2'000, 600));
    // Between the look and the taking somebody else has it.
    must(201, call("POST", "/people", {{"name", "Anna"}, {"user_id", "2399"}}));
    const auto failed = take(import);
    EXPECT_EQ(failed.at("state"), "failed");
    EXPECT_EQ(failed.at("problem").at("row"), 399);
    EXPECT_EQ(failed.at("problem").at("code"), "user_id_taken");
    EXPECT_THAT(json::value_to<std::string>(failed.at("problem").at("detail")), HasSubstr("Anna"));
    const auto added = static_cast<std::size_t>(failed.at("added").as_int64());
    EXPECT_LT(added, 399U);
    EXPECT_EQ(people(), added + 1) << "of those that came together with it, nobody";
    EXPECT_THAT(noted(), ElementsAre(HasSubstr(R"("outcome":"failed")")));
}

TEST_F(ManyPeople, it_ends_when_who_began_it_may_not_import_any_more) {
    const auto admin = token_;
    const auto account =
        add("/accounts", {{"name", "clerk"}, {"password", "brass-key-58"}, {"role_id", "1"}});
    token_ = json::value_to<std::string>(
        must(200, call("POST", "/sessions", {{"account", "clerk"}, {"password", "brass-key-58"}}))["token"]);
    must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
    const auto clerk = token_;
    const auto script =
        must(201, call("POST", "/tokens", {{"name", "hr"}, {"rights", {{"people", "edit"}}}}));
    const auto token = json::value_to<std::string>(script.at("token"));
    const auto no_token = "/tokens/" + json::value_to<std::string>(script.at("id"));
    int first = 10'000;
    const auto stopped_by = [&](const std::string& by, const auto& stop) {
        SCOPED_TRACE(first);
        token_ = by;
        const auto before = people();
        const auto import = open();
        for (int part = 0; part < 8; ++part, first += 1'000)
            EXPECT_THAT(fill(import, series(first, 1'000)), IsEmpty());
        auto now = must(200, call("POST", import + "/begin"));
        while (now["state"] == "running" && now["added"] == 0) now = must(200, call("GET", import));
        token_ = admin;
        const auto entries = noted().size();
        stop();
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (noted().size() == entries && std::chrono::steady_clock::now() < end) {
        }
        const auto taken = people() - before;
        EXPECT_GE(taken, 250U);
        EXPECT_LT(taken, 8'000U);
        EXPECT_EQ(noted().at(0),
                  json::serialize(json::object{
                      {"rows", 8'000}, {"added", taken}, {"changed", 0}, {"outcome", "not_allowed"}}));
        return import;
    };
    const auto role = [&](const char* id) {
        must(200, call("PATCH", "/accounts/" + account, {{"role_id", id}}));
    };
    const auto import = stopped_by(clerk, [&] { role("3"); });
    role("1");
    token_ = clerk;
    const auto now = must(200, call("GET", import));
    EXPECT_EQ(now.at("state"), "failed");
    EXPECT_EQ(now.at("problem").at("code"), "import_not_allowed");
    EXPECT_TRUE(now.at("problem").at("row").is_null());
    stopped_by(token, [&] { EXPECT_EQ(call("DELETE", no_token).status, 204); });
    stopped_by(clerk, [&] { EXPECT_EQ(call("DELETE", "/accounts/" + account).status, 204); });
}

TEST_F(ManyPeople, one_that_a_stop_has_cut_off_is_noted_at_the_next_start) {
    const auto outcome = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
        return c.script("INSERT INTO people_import VALUES (77, 'admin', '10.0.0.1', 900, 250, 0, 5)");
    });
    ASSERT_TRUE(outcome);
    restart();
    restart();
    EXPECT_THAT(noted(), ElementsAre(R"({"rows":900,"added":250,"changed":0,"outcome":"interrupted"})"));
}

TEST_F(ManyPeople, it_has_its_bounds) {
    EXPECT_THAT(call("POST", open() + "/rows", {{"people", series(1, 1'001)}}).fields(),
                ElementsAre("people:too_long"));
    const auto import = open();
    const json::array empty(1'000, json::value(nullptr));
    for (int times = 0; times < 50; ++times)
        ASSERT_EQ(call("POST", import + "/rows", {{"people", empty}}).status, 200);
    EXPECT_EQ(call("POST", import + "/rows", {{"people", series(1, 1)}}).code(), "import_too_large");
    for (int times = 0; times < 8; ++times) open();
    EXPECT_EQ(call("GET", import).code(), "not_found") << "the oldest is forgotten";
}

/// Accounts that may import, each with a token of its own.
class ManyImporters : public ManyPeople {
  protected:
    void SetUp() override {
        ManyPeople::SetUp();
        admin_ = token_;
    }
    /// Adds the account and signs in. The id of the account.
    std::string become(const std::string& name) {
        token_ = admin_;
        auto id =
            add("/accounts", {{"name", json::string(name)}, {"password", "brass-key-58"}, {"role_id", "1"}});
        const auto opened =
            call("POST", "/sessions", {{"account", json::string(name)}, {"password", "brass-key-58"}});
        token_ = json::value_to<std::string>(must(200, opened).at("token"));
        EXPECT_EQ(
            call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}).status,
            204);
        return id;
    }
    std::string admin_;
};

TEST_F(ManyImporters, opening_many_takes_nobody_elses_away) {
    const auto own = open();
    for (const std::string name : {"anna", "bo", "carl"}) {
        become(name);
        for (int times = 0; times < 3; ++times) open();
    }
    become("dora");
    open();
    EXPECT_EQ(call("POST", "/people/import", {{"existing", "refuse"}}).code(), "imports_full");
    token_ = admin_;
    EXPECT_EQ(call("GET", own).status, 200);
}

TEST_F(ManyImporters, those_that_have_ended_keep_nobody_from_importing) {
    std::vector<std::string> ended;
    std::vector<std::string> tokens;
    for (const std::string name : {"anna", "bo", "carl", "dora"}) {
        become(name);
        for (int times = 0; times < 2; ++times) {
            tokens.push_back(token_);
            ended.push_back(open());
            const auto first = 3'000 + static_cast<int>(ended.size());
            EXPECT_THAT(fill(ended.back(), series(first, 1)), IsEmpty());
            EXPECT_EQ(take(ended.back()).at("state"), "done");
            clock_.advance(std::chrono::seconds{1});
        }
    }
    token_ = admin_;
    open();
    token_ = tokens[0];
    EXPECT_EQ(call("GET", ended[0]).code(), "not_found") << "the oldest makes room";
    EXPECT_EQ(call("GET", ended[1]).status, 200);
}

TEST_F(ManyImporters, an_account_with_a_name_that_is_used_again_has_no_import) {
    const auto before = become("anna");
    const auto import = open();
    EXPECT_THAT(fill(import, series(3'000, 1)), IsEmpty());
    token_ = admin_;
    EXPECT_EQ(call("DELETE", "/accounts/" + before).status, 204);
    become("anna");
    EXPECT_EQ(call("GET", import).code(), "not_found");
    EXPECT_EQ(call("POST", import + "/begin").code(), "not_found");
    EXPECT_EQ(call("DELETE", import).code(), "not_found");
}

TEST_F(ManyPeople, each_row_stays_in_the_part_of_the_site_that_is_seen) {
    const auto works = add("/departments", {{"name", "Works"}});
    const auto office = add("/departments", {{"name", "Office"}});
    add("/people", {{"name", "Bo"},
                    {"user_id", "1002"},
                    {"department_id", json::string(office)},
                    {"cards", {{{"number", "B2"}}}}});
    const auto admins = open("change");
    add("/accounts", {{"name", "clerk"},
                      {"password", "brass-key-58"},
                      {"role_id", "1"},
                      {"departments", {json::string(works)}}});
    token_ = json::value_to<std::string>(
        must(200, call("POST", "/sessions", {{"account", "clerk"}, {"password", "brass-key-58"}}))["token"]);
    must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
    EXPECT_EQ(call("GET", admins).code(), "not_found") << "somebody else's";
    const auto import = open("change");
    const json::object cem{{"user_id", "3002"}, {"name", "Cem"}, {"department_id", json::string(works)}};
    auto with_a_card_of_bo = cem;
    with_a_card_of_bo["user_id"] = "3003";
    with_a_card_of_bo["cards"] = {{{"number", "B2"}}};
    const auto reply =
        must(200, call("POST", import + "/rows",
                       {{"people",
                         {{{"user_id", "1002"}, {"name", "Bob"}},
                          {{"user_id", "3001"}, {"name", "Ada"}},
                          {{"user_id", "3004"}, {"name", "Di"}, {"department_id", json::string(office)}},
                          cem,
                          with_a_card_of_bo}}}));
    std::string said;
    std::vector<std::string> fields;
    for (const auto& fault : reply.at("faults").as_array()) {
        fields.push_back(json::value_to<std::string>(fault.at("field")));
        said += json::value_to<std::string>(fault.at("message"));
    }
    EXPECT_THAT(fields, ElementsAre("people.0.user_id", "people.1.department_id", "people.2.department_id",
                                    "people.4.cards.0.number"));
    EXPECT_THAT(said, testing::Not(HasSubstr("Bo.")));
    const auto own = open();
    EXPECT_THAT(fill(own, {cem}), IsEmpty());
    EXPECT_EQ(take(own).at("added"), 1);
}

TEST_F(ManyPeople, what_is_known_of_a_person_is_kept_and_the_log_says_only_that_it_changed) {
    const auto id = add("/people", {{"name", "Anna"},
                                    {"details",
                                     {{"gender", "female"},
                                      {"birthday", "1984-03-29"},
                                      {"phone", "+49 30 1234"},
                                      {"id_type", "passport"},
                                      {"id_number", "C01X00T47"}}}});
    auto changed =
        must(200, call("PATCH", "/people/" + id, {{"details", {{"phone", ""}, {"company", "Berger"}}}}));
    const auto& details = changed["details"];
    EXPECT_EQ(details.at("phone"), "");
    EXPECT_EQ(details.at("company"), "Berger");
    EXPECT_EQ(details.at("birthday"), "1984-03-29") << "what is not sent stays";
    EXPECT_EQ(details.as_object().size(), std::size(server::detail_names));
    for (const auto* time : {"2022-06-08", "2022-06-08T20:18", ""})
        must(200, call("PATCH", "/people/" + id, {{"details", {{"entered_on", time}}}}));
    for (const auto* time : {"2022-06-08T24:00", "2022-06-08T2:18", "2022-02-30T08:00", "2022-06-08 20:18"})
        EXPECT_THAT(call("PATCH", "/people/" + id, {{"details", {{"entered_on", time}}}}).fields(),
                    ElementsAre("details.entered_on:pattern"))
            << time;
    EXPECT_THAT(call("PATCH", "/people/" + id,
                     {{"details", {{"gender", "x"}, {"left_on", "29.3.1984"}, {"shoe_size", "43"}}}})
                    .fields(),
                ElementsAre("details.gender:choice", "details.left_on:pattern", "details.shoe_size:unknown"));
    EXPECT_EQ(call("DELETE", "/people/" + id).status, 204);
    const auto log = json::serialize(must(200, call("GET", "/audit")));
    EXPECT_THAT(log, testing::Not(HasSubstr("C01X00T47")));
    EXPECT_THAT(log, testing::Not(HasSubstr("Berger")));
    EXPECT_THAT(log, HasSubstr(R"("details":["phone","company"])"));
}

}  // namespace
}  // namespace sallyport::tests
