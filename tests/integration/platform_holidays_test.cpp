// Holidays and what fits a controller (platform.md G1; api/openapi.yaml).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Calendars : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    std::string holiday(std::string_view name, std::string_view from, std::string_view to) {
        return add("/holidays", {{"name", name}, {"from", from}, {"to", to}});
    }
    std::string week_with(std::string_view name, const json::value& holidays) {
        return add("/time-templates",
                   {{"name", name}, {"week", json::array(7, json::array())}, {"holiday_ids", holidays}});
    }
    void script(const std::string& sql) {
        const auto done =
            ports::write_to(*database_, [&](ports::Connection& c) -> base::Status { return c.script(sql); });
        ASSERT_TRUE(done) << done.error().message;
    }
    void add_door() {
        script(
            "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
            "model, firmware, created_at) VALUES (1, 'Gate', '10.0.0.9', 37777, 'admin', x'00', 'ab', "
            "'given', 'SP1', 'm', 'f', 0); INSERT INTO door (id, device_id, number, name, hold_s, "
            "unlock_mode, detector, overtime_s, duress) VALUES (21, 1, 1, 'Main', 3, 'card', 1, 60, 0);");
    }
};

TEST_F(Calendars, a_holiday_is_kept_by_date_and_changed_in_part) {
    holiday("New Year", "2027-01-01", "2027-01-01");
    const auto id = holiday("Christmas", "2026-12-24", "2026-12-26");
    const auto listed = must(200, call("GET", "/holidays"))["items"].as_array();
    EXPECT_EQ(listed.at(0).at("name"), "Christmas");
    const auto after =
        must(200, call("PATCH", "/holidays/" + id,
                       {{"yearly", true}, {"periods", {{{"from", "08:00:00"}, {"to", "12:00:00"}}}}}));
    EXPECT_EQ(after.at("from"), "2026-12-24");
    EXPECT_EQ(after.at("yearly"), true);
    EXPECT_EQ(after.at("periods").as_array().size(), 1U);
    const auto log = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
    EXPECT_EQ(log.at("action"), "holiday.changed");
    EXPECT_EQ(log.at("before").at("yearly"), false);
}

TEST_F(Calendars, every_wrong_field_of_a_holiday_is_named) {
    EXPECT_THAT(
        call("POST", "/holidays", {{"from", "24.12.2026"}, {"to", "2026-02-30"}, {"yearly", 1}}).fields(),
        UnorderedElementsAre("name:missing", "from:pattern", "to:pattern", "yearly:type"));
    const auto dates = [&](std::string_view from, std::string_view to, bool yearly) {
        return call("POST", "/holidays", {{"name", "x"}, {"from", from}, {"to", to}, {"yearly", yearly}});
    };
    EXPECT_THAT(dates("2026-12-24", "2026-12-23", false).fields(), ElementsAre("to:order"));
    EXPECT_THAT(dates("2026-01-01", "2027-01-01", true).fields(), ElementsAre("to:too_long"));
    EXPECT_EQ(dates("2026-01-01", "2027-01-01", false).status, 201);
    const json::value twice{{{"from", "08:00:00"}, {"to", "12:00:00"}},
                            {{"from", "11:00:00"}, {"to", "13:00:00"}}};
    EXPECT_THAT(call("POST", "/holidays",
                     {{"name", "y"}, {"from", "2026-01-01"}, {"to", "2026-01-01"}, {"periods", twice}})
                    .fields(),
                ElementsAre("periods.1:overlap"));
}

TEST_F(Calendars, a_template_names_its_holidays_and_they_stay_while_it_does) {
    const auto id = holiday("Christmas", "2026-12-24", "2026-12-26");
    const auto office = week_with("Office", {json::string(id)});
    EXPECT_THAT(call("DELETE", "/holidays/" + id).text, HasSubstr("Office"));
    EXPECT_THAT(call("PATCH", "/time-templates/" + office, {{"holiday_ids", {"7"}}}).fields(),
                ElementsAre("holiday_ids.0:not_found"));
    must(200, call("PATCH", "/time-templates/" + office, {{"name", "Office hours"}}));
    EXPECT_EQ(must(200, call("GET", "/time-templates/" + office)).at("holiday_ids").as_array().size(), 1U);
    must(200, call("PATCH", "/time-templates/" + office, {{"holiday_ids", json::array()}}));
    const auto log = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
    EXPECT_EQ(json::value_to<std::string>(log.at("before").at("holidays").at(0).at("name")), "Christmas");
    EXPECT_EQ(call("DELETE", "/holidays/" + id).status, 204);
}

TEST_F(Calendars, what_a_controller_cannot_hold_is_refused_with_its_name) {
    add_door();
    std::string sql;
    for (int i = 0; i < 128; ++i) {
        const auto id = std::to_string(1'000 + i);
        sql += "INSERT INTO time_template (id, name, week) VALUES (" + id + ", 'T" + id +
               "', '[]'); INSERT INTO permission_group (id, name, remark, template_id) VALUES (" + id +
               ", 'G" + id + "', '', " + id + "); INSERT INTO permission_group_door VALUES (" + id + ", 21);";
    }
    for (int i = 0; i < 129; ++i) {
        const auto id = std::to_string(2'000 + i);
        sql += "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) VALUES (" + id + ", 'H" +
               id + "', 0, 0, 0, '[]');";
        if (i < 128) sql += "INSERT INTO time_template_holiday VALUES (1000, " + id + ");";
    }
    script(sql);
    const auto spare = week_with("Spare", json::array());
    const auto refused =
        call("POST", "/permission-groups", {{"name", "New"}, {"template_id", spare}, {"doors", {"21"}}});
    EXPECT_EQ(refused.code(), "controller_share");
    EXPECT_THAT(refused.text, HasSubstr("The controller Gate would need 129 time templates"));
    EXPECT_EQ(call("GET", "/permission-groups?limit=1000").text.find("\"New\""), std::string::npos);
    must(200, call("PATCH", "/permission-groups/1001", {{"template_id", spare}}));
    const auto many = call("PATCH", "/time-templates/1002", {{"holiday_ids", {"2128"}}});
    EXPECT_EQ(many.code(), "controller_share");
    EXPECT_THAT(many.text, HasSubstr("129 holidays"));
}

}  // namespace
}  // namespace sallyport::tests
