// Which rules of doors and readers a controller gets (platform.md G3).
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "codec/dhip/plan_json.hpp"
#include "codec/dhip/time_text.hpp"
#include "integration/platform_database.hpp"
#include "server/issue/desired.hpp"
#include "server/issue/plan_secrets.hpp"
#include "server/secrets/public_codes.hpp"
#include "server/storage/change.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;

struct IssuedRules : testing::Test {
    PlatformDatabase database;
    server::Sealer sealer = server::Sealer::open(database.directory() / "secret.key").value();
    base::UtcTime now = *codec::dhip::parse_utc("2026-11-26T12:00:00Z");

    void SetUp() override {
        add_a_door_and_anna(database);
        database.execute(
            "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
            "duress) VALUES (4, 1, 2, 'Rear', 3, 'card', 0, 60, 0)");
        database.execute("INSERT INTO permission_group (id, name, remark) VALUES (9, 'All', '')");
        database.execute("INSERT INTO permission_group_door VALUES (9, 2), (9, 4)");
        database.execute("INSERT INTO permission_group_person VALUES (9, 3)");
        database.execute(
            "INSERT INTO time_template (id, name, week) VALUES (20, 'Day', '[[],[],[],[],[],[],[]]')");
        database.execute(
            "INSERT INTO time_template (id, name, week) VALUES (21, 'Night', '[[],[],[],[],[],[],[]]')");
    }
    base::Result<server::Desired> load() {
        return ports::read_from(
            *database, [&](ports::Connection& c) { return server::load_desired(c, sealer, 1, now); });
    }
    /// After the templates got their indexes; what the controller reads must be what was meant.
    server::Desired desired() {
        auto assigned = ports::write_to(*database, [&](ports::Connection& c) -> base::Result<bool> {
            if (auto done = server::assign_schedules(c, 1); !done) return std::unexpected(done.error());
            return true;
        });
        EXPECT_TRUE(assigned);
        auto loaded = load();
        EXPECT_TRUE(loaded) << loaded.error().message;
        const auto read = codec::dhip::plan_from(loaded->plan);
        EXPECT_TRUE(read) << read.error().message;
        EXPECT_TRUE(core::check(*read->rules, 2));
        return *std::move(loaded);
    }
    std::string rules(std::string_view member) {
        return json::serialize(desired().plan.at("rules").at(member));
    }
};

TEST_F(IssuedRules, are_none_at_first_and_one_list_is_always_there) {
    EXPECT_EQ(json::serialize(desired().plan.at("rules")), R"({"doors":[]})");
}

TEST_F(IssuedRules, name_plans_by_the_indexes_of_their_templates) {
    database.execute(
        "INSERT INTO door_schedule VALUES (2, 'always_open', 0, 20, NULL), (2, 'always_closed', 0, 21, "
        "NULL), "
        "(4, 'unlock_mode', 0, 21, 'card_and_pin'), (4, 'unlock_mode', 1, 20, 'user_and_pin')");
    EXPECT_EQ(load().error().code, "schedule_unassigned");
    EXPECT_EQ(
        rules("doors"),
        R"([{"always_closed":1,"always_open":0,"number":1},)"
        R"({"unlock_periods":[{"schedule":1,"mode":"card_and_pin"},{"schedule":0,"mode":"user_and_pin"}],)"
        R"("number":2}])");
}

TEST_F(IssuedRules, the_first_card_is_a_right_of_those_who_may_open_anyway) {
    database.execute("UPDATE door SET first_card = 'door_stays_open' WHERE id = 4");
    database.execute("INSERT INTO door_group VALUES (4, 0, 1)");
    database.execute("INSERT INTO door_group_person VALUES (4, 0, 3)");
    const auto loaded = desired();
    EXPECT_EQ(json::serialize(loaded.plan.at("rules").at("doors")),
              R"([{"first_card":{"schedule":255,"then":"door_stays_open"},"number":2}])");
    EXPECT_EQ(
        json::serialize(loaded.roster.at(0).person.at("rights")),
        R"([{"doors":[1],"schedule":255,"kind":"allow"},{"doors":[2],"schedule":255,"kind":"first_card"}])");
    database.execute("DELETE FROM permission_group_door WHERE door_id = 4");
    EXPECT_EQ(json::serialize(desired().roster.at(0).person.at("rights")),
              R"([{"doors":[1],"schedule":255,"kind":"allow"}])");
}

TEST_F(IssuedRules, groups_of_people_come_in_their_order_by_user_id) {
    database.execute(
        "INSERT INTO person (id, user_id, name, type, valid_from, valid_to, uses, pin, remark, created_at, "
        "changed_at) VALUES (5, '1002', 'Bo', 'general', NULL, NULL, NULL, NULL, '', 0, 0)");
    database.execute("UPDATE door SET group_window_s = 30 WHERE id = 2");
    database.execute("INSERT INTO door_group VALUES (2, 1, 2), (2, 2, 1)");
    database.execute("INSERT INTO door_group_person VALUES (2, 1, 3), (2, 1, 5), (2, 2, 5)");
    EXPECT_EQ(rules("doors"), R"([{"groups":[{"people":["1001","1002"],"needed":2},)"
                              R"({"people":["1002"],"needed":1}],"group_window_s":30,"number":1}])");
    const auto devices =
        ports::read_from(*database, [](ports::Connection& c) { return server::devices_of_people(c, {5}); });
    EXPECT_EQ(*devices, std::set<server::Id>{1}) << "another user ID of Bo concerns the door";
}

TEST_F(IssuedRules, readers_lead_from_area_to_area_and_doors_are_interlocked) {
    database.execute(
        "INSERT INTO passback_area (id, device_id, number, name, passback, minutes, reset_at_s) VALUES (30, "
        "1, 7, 'Yard', 'hard', 10, NULL), (31, 1, 9, 'Vault', 'timed', "
        "5, "
        "14400)");
    database.execute(
        "INSERT INTO passback_reader VALUES (30, 2, 'entry', 'in'), (30, 2, 'exit', 'out'), (30, 4, 'entry', "
        "'out'), (31, 4, 'entry', 'in')");
    database.execute("INSERT INTO interlock (id, device_id, name, blocks) VALUES (40, 1, 'Lock', 'open')");
    database.execute("INSERT INTO interlock_door VALUES (40, 2), (40, 4)");
    EXPECT_EQ(rules("readers"), R"([{"number":1,"door":1,"direction":"entry","from":0,"to":7},)"
                                R"({"number":2,"door":1,"direction":"exit","from":7,"to":0},)"
                                R"({"number":3,"door":2,"direction":"entry","from":7,"to":9}])");
    EXPECT_EQ(rules("areas"), R"([{"number":7,"passback":"hard","minutes":10},)"
                              R"({"number":9,"passback":"timed","minutes":5,"reset_at_s":14400}])");
    EXPECT_EQ(rules("interlocks"), R"([{"doors":[1,2],"blocks":"open"}])");
}

TEST_F(IssuedRules, public_passwords_come_with_their_doors_there_and_the_revision_tells_no_code) {
    EXPECT_EQ(json::serialize(desired().plan.at("public_passwords")), "[]");
    EXPECT_FALSE(desired().plan.contains("keypad_password"));
    const auto sealed = [&](const char* code, std::int64_t id) {
        return sealer.seal(base::Secret(code), server::public_code_purpose(id));
    };
    const auto stored = ports::write_to(*database, [&](ports::Connection& c) -> base::Status {
        constexpr auto insert =
            "INSERT INTO public_password (id, number, name, code, code_mark, valid_to, uses, uses_series, "
            "changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 5, 0)";
        auto done = ports::ran(c.execute(insert, {50, 7, "A", sealed("0815", 50), "m1", now, nullptr}));
        if (done) done = ports::ran(c.execute(insert, {51, 8, "B", sealed("4711", 51), "m2", nullptr, 3}));
        if (done)
            done = ports::ran(
                c.execute("UPDATE device SET keypad_password = $1, keypad_mark = 'm3', keypad_set_at "
                          "= 0 WHERE id = 1",
                          {sealer.seal(base::Secret("246810"), server::keypad_password_purpose(1))}));
        return done;
    });
    ASSERT_TRUE(stored) << stored.error().message;
    database.execute("INSERT INTO public_password_door VALUES (50, 2), (50, 4), (51, 4)");
    const auto loaded = desired();
    EXPECT_EQ(json::serialize(loaded.plan.at("public_passwords")),
              R"([{"number":7,"code":"0815","doors":[1,2],"valid_to":"2026-11-26T12:00:00.000000Z"},)"
              R"({"number":8,"code":"4711","doors":[2],"uses":3,"uses_series":"0000000000000005"}])");
    EXPECT_EQ(loaded.plan.at("keypad_password"), "246810");
    const auto revision = [&] {
        return *ports::read_from(*database,
                                 [&](ports::Connection& c) { return server::plan_revision(c, 1, now); });
    };
    EXPECT_EQ(revision(), loaded.revision) << "without the key that opens them";
    database.execute("UPDATE public_password SET code_mark = 'm4' WHERE id = 50");
    EXPECT_NE(revision(), loaded.revision);
    database.execute("UPDATE device SET keypad_changed_at = 1");
    EXPECT_FALSE(desired().plan.contains("keypad_password")) << "somebody at the keypad has chosen another";
}

}  // namespace
}  // namespace sallyport::tests
