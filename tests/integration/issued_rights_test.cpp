// Which rights a controller gets for whom, and the calendar that they refer to (platform.md G1, G2).
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "codec/dhip/time_text.hpp"
#include "integration/platform_database.hpp"
#include "server/issue/desired.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;

struct IssuedRights : testing::Test {
    PlatformDatabase database;
    server::Sealer sealer = server::Sealer::open(database.directory() / "secret.key").value();
    base::UtcTime now = *codec::dhip::parse_utc("2026-11-26T12:00:00Z");

    void SetUp() override {
        add_a_door_and_anna(database);
        database.execute(
            "INSERT INTO department (id, name, parent_id, revision) VALUES (40, 'Plant', NULL, 1)");
        database.execute(
            "INSERT INTO department (id, name, parent_id, revision) VALUES (41, 'Night', 40, 1)");
        database.execute("UPDATE person SET department_id = 41");
    }
    void group(int id, const std::string& effect, const std::string& valid_to = "NULL") {
        const auto text = std::to_string(id);
        database.execute("INSERT INTO permission_group (id, name, remark, effect, valid_to) VALUES (" + text +
                         ", 'G" + text + "', '', '" + effect + "', " + valid_to + ")");
        database.execute("INSERT INTO permission_group_door VALUES (" + text + ", 2)");
    }
    server::Desired desired() {
        auto loaded = ports::read_from(
            *database, [&](ports::Connection& c) { return server::load_desired(c, sealer, 1, now); });
        EXPECT_TRUE(loaded) << loaded.error().message;
        return *std::move(loaded);
    }
    /// Of the only person; "nobody" when the controller gets nobody.
    std::string rights() {
        const auto all = desired().roster;
        return all.empty() ? "nobody" : json::serialize(all.front().person.at("rights"));
    }
};

constexpr auto plain = R"([{"doors":[1],"schedule":255,"kind":"allow"}])";

TEST_F(IssuedRights, come_through_a_department_and_everything_above_it) {
    group(9, "allow");
    EXPECT_EQ(rights(), "nobody");
    database.execute("INSERT INTO permission_group_department VALUES (9, 40)");
    EXPECT_EQ(rights(), plain);
    database.execute("INSERT INTO permission_group_person VALUES (9, 3)");
    EXPECT_EQ(rights(), plain) << "twice in the group is once on the controller";
    database.execute("DELETE FROM permission_group_person");
    database.execute("UPDATE department SET parent_id = NULL");
    EXPECT_EQ(rights(), "nobody");
}

TEST_F(IssuedRights, denials_travel_with_what_they_deny_and_alone_do_not) {
    group(9, "deny");
    database.execute("INSERT INTO permission_group_person VALUES (9, 3)");
    EXPECT_EQ(rights(), "nobody");
    group(10, "allow");
    database.execute("INSERT INTO permission_group_person VALUES (10, 3)");
    EXPECT_EQ(rights(), R"([{"doors":[1],"schedule":255,"kind":"allow"},)"
                        R"({"doors":[1],"schedule":255,"kind":"deny"}])");
}

TEST_F(IssuedRights, carry_their_end_and_go_when_it_has_come) {
    group(9, "allow", std::to_string(now.microseconds + 1'000'000));
    database.execute("INSERT INTO permission_group_person VALUES (9, 3)");
    EXPECT_EQ(rights(), R"([{"doors":[1],"schedule":255,"kind":"allow",)"
                        R"("valid_to":"2026-11-26T12:00:01.000000Z"}])");
    now = now + std::chrono::seconds(1);
    EXPECT_EQ(rights(), "nobody");
}

TEST_F(IssuedRights, refer_to_templates_with_the_holidays_that_they_name) {
    group(9, "allow");
    database.execute(
        "INSERT INTO time_template (id, name, week) VALUES (20, 'Day', '[[],[],[],[],[],[],[]]')");
    database.execute(
        "INSERT INTO time_template (id, name, week) VALUES (21, 'Night', '[[],[],[],[],[],[],[]]')");
    database.execute(
        "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) VALUES (50, 'Unused', 1, 1, 0, "
        "'[]')");
    database.execute(
        "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) VALUES (51, 'Moved', 20811, "
        "20813, 0, '[]')");
    database.execute(
        "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) VALUES (52, 'Christmas', "
        "20811, 20813, 1, '[[0,3600]]')");
    database.execute("INSERT INTO time_template_holiday VALUES (20, 51), (20, 52), (21, 52)");
    database.execute("INSERT INTO device_schedule VALUES (1, 20, 0), (1, 21, 1)");
    const auto calendar = desired().plan.at("calendar").as_object();
    EXPECT_EQ(json::serialize(calendar.at("schedules").at(0).at("holidays")), "[0,1]");
    EXPECT_EQ(json::serialize(calendar.at("schedules").at(1).at("holidays")), "[1]");
    const auto& holidays = calendar.at("holidays").as_array();
    ASSERT_EQ(holidays.size(), 2U);
    EXPECT_EQ(json::serialize(holidays[0].at("dates")), R"([["2026-12-24","2026-12-26"]])");
    EXPECT_EQ(holidays[1].at("dates").as_array().size(), core::CalendarLimits{}.ranges_per_holiday);
    EXPECT_EQ(json::serialize(holidays[1].at("periods")), "[[0,3600]]");
}

}  // namespace
}  // namespace sallyport::tests
