// People, permission groups, time templates (platform.md H1, H2, G1, G2; api/openapi.yaml).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Lists : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    /// A device and its door, as if it had been added.
    void add_door(std::int64_t id) {
        const auto outcome = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(
                "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
                "serial, model, firmware, created_at) VALUES (1, 'Gate', '10.0.0.9', 37777, 'admin', x'00', "
                "'ab', 'given', 'SP1', 'm', 'f', 0) ON CONFLICT DO NOTHING; "
                "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
                "duress) VALUES (" +
                std::to_string(id) + ", 1, " + std::to_string(id) + ", 'Main', 3, 'card', 1, 60, 0);");
        });
        ASSERT_TRUE(outcome) << outcome.error().message;
        restart();
    }
    std::vector<std::string> names(const std::string& path) {
        std::vector<std::string> all;
        for (const auto& item : must(200, call("GET", path))["items"].as_array())
            all.push_back(json::value_to<std::string>(item.at("name")));
        return all;
    }
};

TEST_F(Lists, a_person_is_added_changed_and_removed) {
    const auto added = must(201, call("POST", "/people",
                                      {{"name", "Anna Berger"},
                                       {"user_id", "1001"},
                                       {"pin", "2468"},
                                       {"valid_to", "2027-01-01T00:00:00+01:00"},
                                       {"cards", {{{"number", "4a1b2c3"}}}}}));
    const auto id = json::value_to<std::string>(added.at("id"));
    EXPECT_EQ(added.at("has_pin"), true);
    EXPECT_EQ(added.at("valid_to"), "2026-12-31T23:00:00Z");
    EXPECT_EQ(json::value_to<std::string>(added.at("cards").at(0).at("number")), "04A1B2C3");
    EXPECT_FALSE(added.contains("pin"));
    const auto changed =
        must(200, call("PATCH", "/people/" + id, {{"name", "Anna Klein"}, {"pin", nullptr}}));
    EXPECT_EQ(changed.at("has_pin"), false);
    EXPECT_EQ(changed.at("user_id"), "1001");
    EXPECT_EQ(changed.at("cards"), added.at("cards"));
    EXPECT_EQ(call("DELETE", "/people/" + id).status, 204);
    EXPECT_EQ(call("GET", "/people/" + id).code(), "not_found");
    EXPECT_EQ(call("DELETE", "/people/" + id).code(), "not_found");
    EXPECT_EQ(call("PATCH", "/people/" + id, {{"name", "x"}}).code(), "not_found");
    const auto log = must(200, call("GET", "/audit?limit=3"));
    EXPECT_THAT(json::value_to<std::string>(log.at("items").at(1).at("action")), "person.changed");
    EXPECT_EQ(log.at("items").at(1).at("after").at("pin"), "removed");
    EXPECT_EQ(call("GET", "/audit").text.find("2468"), std::string::npos);
}

TEST_F(Lists, uses_are_counted_anew_only_when_somebody_sets_them) {
    const auto id = add("/people", {{"name", "Guest"}, {"uses", 3}});
    const auto series = [&] {
        return *ports::read_from(*database_, [](ports::Connection& c) -> base::Result<std::int64_t> {
            return c.query("SELECT uses_series FROM person")->front().integer(0);
        });
    };
    const auto first = series();
    EXPECT_NE(first, 0);
    must(200, call("PATCH", "/people/" + id, {{"name", "Guest of Anna"}, {"cards", {{{"number", "AB"}}}}}));
    EXPECT_EQ(series(), first);
    must(200, call("PATCH", "/people/" + id, {{"uses", 3}}));
    EXPECT_GT(series(), first);
    const auto newest = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
    EXPECT_EQ(newest.at("before").at("uses"), 3);
    EXPECT_EQ(newest.at("after").at("uses"), 3);
}

TEST_F(Lists, free_numbers_are_given_to_people_without_one) {
    add("/people", {{"name", "A"}, {"user_id", "1002"}});
    EXPECT_EQ(must(201, call("POST", "/people", {{"name", "B"}}))["user_id"], "1001");
    EXPECT_EQ(must(201, call("POST", "/people", {{"name", "C"}}))["user_id"], "1003");
}

TEST_F(Lists, who_has_a_user_id_or_card_is_named) {
    add("/people", {{"name", "Anna"}, {"user_id", "7"}, {"cards", {{{"number", "AB"}}}}});
    const auto taken = call("POST", "/people", {{"name", "Ben"}, {"user_id", "7"}});
    EXPECT_EQ(taken.code(), "user_id_taken");
    EXPECT_THAT(taken.text, HasSubstr("Anna"));
    EXPECT_EQ(call("POST", "/people", {{"name", "Ben"}, {"cards", {{{"number", "00ab"}}}}}).code(),
              "card_taken");
    EXPECT_THAT(names("/people"), ElementsAre("Anna")) << "nothing half-done";
}

TEST_F(Lists, every_wrong_field_of_a_person_is_named) {
    const auto reply =
        call("POST", "/people",
             {{"user_id", "0000"},
              {"type", "king"},
              {"valid_from", "yesterday"},
              {"uses", 65'536},
              {"pin", "12a"},
              {"cards", {{{"number", "XYZ"}}, {{"number", "1"}, {"type", "gold"}, {"x", 1}}, 5}},
              {"remark", std::string(501, 'r')},
              {"photo", "none"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(
        reply.fields(),
        UnorderedElementsAre("user_id:pattern", "name:missing", "type:choice", "valid_from:pattern",
                             "uses:too_large", "pin:pattern", "cards.0.number:pattern", "cards.1.type:choice",
                             "cards.1.x:unknown", "cards.2:type", "remark:too_long", "photo:unknown"));
    EXPECT_THAT(call("POST", "/people", {{"name", std::string("a\0b", 3)}}).fields(),
                ElementsAre("name:characters"));
    EXPECT_THAT(call("POST", "/people", {{"name", "\uffff"}}).fields(), ElementsAre("name:characters"));
    EXPECT_THAT(call("POST", "/people", {{"name", ""}}).fields(), ElementsAre("name:too_short"));
    EXPECT_THAT(
        call("POST", "/people", {{"name", "x"}, {"cards", {{{"number", "1"}}, {{"number", "01"}}}}}).fields(),
        ElementsAre("cards.1.number:duplicate"));
    const auto order =
        call("POST", "/people",
             {{"name", "x"}, {"valid_from", "2026-01-02T00:00:00Z"}, {"valid_to", "2026-01-01T00:00:00Z"}});
    EXPECT_THAT(order.fields(), ElementsAre("valid_to:order"));
    const auto id = add("/people", {{"name", "x"}, {"valid_from", "2026-01-02T00:00:00Z"}});
    EXPECT_THAT(call("PATCH", "/people/" + id, {{"valid_to", "2026-01-02T00:00:00Z"}}).fields(),
                ElementsAre("valid_to:order"));
    EXPECT_EQ(call("PATCH", "/people/" + id, json::object()).status, 400);
}

TEST_F(Lists, people_are_found_by_a_part_and_paged_by_name) {
    for (const auto* name : {"carl", "Anna", "Ben", "anton", "100%"}) add("/people", {{"name", name}});
    add("/people", {{"name", "Dora"}, {"user_id", "x-77"}, {"cards", {{{"number", "DEADBEEF"}}}}});
    EXPECT_THAT(names("/people"), ElementsAre("100%", "Anna", "anton", "Ben", "carl", "Dora"));
    EXPECT_THAT(names("/people?q=AN"), ElementsAre("Anna", "anton"));
    EXPECT_THAT(names("/people?q=%"), ElementsAre("100%"));
    EXPECT_THAT(names("/people?q=adbe"), ElementsAre("Dora"));
    EXPECT_THAT(names("/people?q=X-7"), ElementsAre("Dora"));
    std::vector<std::string> paged;
    std::string cursor;
    do {
        const auto page = must(200, call("GET", "/people?limit=2" + cursor));
        for (const auto& item : page.at("items").as_array())
            paged.push_back(json::value_to<std::string>(item.at("name")));
        cursor = page.at("next").is_null() ? "" : "&cursor=" + json::value_to<std::string>(page.at("next"));
    } while (!cursor.empty());
    EXPECT_EQ(paged, names("/people"));
    EXPECT_EQ(call("GET", "/people?cursor=12345").code(), "bad_cursor");
}

TEST_F(Lists, a_group_knows_its_doors_people_and_template) {
    add_door(21);
    const auto anna = add("/people", {{"name", "Anna"}});
    json::array week(7, json::array());
    week[0] = {{{"from", "13:00:00"}, {"to", "24:00:00"}}, {{"from", "08:00:00"}, {"to", "12:00:00"}}};
    const auto office = must(201, call("POST", "/time-templates", {{"name", "Office"}, {"week", week}}));
    const auto office_id = json::value_to<std::string>(office.at("id"));
    EXPECT_EQ(json::value_to<std::string>(office.at("week").at(0).at(0).at("from")), "08:00:00");
    const auto id =
        add("/permission-groups",
            {{"name", "Staff"}, {"template_id", office_id}, {"doors", {"21"}}, {"people", {anna}}});
    EXPECT_THAT(names("/permission-groups?person=" + anna), ElementsAre("Staff"));
    EXPECT_THAT(names("/permission-groups?door=21"), ElementsAre("Staff"));
    EXPECT_THAT(names("/permission-groups?door=22"), ElementsAre());
    EXPECT_THAT(names("/people?group=" + id), ElementsAre("Anna"));
    EXPECT_EQ(call("DELETE", "/time-templates/" + office_id).code(), "template_in_use");
    EXPECT_EQ(call("POST", "/permission-groups", {{"name", "Staff"}}).code(), "name_taken");
    const auto changed = must(200, call("PATCH", "/permission-groups/" + id,
                                        {{"template_id", nullptr}, {"people", json::array()}}));
    EXPECT_TRUE(changed.at("template_id").is_null());
    EXPECT_EQ(changed.at("doors").as_array().size(), 1U);
    EXPECT_EQ(call("DELETE", "/time-templates/" + office_id).status, 204);
    EXPECT_EQ(call("DELETE", "/permission-groups/" + id).status, 204);
    EXPECT_EQ(call("GET", "/permission-groups/" + id).code(), "not_found");
}

TEST_F(Lists, the_audit_log_names_what_came_to_a_group_and_what_went) {
    add_door(21);
    const auto anna = add("/people", {{"name", "Anna"}});
    const auto ben = add("/people", {{"name", "Ben"}});
    const json::value week = json::array(7, json::array());
    const auto office = add("/time-templates", {{"name", "Office"}, {"week", week}});
    const auto id = add("/permission-groups",
                        {{"name", "Staff"}, {"template_id", office}, {"doors", {"21"}}, {"people", {anna}}});
    must(200, call("PATCH", "/permission-groups/" + id, {{"template_id", nullptr}, {"people", {anna, ben}}}));
    EXPECT_EQ(call("DELETE", "/people/" + ben).status, 204);
    const auto log = must(200, call("GET", "/audit?action=permission_group.changed")).at("items").at(0);
    EXPECT_EQ(log.at("subject"), (json::object{{"kind", "permission_group"}, {"id", id}, {"name", "Staff"}}));
    EXPECT_EQ(log.at("before"),
              (json::object{{"template", {{"id", office}, {"name", "Office"}}}, {"people", json::array()}}));
    EXPECT_EQ(log.at("after"),
              (json::object{{"template", nullptr}, {"people", {{{"id", ben}, {"name", "Ben"}}}}}));
    const auto added = must(200, call("GET", "/audit?action=permission_group.added")).at("items").at(0);
    EXPECT_EQ(json::value_to<std::string>(added.at("after").at("people").at(0).at("name")), "Anna");
}

TEST_F(Lists, a_group_holds_departments_with_everything_below_them) {
    add_door(21);
    const auto plant = add("/departments", {{"name", "Plant"}});
    const auto night = add("/departments", {{"name", "Night"}, {"parent_id", plant}});
    const auto office = add("/departments", {{"name", "Office"}});
    const auto anna = add("/people", {{"name", "Anna"}, {"department_id", night}});
    add("/people", {{"name", "Ben"}, {"department_id", office}});
    const auto group =
        must(201, call("POST", "/permission-groups",
                       {{"name", "Staff"}, {"doors", {"21"}}, {"people", {anna}}, {"departments", {plant}}}));
    EXPECT_EQ(group.at("members"), 1) << "who stands there twice counts once";
    EXPECT_EQ(group.at("effect"), "allow");
    const auto id = json::value_to<std::string>(group.at("id"));
    must(200, call("PATCH", "/permission-groups/" + id, {{"people", json::array()}}));
    EXPECT_THAT(names("/permission-groups?person=" + anna), ElementsAre("Staff"));
    const auto pairs = [&] { return must(200, call("GET", "/issue-states"))["items"].as_array().size(); };
    EXPECT_EQ(pairs(), 1U);
    std::atomic<int> told = 0;
    platform_->on_change([&](const server::Change&) { ++told; });
    must(200, call("PATCH", "/departments/" + night, {{"parent_id", office}}));
    EXPECT_EQ(told, 1);
    EXPECT_EQ(pairs(), 0U);
    EXPECT_THAT(names("/permission-groups?person=" + anna), ElementsAre());
    EXPECT_THAT(call("PATCH", "/permission-groups/" + id, {{"departments", {"99"}}}).fields(),
                ElementsAre("departments.0:not_found"));
}

TEST_F(Lists, a_change_names_the_controllers_that_it_concerns) {
    add_door(21);
    const auto other = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
        return c.script(
            "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
            "model, firmware, created_at) VALUES (2, 'Yard', '10.0.0.8', 37777, 'admin', x'00', 'ab', "
            "'given', 'SP2', 'm', 'f', 0); INSERT INTO door (id, device_id, number, name, hold_s, "
            "unlock_mode, detector, overtime_s, duress) VALUES (22, 2, 1, 'Yard', 3, 'card', 1, 60, 0)");
    });
    ASSERT_TRUE(other);
    restart();
    std::vector<server::Concerned> told;
    platform_->on_change([&](const server::Change& change) { told.push_back(change.devices); });
    using Ids = std::set<server::Id>;
    const auto plant = add("/departments", {{"name", "Plant"}});
    const auto night = add("/departments", {{"name", "Night shift"}, {"parent_id", plant}});
    const auto anna = add("/people", {{"name", "Anna"}, {"cards", {{{"number", "A1"}}}}});
    EXPECT_EQ(told.back(), Ids{}) << "nothing opens to her yet";
    const auto group = add("/permission-groups", {{"name", "Gate"}, {"doors", {"21"}}, {"people", {anna}}});
    EXPECT_EQ(told.back(), Ids{1});
    add("/permission-groups", {{"name", "Yard"}, {"doors", {"22"}}, {"departments", {plant}}});
    EXPECT_EQ(told.back(), Ids{2});
    must(200, call("PATCH", "/people/" + anna, {{"cards", {{{"number", "A1"}, {"status", "cancelled"}}}}}));
    EXPECT_EQ(told.back(), Ids{1});
    const auto ben = add("/people", {{"name", "Ben"}, {"department_id", night}});
    EXPECT_EQ(told.back(), Ids{2}) << "through a department above";
    must(200, call("PATCH", "/people/" + ben, {{"cards", {{{"number", "A1"}}}}}));
    EXPECT_EQ(told.back(), (Ids{1, 2})) << "Anna had it";
    must(200, call("PATCH", "/people/" + ben, {{"department_id", nullptr}}));
    EXPECT_EQ(told.back(), Ids{2}) << "which he has left";
    must(200, call("PATCH", "/permission-groups/" + group, {{"doors", {"22"}}}));
    EXPECT_EQ(told.back(), (Ids{1, 2})) << "before and after";
    EXPECT_EQ(call("DELETE", "/permission-groups/" + group).status, 204);
    EXPECT_EQ(told.back(), Ids{2});
    EXPECT_EQ(call("DELETE", "/people/" + anna).status, 204);
    EXPECT_EQ(told.back(), Ids{});
    must(200, call("PATCH", "/doors/21", {{"settings", {{"hold_s", 9}}}}));
    EXPECT_EQ(told.back(), Ids{1});
    must(200, call("PATCH", "/departments/" + night, {{"parent_id", nullptr}}));
    EXPECT_EQ(told.back(), std::nullopt) << "whoever is below it";
}

TEST_F(Lists, a_group_that_denies_or_is_over_grants_nothing) {
    add_door(21);
    const auto anna = add("/people", {{"name", "Anna"}});
    const auto id = add("/permission-groups",
                        {{"name", "Visit"}, {"doors", {"21"}}, {"people", {anna}}, {"effect", "deny"}});
    const auto pairs = [&] { return must(200, call("GET", "/issue-states"))["items"].as_array().size(); };
    EXPECT_EQ(pairs(), 0U);
    must(200, call("PATCH", "/permission-groups/" + id,
                   {{"effect", "allow"}, {"valid_to", "2026-03-29T01:00:00Z"}}));
    EXPECT_EQ(pairs(), 1U);
    clock_.advance(std::chrono::minutes(1));
    EXPECT_EQ(pairs(), 0U);
    EXPECT_THAT(call("PATCH", "/permission-groups/" + id,
                     {{"effect", "maybe"}, {"valid_to", "2026-03-29T01:00:00.5Z"}})
                    .fields(),
                ElementsAre("effect:choice", "valid_to:pattern"));
}

TEST_F(Lists, a_group_refuses_what_does_not_exist_as_a_whole) {
    add_door(21);
    const auto reply =
        call("POST", "/permission-groups", {{"name", "Staff"}, {"doors", {"21", "22"}}, {"people", {"99"}}});
    EXPECT_THAT(reply.fields(), ElementsAre("doors.1:not_found", "people.0:not_found"));
    EXPECT_THAT(call("POST", "/permission-groups", {{"name", "Staff"}, {"template_id", "5"}}).fields(),
                ElementsAre("template_id:not_found"));
    EXPECT_THAT(names("/permission-groups"), ElementsAre());
    EXPECT_THAT(call("POST", "/permission-groups", {{"name", "S"}, {"doors", {"1", "x", 1, "1"}}}).fields(),
                ElementsAre("doors.1:pattern", "doors.2:type", "doors.3:duplicate"));
}

TEST_F(Lists, a_week_is_checked_period_by_period) {
    json::array week(7, json::array());
    week[0] = {{{"from", "08:00:00"}, {"to", "08:00:00"}}};
    week[1] = {{{"from", "08:00:00"}, {"to", "12:00:00"}}, {{"from", "11:59:59"}, {"to", "13:00:00"}}};
    week[2] = {{{"from", "24:00:00"}, {"to", "25:00:00"}}};
    week[3] = json::array(7, json::object{{"from", "08:00:00"}, {"to", "09:00:00"}});
    week[4] = "always";
    EXPECT_THAT(call("POST", "/time-templates", {{"name", "T"}, {"week", week}}).fields(),
                UnorderedElementsAre("week.0.0.to:order", "week.1.1:overlap", "week.2.0.from:pattern",
                                     "week.2.0.to:pattern", "week.3:too_long", "week.4:type"));
    EXPECT_THAT(call("POST", "/time-templates", {{"name", "T"}, {"week", json::array()}}).fields(),
                ElementsAre("week:too_short"));
}

TEST_F(Lists, a_door_is_renamed_and_set) {
    add_door(21);
    std::atomic<int> told = 0;
    platform_->on_change(
        [&](const server::Change& change) { told += change.what == server::Changed::doors ? 1 : 0; });
    const auto before = must(200, call("GET", "/doors/21"));
    EXPECT_EQ(before.at("state").at("lock"), "unknown");
    EXPECT_EQ(before.at("settings_state"), "pending");
    const auto after =
        must(200, call("PATCH", "/doors/21",
                       {{"name", "East"}, {"settings", {{"hold_s", 5}, {"unlock_mode", "card_and_pin"}}}}));
    EXPECT_EQ(after.at("settings").at("hold_s"), 5);
    EXPECT_EQ(after.at("settings").at("overtime_s"), 60);
    EXPECT_EQ(told, 1);
    must(200, call("PATCH", "/doors/21", {{"name", "West"}, {"confirm", true}}));
    EXPECT_EQ(told, 1) << "a name is nothing that the controller holds";
    restart();
    EXPECT_TRUE(must(200, call("GET", "/doors/21")).at("confirm").as_bool());
    EXPECT_EQ(must(200, call("GET", "/doors"))["items"].at(0).at("name"), "West");
    EXPECT_THAT(
        call("PATCH", "/doors/21", {{"settings", {{"hold_s", 0}, {"detector", 1}, {"colour", 1}}}}).fields(),
        UnorderedElementsAre("settings.hold_s:too_small", "settings.detector:type",
                             "settings.colour:unknown"));
    EXPECT_EQ(call("PATCH", "/doors/22", {{"name", "x"}}).code(), "not_found");
    EXPECT_EQ(call("GET", "/doors/none").code(), "not_found");
}

TEST_F(Lists, what_the_site_wants_to_know_besides_is_checked_kept_and_found) {
    auto fields = must(200, call("PUT", "/person-fields",
                                 {{"fields",
                                   {{{"name", "Locker"}, {"kind", "text"}},
                                    {{"name", "Height"}, {"kind", "number"}},
                                    {{"name", "Shift"},
                                     {"kind", "choice"},
                                     {"required", true},
                                     {"choices", {"Blue", "Red"}}}}}}))
                      .at("items")
                      .as_array();
    ASSERT_EQ(fields.size(), 3U);
    const auto id = [&](std::size_t i) { return json::value_to<std::string>(fields[i].at("id")); };
    EXPECT_THAT(
        call("POST", "/people", {{"name", "Anna"}, {"custom", {{id(1), "tall"}, {"77", "x"}}}}).fields(),
        testing::UnorderedElementsAre("custom." + id(1) + ":pattern", "custom." + id(2) + ":missing",
                                      "custom.77:not_found"));
    auto anna = must(201, call("POST", "/people",
                               {{"name", "Anna"},
                                {"administrator", true},
                                {"custom", {{id(0), "B-12"}, {id(1), "-1.5"}, {id(2), "Red"}}}}));
    const auto path = "/people/" + json::value_to<std::string>(anna.at("id"));
    EXPECT_TRUE(anna.at("administrator").as_bool());
    EXPECT_EQ(must(200, call("GET", "/people?q=b-12")).at("items").at(0).at("custom").at(id(1)), "-1.5");
    EXPECT_THAT(call("PATCH", path, {{"custom", {{id(2), ""}}}}).fields(),
                testing::ElementsAre("custom." + id(2) + ":missing"));
    anna = must(200, call("PATCH", path, {{"custom", {{id(0), ""}}}}));
    EXPECT_FALSE(anna.at("custom").as_object().contains(id(0)));
    EXPECT_EQ(anna.at("custom").at(id(2)), "Red");
    EXPECT_EQ(must(200, call("GET", "/audit?limit=1")).at("items").at(0).at("after").at("custom"), "changed");
    // Another order and other names; one is new, and one goes with what Anna has
    // there.
    EXPECT_THAT(
        call("PUT", "/person-fields", {{"fields", {{{"id", id(1)}, {"name", "Locker"}, {"kind", "text"}}}}})
            .fields(),
        testing::ElementsAre("fields.0.kind:fixed"));
    fields = must(200, call("PUT", "/person-fields",
                            {{"fields",
                              {{{"id", id(2)}, {"name", "Locker"}, {"kind", "choice"}, {"choices", {"Red"}}},
                               {{"id", id(0)}, {"name", "Shift"}, {"kind", "text"}}}}}))
                 .at("items")
                 .as_array();
    EXPECT_EQ(fields.at(0).at("name"), "Locker");
    EXPECT_EQ(must(200, call("GET", path)).at("custom").as_object().size(), 1U);
    must(201, call("POST", "/people", {{"name", "Bo"}}));
    EXPECT_THAT(call("PUT", "/person-fields",
                     {{"fields", {{{"name", "A"}, {"kind", "choice"}}, {{"name", "A"}, {"kind", "x"}}}}})
                    .fields(),
                testing::UnorderedElementsAre("fields.0.choices:too_short", "fields.1.kind:choice",
                                              "fields.1.name:duplicate"));
}

}  // namespace
}  // namespace sallyport::tests
