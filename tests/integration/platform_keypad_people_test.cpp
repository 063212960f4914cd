// People whom somebody changed at a keypad, as an operator settles them (platform.md G4).
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"
#include "server/issue/keypad_removals.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

/// The controller Lobby with one door; Anna has the user ID 1001.
class KeypadPeople : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        sql("INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
            "model, firmware, created_at) VALUES (1, 'Lobby', '10.0.0.9', 37777, 'admin', x'00', 'ab', "
            "'given', 'SP1', 'm', 'f', 0);"
            "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
            "duress) "
            "VALUES (21, 1, 1, 'Front', 3, 'card', 1, 60, 0);");
        restart();
        anna_ = must(201, call("POST", "/people", {{"name", "Anna"}})).at("id").as_string();
        must(201, call("POST", "/permission-groups",
                       {{"name", "All"}, {"remark", ""}, {"doors", {"21"}}, {"people", {anna_}}}));
    }
    void sql(const std::string& script) {
        const auto done = ports::write_to(
            *database_, [&](ports::Connection& c) -> base::Status { return c.script(script); });
        ASSERT_TRUE(done) << done.error().message;
    }
    json::array list() { return must(200, call("GET", "/devices/1/keypad-people")).at("items").as_array(); }
    Reply settle(const json::object& body) { return call("POST", "/devices/1/keypad-people", body); }
    std::string rows(const std::string& query) {
        std::string text;
        const auto read = database_->read(
            [&](ports::Connection& c) -> base::Status {
                const auto found = c.query(query);
                if (!found) return std::unexpected(found.error());
                for (const auto& row : *found) text += fmt::format("{} {}\n", row.text(0), row.integer(1));
                return {};
            },
            std::chrono::seconds(5));
        EXPECT_TRUE(read);
        return text;
    }
    json::object last_noted() {
        return must(200, call("GET", "/audit?limit=1")).at("items").at(0).as_object();
    }
    std::string anna_;
};

TEST_F(KeypadPeople, whoever_was_added_becomes_a_person_or_goes) {
    sql("INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '77', 0, 5), (1, '78', 0, 5);"
        "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, kind, "
        "method, "
        "user_id, card, detail) VALUES (1, 1, 1, 1, 5, 0, 5, 'keypad_admin', 'keypad', '77', '0000ABCD', "
        "'user_added')");
    EXPECT_EQ(must(200, call("GET", "/devices/1")).at("keypad_people"), 2);
    auto one = list().at(0).as_object();
    EXPECT_EQ(one.at("change"), "added");
    EXPECT_EQ(one.at("card"), "0000ABCD");
    EXPECT_TRUE(one.at("person").is_null());
    EXPECT_THAT(settle({{"decision", "adopt"}, {"user_id", "77"}}).fields(), ElementsAre("name:missing"));
    EXPECT_THAT(settle({{"decision", "adopt"}}).fields(), ElementsAre("user_id:missing"));
    EXPECT_EQ(settle({{"decision", "adopt"},
                      {"user_id", "77"},
                      {"name", "Bo"},
                      {"cards", {{{"number", "ABCD"}, {"type", "general"}}}}})
                  .status,
              204);
    EXPECT_EQ(last_noted().at("action"), "keypad_person.adopted");
    EXPECT_EQ(last_noted().at("subject").at("name"), "Lobby");
    EXPECT_EQ(must(200, call("GET", "/people?q=0000ABCD")).at("items").at(0).at("name"), "Bo");
    EXPECT_EQ(list().at(0).at("person").at("name"), "Bo") << "until a group lets him in";
    EXPECT_EQ(settle({{"decision", "put_back"}, {"user_id", "78"}}).status, 204);
    EXPECT_TRUE(list().at(1).at("being_removed").as_bool());
    EXPECT_EQ(rows("SELECT user_id, tag FROM keypad_removal"), "78 0\n");
    EXPECT_EQ(settle({{"decision", "put_back"}, {"user_id", "79"}}).code(), "nothing_at_keypad");
    EXPECT_EQ(call("GET", "/devices/2/keypad-people").code(), "not_found");
}

TEST_F(KeypadPeople, whoever_was_deleted_is_failed_there_until_put_back_or_removed) {
    sql("INSERT INTO keypad_removal VALUES (1, '1001', 7, 5)");
    EXPECT_EQ(list().at(0).at("change"), "removed");
    EXPECT_EQ(list().at(0).at("person").at("name"), "Anna");
    auto pair = must(200, call("GET", "/issue-states")).at("items").at(0).as_object();
    EXPECT_EQ(pair.at("state"), "failed");
    EXPECT_EQ(pair.at("reason"), "removed_at_keypad");
    server::Concerned told;
    platform_->on_change([&](const server::Change& change) { told = change.devices; });
    EXPECT_EQ(settle({{"decision", "put_back"}}).status, 204);
    EXPECT_EQ(told, std::set<server::Id>{1});
    EXPECT_EQ(last_noted().at("after").at("count"), 1);
    EXPECT_EQ(must(200, call("GET", "/issue-states")).at("items").at(0).at("state"), "pending");
    EXPECT_EQ(settle({{"decision", "put_back"}}).code(), "nothing_at_keypad");
    sql("INSERT INTO keypad_removal VALUES (1, '1001', 7, 5)");
    EXPECT_EQ(settle({{"decision", "adopt"}, {"user_id", "1001"}}).status, 204);
    EXPECT_EQ(call("GET", "/people/" + anna_).status, 404);
}

TEST_F(KeypadPeople, whoever_was_changed_has_the_new_card_everywhere_or_the_old_one_there) {
    must(200, call("PATCH", "/people/" + anna_, {{"cards", {{{"number", "1"}, {"type", "general"}}}}}));
    sql("INSERT INTO keypad_removal VALUES (1, '1001', 7, 5); INSERT INTO device_entry (device_id, user_id, "
        "tag, since) VALUES (1, '1001', 0, "
        "5)");
    EXPECT_EQ(list().at(0).at("change"), "changed");
    EXPECT_EQ(settle({{"decision", "adopt"},
                      {"user_id", "1001"},
                      {"pin", "2468"},
                      {"cards", {{{"number", "2"}, {"type", "general"}}}}})
                  .status,
              204);
    EXPECT_EQ(last_noted().at("after").at("pin"), "changed");
    const auto anna = must(200, call("GET", "/people/" + anna_));
    EXPECT_EQ(anna.at("cards").at(0).at("number"), "00000002");
    EXPECT_EQ(anna.at("name"), "Anna");
    EXPECT_TRUE(anna.at("has_pin").as_bool());
    EXPECT_EQ(rows("SELECT user_id, tag FROM keypad_removal"), "");
}

TEST_F(KeypadPeople, an_entry_of_the_keypad_goes_with_what_bars_its_person_here) {
    const auto goes = [&] {
        const auto held = ports::read_from(
            *database_, [&](ports::Connection& c) { return server::load_removals(c, 1, clock_.utc()); });
        EXPECT_TRUE(held);
        return held->contains(base::UserId::from("77").value());
    };
    sql("INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '77', 0, 5)");
    EXPECT_FALSE(goes()) << "nobody here has that user ID";
    const json::object cards{{"cards", {{{"number", "ABCD"}, {"type", "general"}}}}};
    EXPECT_EQ(settle({{"decision", "adopt"}, {"user_id", "77"}, {"name", "Bo"}, {"cards", cards.at("cards")}})
                  .status,
              204);
    EXPECT_FALSE(goes()) << "until a group is chosen it stays as it is";
    const auto bo =
        std::string(must(200, call("GET", "/people?q=77")).at("items").at(0).at("id").as_string());
    const auto changed = [&](const json::object& patch) { must(200, call("PATCH", "/people/" + bo, patch)); };
    server::Concerned told;
    platform_->on_change([&](const server::Change& change) { told = change.devices; });
    changed({{"type", "blocklist"}});
    EXPECT_EQ(told, std::set<server::Id>{1}) << "without any group";
    EXPECT_TRUE(goes());
    changed({{"type", "general"}, {"valid_to", "2026-01-01T00:00:00Z"}});
    EXPECT_TRUE(goes());
    changed({{"valid_to", nullptr}});
    EXPECT_FALSE(goes());
    const auto denied =
        must(201, call("POST", "/permission-groups",
                       {{"name", "No"}, {"effect", "deny"}, {"doors", {"21"}}, {"people", {bo}}}));
    EXPECT_TRUE(goes());
    EXPECT_EQ(call("DELETE", "/permission-groups/" + std::string(denied.at("id").as_string())).status, 204);
    EXPECT_FALSE(goes());
    changed({{"cards", {{{"number", "ABCD"}, {"type", "general"}, {"status", "lost"}}}}});
    EXPECT_TRUE(goes());
}

TEST_F(KeypadPeople, an_entry_that_becomes_known_later_goes_by_when_it_may_have_been_made) {
    const auto at = [&](int minutes) { return clock_.utc().microseconds + minutes * 60'000'000LL; };
    const auto held = [&] {
        std::string all;
        const auto removals = ports::read_from(
            *database_, [&](ports::Connection& c) { return server::load_removals(c, 1, clock_.utc()); });
        for (const auto& [user, tag] : removals.value()) all += user.text() + " ";
        return all;
    };
    int event = 0;
    /// Found an hour from now; made, and its record received, at these minutes.
    const auto found = [&](const std::string& user, int made, int received) {
        ++event;
        sql(
            fmt::format("INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '{}', 0, {});"
                        "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, "
                        "received_at, kind, method, user_id, card, detail) VALUES ({}, 1, 1, {}, {}, 0, {}, "
                        "'keypad_admin', 'keypad', '{}', '0000AB{:02}', 'user_added')",
                        user, at(60), event, event, at(made), at(received), user, event));
    };
    const auto unrecorded = [&](const std::string& user, const std::string& not_before) {
        sql(
            fmt::format("INSERT INTO device_entry (device_id, user_id, tag, since, not_before) VALUES (1, "
                        "'{}', 0, {}, {})",
                        user, at(60), not_before));
    };
    // Cards 1 and 2 of Anna are lost now; four people, 2001 to 2004, are removed, and one becomes 3001.
    const auto cards = [](const char* status) {
        return json::object{{"cards",
                             {{{"number", "AB01"}, {"type", "general"}, {"status", status}},
                              {{"number", "AB02"}, {"type", "general"}, {"status", status}}}}};
    };
    must(200, call("PATCH", "/people/" + anna_, cards("active")));
    must(200, call("PATCH", "/people/" + anna_, cards("lost")));
    const auto person = [&](const char* user) {
        return std::string(
            must(201, call("POST", "/people", {{"name", user}, {"user_id", user}})).at("id").as_string());
    };
    for (const auto* user : {"2001", "2002", "2003", "2004"})
        EXPECT_EQ(call("DELETE", "/people/" + person(user) + "?personal_data=erase").status, 204);
    must(200, call("PATCH", "/people/" + person("3000"), {{"user_id", "3001"}}));

    found("1001", -5, 55);
    EXPECT_EQ(held(), "1001 ");
    found("77", 50, 50);
    EXPECT_EQ(held(), "1001 77 ") << "whoever has a lost card";
    sql("DELETE FROM device_entry");
    found("2001", 10, 10);
    EXPECT_EQ(held(), "") << "added again after the removal";
    found("2002", 10, 55);
    EXPECT_EQ(held(), "2002 ") << "a record that comes later is not good to an hour";
    found("2003", 120, 0);
    EXPECT_EQ(held(), "2002 2003 ") << "nor is one of a clock that is ahead";
    found("3000", -5, 55);
    EXPECT_EQ(held(), "2002 2003 3000 ");
    sql("DELETE FROM device_entry");
    unrecorded("2004", "NULL");
    EXPECT_EQ(held(), "2004 ") << "a controller that has just been added";
    unrecorded("2002", fmt::to_string(at(-5)));
    unrecorded("2003", fmt::to_string(at(5)));
    unrecorded("1001", fmt::to_string(at(5)));
    EXPECT_EQ(held(), "1001 2002 2004 ") << "the record of before may be of this entry";
}

TEST_F(KeypadPeople, an_entry_of_the_keypad_goes_with_its_person_or_the_user_id) {
    sql("INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '77', 0, 5), (1, '78', 0, 5)");
    for (const auto* user : {"77", "78"})
        EXPECT_EQ(settle({{"decision", "adopt"}, {"user_id", user}, {"name", user}}).status, 204);
    const auto id = [&](const char* user) {
        return std::string(
            must(200, call("GET", fmt::format("/people?q={}", user))).at("items").at(0).at("id").as_string());
    };
    EXPECT_EQ(call("DELETE", "/people/" + id("77")).status, 204);
    EXPECT_EQ(rows("SELECT user_id, tag FROM keypad_removal"), "77 0\n");
    must(200, call("PATCH", "/people/" + id("78"), {{"user_id", "79"}}));
    EXPECT_EQ(rows("SELECT user_id, tag FROM keypad_removal ORDER BY user_id"), "77 0\n78 0\n");
}

TEST_F(KeypadPeople, a_refusal_is_forgotten_when_somebody_tries_again) {
    sql("INSERT INTO issue_failure VALUES (1, '1001', 7, 'card_taken', '', 5), (1, '1002', 7, 'card_taken', "
        "'', "
        "5)");
    EXPECT_EQ(must(200, call("GET", "/devices/1")).at("refused_people"), 2);
    EXPECT_EQ(call("POST", "/devices/1/issue-retries", {{"person_id", "99"}}).code(), "not_found");
    EXPECT_EQ(call("POST", "/devices/1/issue-retries", {{"person_id", anna_}}).status, 204);
    EXPECT_EQ(last_noted().at("after").at("person").at("name"), "Anna");
    EXPECT_EQ(must(200, call("GET", "/devices/1")).at("refused_people"), 1);
    EXPECT_EQ(call("POST", "/devices/1/issue-retries", json::object()).status, 204);
    EXPECT_EQ(must(200, call("GET", "/devices/1")).at("refused_people"), 0);
    EXPECT_EQ(call("POST", "/devices/9/issue-retries", json::object()).code(), "not_found");
}

}  // namespace
}  // namespace sallyport::tests
