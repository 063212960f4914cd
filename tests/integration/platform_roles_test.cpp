// Accounts, roles and the part of the site that an account sees (platform.md S3, S4; api/openapi.yaml).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Two buildings with a device and a door in each, two departments with a person in each, one group over
/// both.
class Operators : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        north_ = add("/areas", {{"name", "North"}});
        south_ = add("/areas", {{"name", "South"}});
        works_ = add("/departments", {{"name", "Works"}});
        office_ = add("/departments", {{"name", "Office"}});
        add_devices();
        anna_ = add("/people", {{"name", "Anna"},
                                {"user_id", "1001"},
                                {"department_id", json::string(works_)},
                                {"cards", {{{"number", "A1"}}}}});
        bo_ = add("/people", {{"name", "Bo"},
                              {"user_id", "1002"},
                              {"department_id", json::string(office_)},
                              {"cards", {{{"number", "B2"}}}}});
        both_ = add("/permission-groups", {{"name", "Both"},
                                           {"doors", {"11", "12"}},
                                           {"people", {json::string(anna_), json::string(bo_)}}});
        admin_ = token_;
    }
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    void add_devices() {
        const auto outcome = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            std::string sql;
            for (const auto& [id, area] : {std::pair{1, north_}, {2, south_}}) {
                const auto n = std::to_string(id);
                sql +=
                    "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
                    "serial, model, firmware, created_at, area_id) VALUES (" +
                    n + ", 'Device " + n + "', '10.0.0." + n +
                    "', 37777, 'admin', x'00', 'ab', 'given', 'SP" + n + "', 'm', 'f', 0, " + area +
                    "); INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, "
                    "overtime_s, duress) VALUES (1" +
                    n + ", " + n + ", 1, 'Door " + n +
                    "', 3, 'card', 1, 60, 0); INSERT INTO event (id, device_id, door_id, generation, "
                    "sequence, at, utc_offset_s, received_at, kind, result, user_id, person_id, card) SELECT "
                    "10" +
                    n + ", " + n + ", 1" + n +
                    ", 1, 1, 1774745990000000, 0, 1774745990000000, "
                    "'access', 'granted', '100" +
                    n + "', NULL, '000000A" + n + "';";
            }
            return c.script(sql);
        });
        ASSERT_TRUE(outcome) << outcome.error().message;
        restart();
    }
    /// Signs in as a new account with that role, which then has a password of its own.
    void become(const std::string& name, const std::string& role, const json::value& areas,
                const json::value& departments) {
        token_ = admin_;
        must(201, call("POST", "/accounts",
                       {{"name", json::string(name)},
                        {"password", "brass-key-58"},
                        {"role_id", json::string(role)},
                        {"areas", areas},
                        {"departments", departments}}));
        sign_in(name, "brass-key-58");
        EXPECT_EQ(call("GET", "/doors").code(), "password_change_needed");
        EXPECT_EQ(
            call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}).status,
            204);
    }
    void become_guard_of_north(const std::string& role = "1") {
        become("guard", role, {json::string(north_)}, {json::string(works_)});
    }
    void sign_in(const std::string& name, const std::string& password) {
        const auto session =
            must(200, call("POST", "/sessions",
                           {{"account", json::string(name)}, {"password", json::string(password)}}));
        token_ = json::value_to<std::string>(session.at("token"));
    }
    std::vector<std::string> names(const std::string& path) {
        std::vector<std::string> all;
        for (const auto& item : must(200, call("GET", path))["items"].as_array())
            all.push_back(json::value_to<std::string>(item.at("name")));
        return all;
    }
    std::string north_, south_, works_, office_, anna_, bo_, both_, admin_;
};

TEST_F(Operators, lists_show_a_part_of_the_site_only) {
    become_guard_of_north();
    EXPECT_THAT(names("/areas"), ElementsAre("North"));
    EXPECT_THAT(names("/departments"), ElementsAre("Works"));
    EXPECT_THAT(names("/devices"), ElementsAre("Device 1"));
    EXPECT_THAT(names("/doors"), ElementsAre("Door 1"));
    EXPECT_THAT(names("/doors?area=" + south_), IsEmpty());
    EXPECT_THAT(names("/people"), ElementsAre("Anna"));
    EXPECT_THAT(names("/people?q=Bo"), IsEmpty());
    EXPECT_THAT(names("/people?department=" + office_), IsEmpty());
    const auto events = must(200, call("GET", "/events")).at("items").as_array();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events.at(0).at("door_id"), "11");
    EXPECT_THAT(call("GET", "/audit").text, Not(HasSubstr("Bo")));
}

/// A second door of the first device, which is in the other area.
class MixedDevice : public Operators {
  protected:
    void SetUp() override {
        Operators::SetUp();
        const auto outcome = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(
                "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
                "duress, area_id) VALUES (13, 1, 2, 'Far door', 3, 'card', 1, 60, 0, " +
                south_ + ");");
        });
        ASSERT_TRUE(outcome) << outcome.error().message;
        clock_.advance(std::chrono::seconds{1});
        restart();
    }
};

TEST_F(MixedDevice, an_event_at_a_door_here_does_not_name_a_controller_elsewhere) {
    const auto stored = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
        return c.script(
            "INSERT INTO event (id, device_id, door_id, generation, sequence, at, utc_offset_s, received_at, "
            "kind) VALUES (103, 1, 13, 1, 3, 1, 0, 1, 'door_opened')");
    });
    ASSERT_TRUE(stored);
    EXPECT_EQ(must(200, call("GET", "/events/103")).at("device_name"), "Device 1");
    become("south", "1", {json::string(south_)}, nullptr);
    const auto event = must(200, call("GET", "/events/103"));
    EXPECT_EQ(event.at("door_name"), "Far door");
    EXPECT_TRUE(event.at("device_name").is_null());
}

TEST_F(MixedDevice, what_touches_doors_elsewhere_is_for_who_sees_them) {
    become_guard_of_north();
    EXPECT_EQ(call("DELETE", "/devices/1").code(), "beyond_your_part");
    EXPECT_EQ(call("PATCH", "/devices/1", {{"name", "Mine"}}).code(), "beyond_your_part");
    EXPECT_EQ(call("POST", "/devices/1/restart").code(), "beyond_your_part");
    EXPECT_EQ(call("POST", "/devices/1/password", {{"password", "brass-bolt-58"}}).code(),
              "beyond_your_part");
    EXPECT_EQ(call("POST", "/devices/1/address", {{"address", "10.0.0.8"}}).code(), "beyond_your_part");
    EXPECT_EQ(call("POST", "/devices/1/keypad-people", {{"decision", "put_back"}}).code(),
              "beyond_your_part");
    EXPECT_THAT(names("/devices"), ElementsAre("Device 1")) << "it is seen all the same";
    token_ = admin_;
    EXPECT_EQ(call("DELETE", "/devices/1").status, 204);
}

TEST_F(MixedDevice, the_audit_log_of_a_part_names_nobody_elsewhere) {
    const auto mover = add("/people", {{"name", "Cleo"}, {"department_id", json::string(office_)}});
    must(200, call("PATCH", "/people/" + mover, {{"department_id", json::string(works_)}}));
    must(200, call("PATCH", "/doors/11/rules",
                   {{"groups", {{{"people", {json::string(anna_), json::string(bo_)}}, {"needed", 1}}}}}));
    add("/interlocks", {{"name", "Sluice"}, {"doors", {"11", "13"}}});
    add("/passback-areas", {{"name", "Yard"}, {"entries", {{{"door_id", "13"}, {"direction", "entry"}}}}});
    const auto whole = call("GET", "/audit").text;
    for (const auto* named : {"Office", "Bo", "Sluice", "Yard", "Far door"})
        EXPECT_THAT(whole, HasSubstr(named));
    become_guard_of_north();
    const auto audit = call("GET", "/audit").text;
    for (const auto* named : {"Office", "\"Bo\"", "Sluice", "Yard", "Far door", "South"})
        EXPECT_THAT(audit, Not(HasSubstr(named)));
    for (const auto* named : {"Cleo", "Anna", "Works", "door.rules_changed", "Door 1"})
        EXPECT_THAT(audit, HasSubstr(named)) << "of the own part";
    const auto found = [&](const char* words) {
        return must(200, call("GET", fmt::format("/audit?action=person.changed&q={}", words)))
            .at("items")
            .as_array()
            .size();
    };
    EXPECT_EQ(found("Cleo"), 1U);
    EXPECT_EQ(found("Office"), 0U) << "what is left out is not told by being found either";
    token_ = admin_;
    EXPECT_EQ(found("Office"), 1U);
}

/// Whom somebody added at the keypad of a controller here, with a card of somebody in another department.
class AtTheKeypad : public Operators {
  protected:
    void SetUp() override {
        Operators::SetUp();
        const auto stored = ports::write_to(*database_, [](ports::Connection& c) {
            return c.script(
                "INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '1001', 0, 5), (1, "
                "'1002', 0, "
                "5), (1, '77', 0, 5);"
                "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, "
                "kind, "
                "method, user_id, card, detail) VALUES (51, 1, 1, 51, 5, 0, 5, 'keypad_admin', 'keypad', "
                "'77', '000000B2', 'user_added'), (52, 1, 1, 52, 5, 0, 5, 'keypad_admin', 'keypad', '1001', "
                "'000000A1', 'user_added')");
        });
        ASSERT_TRUE(stored) << stored.error().message;
    }
    /// "user_id card" of each.
    std::vector<std::string> listed() {
        std::vector<std::string> all;
        for (const auto& one : must(200, call("GET", "/devices/1/keypad-people")).at("items").as_array())
            all.push_back(json::value_to<std::string>(one.at("user_id")) + " " +
                          (one.at("card").is_null() ? "-" : json::value_to<std::string>(one.at("card"))));
        return all;
    }
    int put_back(const json::object& whom) {
        auto body = whom;
        body["decision"] = "put_back";
        return call("POST", "/devices/1/keypad-people", body).status;
    }
};

TEST_F(AtTheKeypad, who_is_in_a_department_that_is_not_seen_is_not_told) {
    EXPECT_THAT(listed(), ElementsAre("1001 000000A1", "1002 -", "77 000000B2"));
    become_guard_of_north();
    EXPECT_THAT(listed(), ElementsAre("1001 000000A1", "77 -"));
    EXPECT_EQ(put_back({{"user_id", "1002"}}), 409);
    EXPECT_EQ(put_back({}), 204);
    token_ = admin_;
    EXPECT_EQ(must(200, call("GET", "/audit?limit=1")).at("items").at(0).at("after").at("count"), 2);
}

TEST_F(AtTheKeypad, only_those_who_are_seen_are_counted) {
    const auto stored = ports::write_to(*database_, [](ports::Connection& c) {
        return c.script(
            "INSERT INTO keypad_removal VALUES (2, '1002', 7, 5); INSERT INTO issue_failure VALUES "
            "(1, '1001', 7, 'card_taken', '', 5), (1, '1002', 7, 'card_taken', '', 5), "
            "(1, '78', 7, 'card_taken', '', 5)");
    });
    ASSERT_TRUE(stored) << stored.error().message;
    using Counts = std::vector<std::pair<std::int64_t, std::int64_t>>;
    const auto counts = [](const json::value& device) {
        return std::pair(device.at("keypad_people").as_int64(), device.at("refused_people").as_int64());
    };
    /// At the keypad, and refused, of each controller.
    const auto counted = [&] {
        Counts all;
        for (const auto& device : must(200, call("GET", "/devices")).at("items").as_array()) {
            all.push_back(counts(device));
            const auto path = "/devices/" + json::value_to<std::string>(device.at("id"));
            EXPECT_EQ(counts(must(200, call("GET", path))), all.back());
        }
        return all;
    };
    EXPECT_EQ(counted(), (Counts{{3, 3}, {1, 0}}));
    become_guard_of_north();
    EXPECT_EQ(counted(), (Counts{{2, 1}})) << "Anna and whoever 77 is";
    become("office", "1", nullptr, {json::string(office_)});
    EXPECT_EQ(counted(), (Counts{{2, 1}, {1, 0}}));
    become("nobody", "1", nullptr, json::array());
    EXPECT_EQ(counted(), (Counts{{1, 0}, {0, 0}}));
    become("all", "3", nullptr, nullptr);
    EXPECT_EQ(counted(), (Counts{{3, 3}, {1, 0}}));
}

TEST_F(AtTheKeypad, the_audit_log_of_a_part_has_no_user_id_of_somebody_elsewhere) {
    for (const auto* user : {"1001", "1002"}) EXPECT_EQ(put_back({{"user_id", user}}), 204);
    EXPECT_THAT(call("GET", "/audit").text, HasSubstr("\"1002\""));
    become_guard_of_north();
    const auto audit = call("GET", "/audit?action=keypad_person.put_back");
    ASSERT_EQ(audit.body.at("items").as_array().size(), 2U);
    EXPECT_THAT(audit.text, HasSubstr("\"1001\""));
    EXPECT_THAT(audit.text, Not(HasSubstr("1002")));
    EXPECT_THAT(call("GET", "/audit").text, Not(HasSubstr("\"1002\"")));
}

TEST_F(Operators, a_name_that_is_used_again_reads_nothing_of_who_had_it_before) {
    become("guard", "1", nullptr, nullptr);
    add("/people", {{"name", "Dora"}, {"department_id", json::string(office_)}});
    token_ = admin_;
    for (const auto& account : must(200, call("GET", "/accounts")).at("items").as_array())
        if (account.at("name") == "guard")
            EXPECT_EQ(call("DELETE", "/accounts/" + json::value_to<std::string>(account.at("id"))).status,
                      204);
    clock_.advance(std::chrono::seconds{1});
    become_guard_of_north();
    const auto audit = call("GET", "/audit").text;
    EXPECT_THAT(audit, Not(HasSubstr("Dora")));
    EXPECT_THAT(audit, HasSubstr("account.password_changed")) << "what this one did itself";
}

TEST_F(Operators, who_is_narrowed_to_a_part_reads_nothing_of_what_he_did_elsewhere) {
    become("guard", "1", nullptr, nullptr);
    add("/people", {{"name", "Dora"}, {"department_id", json::string(office_)}});
    add("/people", {{"name", "Emil"}, {"department_id", json::string(works_)}});
    EXPECT_THAT(call("GET", "/audit").text, HasSubstr("Dora"));
    token_ = admin_;
    for (const auto& account : must(200, call("GET", "/accounts")).at("items").as_array())
        if (account.at("name") == "guard")
            must(200, call("PATCH", "/accounts/" + json::value_to<std::string>(account.at("id")),
                           {{"areas", {json::string(north_)}}, {"departments", {json::string(works_)}}}));
    sign_in("guard", "silver-lock-91");
    const auto audit = call("GET", "/audit").text;
    EXPECT_THAT(audit, Not(HasSubstr("Dora")));
    EXPECT_THAT(audit, HasSubstr("Emil"));
    EXPECT_THAT(audit, HasSubstr("account.password_changed")) << "has no place in the tree";
}

TEST_F(MixedDevice, no_refusal_names_what_is_elsewhere) {
    add("/passback-areas",
        {{"name", "Yard"},
         {"entries",
          {{{"door_id", "11"}, {"direction", "entry"}}, {{"door_id", "13"}, {"direction", "entry"}}}}});
    must(200, call("PATCH", "/doors/12/rules",
                   {{"groups", {{{"people", {json::string(anna_)}}, {"needed", 1}}}}}));
    const json::object mine{{"name", "Hall"}, {"entries", {{{"door_id", "11"}, {"direction", "entry"}}}}};
    EXPECT_THAT(call("POST", "/passback-areas", mine).text, HasSubstr("Yard"));
    EXPECT_THAT(call("DELETE", "/people/" + anna_).text, HasSubstr("Door 2"));
    become_guard_of_north();
    const auto taken = call("POST", "/passback-areas", mine);
    EXPECT_EQ(taken.code(), "reader_taken");
    EXPECT_THAT(taken.text, Not(HasSubstr("Yard")));
    const auto waits = call("DELETE", "/people/" + anna_);
    EXPECT_EQ(waits.code(), "door_waits_for_person");
    EXPECT_THAT(waits.text, Not(HasSubstr("Door 2")));
}

TEST_F(Operators, trees_are_read_by_who_knows_of_what_lives_in_them) {
    const auto no_part = add("/roles", {{"name", "Caretaker"}, {"rights", {{"settings", "edit"}}}});
    const auto people = add("/roles", {{"name", "Office"}, {"rights", {{"people", "view"}}}});
    become("caretaker", no_part, nullptr, nullptr);
    for (const auto& path :
         {std::string("/areas"), "/areas/" + north_, std::string("/departments"), "/departments/" + works_})
        EXPECT_EQ(call("GET", path).code(), "forbidden") << path;
    become("clerk", people, nullptr, nullptr);
    EXPECT_EQ(call("GET", "/areas").code(), "forbidden");
    EXPECT_THAT(names("/departments"), ElementsAre("Office", "Works"));
}

TEST_F(Operators, counts_are_of_the_part_as_well) {
    const std::string range = "/events/histogram?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&buckets=1";
    EXPECT_EQ(must(200, call("GET", range)).at("items").at(0).at("granted"), 2);
    become_guard_of_north();
    EXPECT_EQ(must(200, call("GET", range)).at("items").at(0).at("granted"), 1);
}

TEST_F(Operators, foreign_ids_answer_as_unknown_ones) {
    become_guard_of_north();
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"/devices/2", "/devices/99"},     {"/doors/12", "/doors/99"},
        {"/people/" + bo_, "/people/99"},  {"/events/102", "/events/99"},
        {"/areas/" + south_, "/areas/99"}, {"/departments/" + office_, "/departments/99"}};
    for (const auto& [foreign, unknown] : pairs) {
        const auto a = call("GET", foreign), b = call("GET", unknown);
        EXPECT_EQ(a.status, 404) << foreign;
        EXPECT_EQ(a.text, b.text) << foreign;
    }
    for (const auto& path : {"/devices/2", "/doors/12"})
        EXPECT_EQ(call("PATCH", path, {{"name", "Mine"}}).code(), "not_found");
    EXPECT_EQ(call("PATCH", "/people/" + bo_, {{"name", "Mine"}}).code(), "not_found");
    EXPECT_EQ(call("DELETE", "/people/" + bo_).code(), "not_found");
    EXPECT_EQ(call("DELETE", "/devices/2").code(), "not_found");
    EXPECT_EQ(call("DELETE", "/areas/" + south_).code(), "not_found");
    EXPECT_EQ(call("POST", "/doors/12/commands", {{"command", "open"}}).code(), "not_found");
    EXPECT_EQ(call("POST", "/doors/12/keypad-changes", {{"decision", "adopt"}}).code(), "not_found");
    EXPECT_THAT(call("PATCH", "/doors/11", {{"area_id", json::string(south_)}}).fields(),
                ElementsAre("area_id:not_found"));
}

TEST_F(Operators, nothing_is_put_outside_of_the_part) {
    become_guard_of_north();
    EXPECT_THAT(call("POST", "/people", {{"name", "Cy"}}).fields(), ElementsAre("department_id:missing"));
    EXPECT_THAT(call("POST", "/people", {{"name", "Cy"}, {"department_id", json::string(office_)}}).fields(),
                ElementsAre("department_id:not_found"));
    EXPECT_THAT(call("PATCH", "/people/" + anna_, {{"department_id", nullptr}}).fields(),
                ElementsAre("department_id:missing"));
    EXPECT_THAT(call("POST", "/areas", {{"name", "Top"}}).fields(), ElementsAre("parent_id:missing"));
    const auto hall = add("/areas", {{"name", "Hall"}, {"parent_id", json::string(north_)}});
    EXPECT_THAT(call("PATCH", "/areas/" + hall, {{"parent_id", json::string(south_)}}).fields(),
                ElementsAre("parent_id:not_found"));
    // Who has what is taken is not told of people elsewhere.
    const auto taken = call("POST", "/people",
                            {{"name", "Cy"}, {"user_id", "1002"}, {"department_id", json::string(works_)}});
    EXPECT_EQ(taken.code(), "user_id_taken");
    EXPECT_THAT(taken.text, Not(HasSubstr("Bo")));
}

TEST_F(Operators, a_group_over_more_than_the_part_is_seen_in_part_and_not_touched) {
    must(200, call("PATCH", "/permission-groups/" + both_, {{"departments", {json::string(office_)}}}));
    const auto elsewhere =
        add("/permission-groups", {{"name", "Elsewhere"}, {"departments", {json::string(office_)}}});
    become_guard_of_north();
    EXPECT_EQ(call("GET", "/permission-groups/" + elsewhere).code(), "not_found");
    const auto group = must(200, call("GET", "/permission-groups/" + both_));
    EXPECT_THAT(group.at("doors").as_array(), ElementsAre("11"));
    EXPECT_EQ(group.at("people").as_array().size(), 1U);
    EXPECT_TRUE(group.at("departments").as_array().empty());
    EXPECT_EQ(group.at("members"), 1);
    EXPECT_EQ(call("PATCH", "/permission-groups/" + both_, {{"doors", {"11"}}}).code(), "beyond_your_part");
    EXPECT_EQ(call("DELETE", "/permission-groups/" + both_).code(), "beyond_your_part");
    EXPECT_THAT(call("POST", "/permission-groups", {{"name", "Mine"}, {"doors", {"11", "12"}}}).fields(),
                ElementsAre("doors.1:not_found"));
    const auto mine =
        add("/permission-groups", {{"name", "Mine"}, {"doors", {"11"}}, {"people", {json::string(anna_)}}});
    must(200, call("PATCH", "/permission-groups/" + mine, {{"remark", "of North"}}));
    EXPECT_EQ(call("POST", "/time-templates", {{"name", "x"}}).code(), "whole_site_only");
    const auto pairs = must(200, call("GET", "/issue-states")).at("items").as_array();
    for (const auto& pair : pairs) EXPECT_EQ(pair.at("door_id"), "11");
    EXPECT_FALSE(pairs.empty());
}

TEST_F(Operators, a_group_without_members_is_for_who_sees_the_whole_site) {
    const auto empty = "/permission-groups/" + add("/permission-groups", {{"name", "Empty"}});
    const auto drafts = add("/roles", {{"name", "Drafts"}, {"rights", {{"permissions", "edit"}}}});
    EXPECT_THAT(names("/permission-groups"), ElementsAre("Both", "Empty"));
    int n = 0;
    for (const std::string role : {"1", "2", drafts.c_str()}) {
        const auto account = "part" + std::to_string(++n);
        become(account, role, {json::string(north_)}, {json::string(works_)});
        EXPECT_THAT(names("/permission-groups"), ElementsAre("Both")) << role;
        EXPECT_EQ(call("GET", empty).code(), "not_found") << role;
        if (role == "2") continue;  // sees them only
        EXPECT_EQ(call("PATCH", empty, {{"doors", {"11"}}}).code(), "not_found") << role;
        EXPECT_EQ(call("DELETE", empty).code(), "not_found") << role;
        EXPECT_EQ(call("POST", "/permission-groups", {{"name", "None"}}).code(), "group_without_members");
        const auto mine = "/permission-groups/" +
                          add("/permission-groups", {{"name", json::string(account)}, {"doors", {"11"}}});
        EXPECT_EQ(call("PATCH", mine, {{"doors", json::array()}}).code(), "group_without_members");
        EXPECT_EQ(must(200, call("GET", mine)).at("doors").as_array().size(), 1U) << "nothing was changed";
        const auto taken = call("PATCH", mine, {{"name", "Empty"}});
        EXPECT_EQ(taken.code(), "name_taken");
        EXPECT_THAT(taken.text, Not(HasSubstr(empty.substr(empty.rfind('/') + 1))));
        EXPECT_EQ(call("DELETE", mine).status, 204);
    }
    become("whole", drafts, nullptr, nullptr);
    EXPECT_EQ(call("DELETE", empty).status, 204);
}

TEST_F(Operators, who_came_is_not_told_of_people_elsewhere) {
    become("keeper", "2", nullptr, {json::string(works_)});  // every door, one department
    const auto by_card = ports::write_to(*database_, [&](ports::Connection& c) {
        return c.script(
            "INSERT INTO event (id, device_id, door_id, generation, sequence, at, utc_offset_s, received_at, "
            "kind, result, reason, person_id, card) SELECT 103, 1, 11, 1, 2, at, 0, at, kind, 'denied', "
            "'unknown_card', " +
            bo_ + ", '000000B2' FROM event WHERE id = 101");
    });
    ASSERT_TRUE(by_card) << by_card.error().message;
    const auto events = must(200, call("GET", "/events")).at("items").as_array();
    EXPECT_EQ(events.size(), 3U);
    for (const auto& event : events) {
        EXPECT_TRUE(event.at("card").is_null());
        EXPECT_TRUE(event.at("person").is_null());
    }
    EXPECT_TRUE(must(200, call("GET", "/events?card=A1")).at("items").as_array().empty());
}

TEST_F(Operators, E4_card_numbers_are_for_those_who_may_see_people) {
    const auto role =
        add("/roles", {{"name", "Auditor"}, {"rights", {{"events", "view"}, {"audit", "view"}}}});
    for (const auto* path : {"/events", "/events?card=A1", "/audit"})
        EXPECT_THAT(call("GET", path).text, HasSubstr("000000A1")) << "the administrator";
    become("auditor", role, nullptr, nullptr);
    const auto events = call("GET", "/events");
    EXPECT_EQ(must(200, events).at("items").as_array().size(), 2U);
    EXPECT_THAT(events.text, HasSubstr("\"user_id\":\"1001\"")) << "who came is told";
    EXPECT_THAT(events.text, Not(HasSubstr("000000A")));
    EXPECT_THAT(call("GET", "/events/101").text, Not(HasSubstr("000000A1")));
    EXPECT_EQ(call("GET", "/events?card=A1").code(), "forbidden");
    const auto range = "/events/histogram?card=A1&from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    EXPECT_EQ(call("GET", range).code(), "forbidden");
    const auto audit = call("GET", "/audit");
    EXPECT_THAT(audit.text, HasSubstr("person.added"));
    EXPECT_THAT(audit.text, Not(HasSubstr("000000A1")));
}

TEST_F(Operators, nobody_gives_more_than_they_have) {
    const auto role =
        add("/roles", {{"name", "Front desk"}, {"rights", {{"accounts", "administer"}, {"people", "edit"}}}});
    become("desk", role, nullptr, nullptr);
    const json::value rights{{"doors", "control"}};
    EXPECT_EQ(call("POST", "/roles", {{"name", "Own"}, {"rights", rights}}).code(), "beyond_your_rights");
    EXPECT_EQ(call("POST", "/accounts", {{"name", "friend"}, {"password", "brass-key-58"}, {"role_id", "1"}})
                  .code(),
              "beyond_your_rights");
    for (const auto& account : must(200, call("GET", "/accounts")).at("items").as_array()) {
        if (account.at("name") != "admin") continue;
        const auto path = "/accounts/" + json::value_to<std::string>(account.at("id"));
        EXPECT_EQ(call("PATCH", path, {{"password", "brass-key-58"}}).code(), "beyond_your_rights");
        EXPECT_EQ(call("DELETE", path).code(), "beyond_your_rights");
    }
}

TEST_F(Operators, the_last_administrator_stays) {
    const auto admin =
        json::value_to<std::string>(must(200, call("GET", "/accounts")).at("items").at(0).at("id"));
    EXPECT_EQ(call("PATCH", "/accounts/" + admin, {{"role_id", "2"}}).code(), "last_administrator");
    EXPECT_EQ(call("PATCH", "/accounts/" + admin, {{"areas", {json::string(north_)}}}).code(),
              "last_administrator");
    EXPECT_EQ(call("DELETE", "/accounts/" + admin).code(), "own_account");
    become("second", "1", nullptr, nullptr);
    EXPECT_EQ(call("DELETE", "/accounts/" + admin).status, 204);
    token_ = admin_;
    EXPECT_EQ(call("GET", "/me").code(), "unauthenticated");
}

TEST_F(Operators, a_changed_role_holds_at_once) {
    const auto role = add("/roles", {{"name", "Gate"}, {"rights", {{"doors", "view"}}}});
    become("guard", role, nullptr, nullptr);
    const auto guard = token_;
    EXPECT_EQ(call("GET", "/people").code(), "forbidden");
    token_ = admin_;
    must(200, call("PATCH", "/roles/" + role, {{"rights", {{"people", "view"}}}}));
    token_ = guard;
    EXPECT_EQ(call("GET", "/people").status, 200);
    EXPECT_EQ(call("GET", "/doors").code(), "forbidden");
    token_ = admin_;
    EXPECT_EQ(call("DELETE", "/roles/" + role).code(), "role_in_use");
    EXPECT_EQ(call("DELETE", "/roles/1").code(), "built_in");
}

TEST_F(Operators, a_new_password_ends_the_other_sessions) {
    become("anna", "2", nullptr, nullptr);
    const auto first = token_;
    sign_in("anna", "silver-lock-91");
    EXPECT_THAT(call("POST", "/me/password", {{"old", "wrong"}, {"password", "golden-gate-17"}}).fields(),
                ElementsAre("old:wrong"));
    EXPECT_THAT(call("POST", "/me/password", {{"old", "silver-lock-91"}, {"password", "anna"}}).fields(),
                Not(IsEmpty()));
    EXPECT_EQ(
        call("POST", "/me/password", {{"old", "silver-lock-91"}, {"password", "golden-gate-17"}}).status,
        204);
    EXPECT_EQ(call("GET", "/me").status, 200);
    token_ = first;
    EXPECT_EQ(call("GET", "/me").code(), "unauthenticated");
}

TEST_F(Operators, an_old_password_is_pointed_out) {
    EXPECT_EQ(must(200, call("GET", "/me")).at("password_change"), "none");
    clock_.advance(std::chrono::hours{24 * 181});
    const auto login = json::object{{"account", "admin"}, {"password", "correct-horse-7"}};
    token_ = json::value_to<std::string>(must(200, call("POST", "/sessions", login)).at("token"));
    EXPECT_EQ(must(200, call("GET", "/me")).at("password_change"), "due");
}

TEST_F(Operators, a_lockout_is_seen_and_lifted) {
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(call("POST", "/sessions", {{"account", "anna"}, {"password", "wrong"}}).status, 401);
    const auto locked = must(200, call("GET", "/lockouts")).at("items").as_array();
    ASSERT_EQ(locked.size(), 2U);  // the account and the address
    for (const auto& one : locked)
        EXPECT_EQ(
            call("POST", "/lockouts/lift", {{"kind", one.at("kind")}, {"subject", one.at("subject")}}).status,
            204);
    EXPECT_TRUE(must(200, call("GET", "/lockouts")).at("items").as_array().empty());
    EXPECT_EQ(call("POST", "/sessions", {{"account", "anna"}, {"password", "wrong"}}).status, 401);
}

TEST_F(Operators, who_administers_settings_only_does_not_choose_where_codes_are_mailed) {
    const json::object rights{{"settings", "administer"}, {"accounts", "administer"}};
    become("keeper", add("/roles", {{"name", "Settings"}, {"rights", {{"settings", "administer"}}}}), nullptr,
           nullptr);
    EXPECT_EQ(call("GET", "/settings/mail").status, 200);
    EXPECT_EQ(call("PATCH", "/settings/mail", {{"host", "10.0.0.6"}}).code(), "forbidden");
    token_ = admin_;
    become("other", add("/roles", {{"name", "Both of them"}, {"rights", rights}}), nullptr, nullptr);
    EXPECT_EQ(call("PATCH", "/settings/mail", {{"host", "10.0.0.6"}}).code(), "beyond_your_rights");
    token_ = admin_;
    EXPECT_EQ(call("PATCH", "/settings/mail", {{"host", "10.0.0.6"}}).status, 200);
}

TEST_F(Operators, who_may_not_command_doors_changes_nothing_of_mqtt_that_does) {
    must(200, call("PATCH", "/settings/mqtt", {{"host", "127.0.0.1"}, {"commands", {"open"}}}));
    const json::object rights{
        {"settings", "administer"}, {"doors", "view"}, {"events", "view"}, {"people", "view"}};
    become("keeper", add("/roles", {{"name", "Keeper"}, {"rights", rights}}), nullptr, nullptr);
    for (const auto& change : {json::object{{"host", "10.0.0.6"}}, {{"as_confirmed", true}}})
        EXPECT_EQ(call("PATCH", "/settings/mqtt", change).code(), "beyond_your_rights");
    EXPECT_EQ(call("PATCH", "/settings/mqtt", {{"host", "10.0.0.6"}, {"commands", json::array()}}).status,
              200);
    EXPECT_EQ(call("PATCH", "/settings/mqtt", {{"port", 1883}}).status, 200);
    EXPECT_EQ(call("PATCH", "/settings/mqtt", {{"commands", {"open"}}}).code(), "beyond_your_rights");
}

}  // namespace
}  // namespace sallyport::tests
