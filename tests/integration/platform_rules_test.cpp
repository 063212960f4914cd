// Rules of doors, anti-passback areas and interlocks as the API keeps them (platform.md G3).
#include <future>

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// With Anna, Bo and Cem.
class Rules : public TwoControllers {
  protected:
    void SetUp() override {
        TwoControllers::SetUp();
        for (const auto* name : {"Anna", "Bo", "Cem"}) people_.emplace_back(add("/people", {{"name", name}}));
    }
    json::string add(const std::string& path, const json::value& body) {
        return must(201, call("POST", path, body)).at("id").as_string();
    }
    json::string week(std::string_view name) {
        return add("/time-templates", {{"name", name}, {"week", json::array(7, json::array())}});
    }
    json::object last_noted() {
        return must(200, call("GET", "/audit?limit=1")).at("items").at(0).as_object();
    }
    static std::string at(std::string_view list, std::string_view id, std::string_view rest = "") {
        return fmt::format("{}/{}{}", list, id, rest);
    }
    static json::object reader(std::string_view door, std::string_view direction) {
        return {{"door_id", door}, {"direction", direction}};
    }
    /// Signs in as an administrator of a part of the site.
    void become(const json::value& areas, const json::value& departments) {
        must(201, call("POST", "/accounts",
                       {{"name", "north"},
                        {"password", "brass-key-58"},
                        {"role_id", "1"},
                        {"areas", areas},
                        {"departments", departments}}));
        const auto session =
            must(200, call("POST", "/sessions", {{"account", "north"}, {"password", "brass-key-58"}}));
        token_ = json::value_to<std::string>(session.at("token"));
        must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
    }
    std::vector<json::string> people_;
};

TEST_F(Rules, a_door_has_none_at_first_and_each_member_changes_alone) {
    const auto day = week("Day");
    auto rules = must(200, call("GET", "/doors/21/rules"));
    EXPECT_TRUE(rules.at("always_open").is_null());
    EXPECT_EQ(rules.at("group_window_s"), 20);
    std::set<server::Id> told;
    platform_->on_change([&](const server::Change& change) { told = *change.devices; });
    must(200, call("PATCH", "/doors/21/rules",
                   {{"always_open", day},
                    {"unlock_periods", {{{"template_id", day}, {"unlock_mode", "card_and_pin"}}}}}));
    EXPECT_EQ(told, std::set<server::Id>{1});
    rules = must(200, call("PATCH", "/doors/21/rules", {{"group_window_s", 5}}));
    EXPECT_EQ(rules.at("always_open"), day);
    EXPECT_EQ(rules.at("unlock_periods").at(0).at("unlock_mode"), "card_and_pin");
    rules = must(200, call("PATCH", "/doors/21/rules", {{"always_open", nullptr}}));
    EXPECT_TRUE(rules.at("always_open").is_null());
    EXPECT_EQ(last_noted().at("action"), "door.rules_changed");
    EXPECT_EQ(last_noted().at("before").at("always_open").at("name"), "Day");
    EXPECT_EQ(call("DELETE", at("/time-templates", day)).code(), "template_in_use");
    EXPECT_EQ(must(200, call("GET", "/door-rules")).at("items").as_array().size(), 3U);
    EXPECT_EQ(call("GET", "/doors/99/rules").code(), "not_found");
}

TEST_F(Rules, a_first_card_and_groups_name_their_people) {
    const json::array two{people_[0], people_[1]};
    auto rules = must(200, call("PATCH", "/doors/21/rules",
                                {{"first_card", {{"people", two}, {"then", "door_stays_open"}}},
                                 {"groups", {{{"people", two}, {"needed", 2}}}}}));
    EXPECT_EQ(rules.at("first_card").at("people").at(1).at("name"), "Bo");
    EXPECT_EQ(rules.at("first_card").at("then"), "door_stays_open");
    EXPECT_EQ(rules.at("groups").at(0).at("count"), 2);
    EXPECT_EQ(last_noted().at("after").at("groups").at(0).at("people").at(0).at("name"), "Anna");
    const auto kept = call("DELETE", at("/people", people_[0]));
    EXPECT_EQ(kept.code(), "door_waits_for_person");
    EXPECT_THAT(kept.text, HasSubstr("Front"));
    must(200, call("PATCH", "/doors/21/rules", {{"groups", json::array()}}));
    EXPECT_EQ(call("DELETE", at("/people", people_[0])).status, 204) << "Bo is left as the first card";
    EXPECT_EQ(call("DELETE", at("/people", people_[1])).code(), "door_waits_for_person");
    rules = must(200, call("PATCH", "/doors/21/rules", {{"first_card", nullptr}}));
    EXPECT_TRUE(rules.at("first_card").is_null());
    EXPECT_EQ(call("DELETE", at("/people", people_[1])).status, 204);
}

TEST_F(Rules, every_wrong_field_is_named_and_nothing_is_kept_of_it) {
    EXPECT_THAT(call("PATCH", "/doors/21/rules",
                     {{"groups", {{{"people", json::array()}, {"needed", 1}}, 7}},
                      {"first_card", {{"people", {"77"}}, {"then", "x"}}},
                      {"unlock_periods", {{{"unlock_mode", "card"}}}},
                      {"group_window_s", 601}})
                    .fields(),
                UnorderedElementsAre("groups.0.people:too_short", "groups.1:type", "first_card.then:choice",
                                     "unlock_periods.0.template_id:missing", "group_window_s:too_large"));
    EXPECT_THAT(call("PATCH", "/doors/21/rules",
                     {{"always_open", "5"}, {"groups", {{{"people", {people_[0], "77"}}, {"needed", 1}}}}})
                    .fields(),
                UnorderedElementsAre("always_open:not_found", "groups.0.people.1:not_found"));
    EXPECT_THAT(
        call("PATCH", "/doors/21/rules", {{"groups", {{{"people", {people_[0]}}, {"needed", 2}}}}}).fields(),
        ElementsAre("groups.0.needed:too_large"));
    EXPECT_TRUE(must(200, call("GET", "/doors/21/rules")).at("groups").as_array().empty());
}

TEST_F(Rules, an_area_is_of_one_controller_and_a_reader_leads_one_way) {
    const auto apart = call("POST", "/passback-areas",
                            {{"name", "Yard"}, {"entries", {reader("21", "entry"), reader("23", "entry")}}});
    EXPECT_EQ(apart.code(), "several_controllers");
    EXPECT_THAT(apart.text, HasSubstr(R"(\"Front\" belongs to \"Lobby\", \"Gate\" to \"Hall\")"));
    const auto yard = add("/passback-areas", {{"name", "Yard"},
                                              {"reset_at", "04:00:00"},
                                              {"entries", {reader("21", "entry")}},
                                              {"exits", {reader("21", "exit")}}});
    auto area = must(200, call("GET", at("/passback-areas", yard)));
    EXPECT_EQ(area.at("passback"), "hard");
    EXPECT_EQ(area.at("device_id"), "1");
    const auto taken =
        call("POST", "/passback-areas", {{"name", "Vault"}, {"entries", {reader("21", "entry")}}});
    EXPECT_EQ(taken.code(), "reader_taken");
    EXPECT_THAT(taken.text, HasSubstr(R"(The reader outside \"Front\" leads into \"Yard\" already)"));
    EXPECT_EQ(
        call("POST", "/passback-areas", {{"name", "Yard"}, {"entries", {reader("22", "entry")}}}).code(),
        "name_taken");
    EXPECT_THAT(call("POST", "/passback-areas", {{"name", "Nothing"}}).fields(),
                ElementsAre("entries:too_short"));
    EXPECT_THAT(call("PATCH", at("/passback-areas", yard), {{"exits", {reader("21", "entry")}}}).fields(),
                ElementsAre("exits.0:duplicate"));
    area = must(200, call("PATCH", at("/passback-areas", yard), {{"passback", "timed"}, {"minutes", 30}}));
    EXPECT_EQ(area.at("reset_at"), "04:00:00");
    EXPECT_EQ(area.at("exits").as_array().size(), 1U);
    add("/passback-areas",
        {{"name", "Vault"}, {"entries", {reader("22", "entry")}}, {"exits", {reader("22", "exit")}}});
    EXPECT_EQ(call("DELETE", at("/passback-areas", yard)).status, 204);
    EXPECT_EQ(last_noted().at("before").at("entries").at(0).at("door").at("name"), "Front");
    add("/passback-areas", {{"name", "Yard"}, {"entries", {reader("21", "entry")}}});
    const auto numbers = ports::read_from(*database_, [](ports::Connection& c) {
        return c.query("SELECT number FROM passback_area ORDER BY number");
    });
    EXPECT_EQ(numbers->back().integer(0), 3)
        << "nobody of the first yard is taken for somebody in the second";
}

TEST_F(Rules, who_is_in_an_area_is_forgotten_at_its_controller_only) {
    const auto yard = add("/passback-areas", {{"name", "Yard"}, {"entries", {reader("21", "entry")}}});
    EXPECT_EQ(call("POST", at("/passback-areas", yard, "/reset")).code(), "device_offline");
    EXPECT_EQ(call("POST", at("/passback-areas", yard, "/pardons"), {{"person_id", people_[0]}}).code(),
              "person_not_there");
    EXPECT_EQ(call("POST", "/passback-areas/9/reset").code(), "not_found");
    EXPECT_THAT(call("POST", at("/passback-areas", yard, "/pardons"), json::object()).fields(),
                ElementsAre("person_id:missing"));
}

TEST_F(Rules, a_public_password_is_written_and_never_told) {
    std::set<server::Id> told;
    platform_->on_change([&](const server::Change& change) { told = *change.devices; });
    auto one = must(201, call("POST", "/public-passwords",
                              {{"name", "Cleaning"}, {"code", "4711"}, {"doors", {"23", "21"}}}));
    EXPECT_EQ(told, (std::set<server::Id>{1, 2}));
    EXPECT_EQ(one.at("number"), 1);
    EXPECT_EQ(one.at("issue").at(0).at("state"), "pending");
    EXPECT_EQ(one.at("issue").at(0).at("reason"), "device_offline");
    const auto id = one.at("id").as_string();
    one = must(
        200, call("PATCH", at("/public-passwords", id),
                  {{"code", "0815"}, {"doors", {"23"}}, {"uses", 3}, {"valid_to", "2027-01-01T00:00:00Z"}}));
    EXPECT_EQ(told, (std::set<server::Id>{1, 2})) << "the one that it is taken from as well";
    EXPECT_EQ(last_noted().at("after").at("code"), "changed");
    EXPECT_EQ(last_noted().at("before").at("doors").at(0).at("name"), "Front");
    EXPECT_EQ(must(200, call("GET", "/public-passwords?limit=1")).at("items").at(0), json::value(one));
    for (const auto* place : {"/public-passwords", "/audit?limit=50"}) {
        const auto text = call("GET", place).text;
        EXPECT_THAT(text, testing::Not(HasSubstr("4711")));
        EXPECT_THAT(text, testing::Not(HasSubstr("0815")));
    }
    EXPECT_EQ(call("DELETE", at("/public-passwords", id)).status, 204);
    EXPECT_EQ(told, std::set<server::Id>{2});
    EXPECT_EQ(call("GET", at("/public-passwords", id)).code(), "not_found");
    EXPECT_EQ(must(201, call("POST", "/public-passwords", {{"name", "Post"}, {"code", "1"}})).at("number"), 2)
        << "the number of a record is never somebody else's";
}

TEST_F(Rules, no_code_is_another_one_or_somebodys_user_id) {
    const auto first = add("/public-passwords", {{"name", "Cleaning"}, {"code", "4711"}});
    EXPECT_EQ(call("POST", "/public-passwords", {{"name", "Post"}, {"code", "4711"}}).code(), "code_taken");
    EXPECT_EQ(call("POST", "/public-passwords", {{"name", "Cleaning"}, {"code", "1"}}).code(), "name_taken");
    EXPECT_EQ(call("POST", "/public-passwords", {{"name", "Post"}, {"code", "1001"}}).code(), "code_taken")
        << "Anna's";
    ASSERT_TRUE(ports::write_to(*database_, [](ports::Connection& c) {
        return c.execute("INSERT INTO device_entry (device_id, user_id, tag, since) VALUES (1, '77', 0, 5)");
    }));
    EXPECT_EQ(call("POST", "/public-passwords", {{"name", "Post"}, {"code", "77"}}).code(), "code_taken")
        << "of somebody at a keypad";
    must(200, call("PATCH", at("/public-passwords", first), {{"code", "4711"}, {"name", "Cleaners"}}));
    EXPECT_EQ(call("POST", "/people", {{"name", "Dora"}, {"user_id", "4711"}}).code(), "user_id_reserved");
    must(201, call("POST", "/people", {{"name", "Dora"}, {"user_id", "4712"}, {"pin", "4711"}}));
    must(200, call("PATCH", at("/public-passwords", first), {{"code", "1004"}}));
    EXPECT_EQ(must(201, call("POST", "/people", {{"name", "Eve"}})).at("user_id"), "1005");
    EXPECT_THAT(call("POST", "/public-passwords",
                     {{"code", "123456789"}, {"uses", 0}, {"doors", {"x"}}, {"valid_to", "soon"}})
                    .fields(),
                UnorderedElementsAre("name:missing", "code:pattern", "uses:too_small", "doors.0:pattern",
                                     "valid_to:pattern"));
    EXPECT_THAT(
        call("POST", "/public-passwords", {{"name", "Post"}, {"code", "2"}, {"doors", {"99"}}}).fields(),
        ElementsAre("doors.0:not_found"));
}

TEST_F(Rules, of_two_changes_at_once_none_is_lost) {
    const auto patch = [this](const char* path, const json::object& body) {
        return std::async(std::launch::async, [=, this] { return call("PATCH", path, body).status; });
    };
    for (int i = 0; i < 40; ++i) {
        const auto name = fmt::format("Gate {}", i);
        must(200, call("PATCH", "/doors/23", {{"confirm", false}}));
        auto one = patch("/doors/23", {{"confirm", true}});
        auto other = patch("/doors/23", {{"name", name}});
        EXPECT_EQ(one.get(), 200);
        EXPECT_EQ(other.get(), 200);
        const auto door = must(200, call("GET", "/doors/23"));
        ASSERT_EQ(std::pair(door.at("confirm"), door.at("name")),
                  std::pair(json::value(true), json::value(name)));
    }
    restart();
    EXPECT_EQ(must(200, call("GET", "/doors/23")).at("name"), "Gate 39");
    for (const auto* outlet : {"/settings/mqtt", "/settings/mail", "/settings/syslog"}) {
        for (int i = 0; i < 10; ++i) {
            const auto revision = must(200, call("GET", outlet)).at("revision");
            auto one = patch(outlet, {{"port", 2'001 + i}, {"revision", revision}});
            auto other = patch(outlet, {{"port", 3'001 + i}, {"revision", revision}});
            EXPECT_EQ((std::set{one.get(), other.get()}), (std::set{200, 409})) << outlet;
        }
    }
}

TEST_F(Rules, codes_are_not_found_by_trying) {
    add("/public-passwords", {{"name", "Cleaning"}, {"code", "4711"}});
    const json::object probe{{"name", "Probe"}, {"code", "4711"}, {"doors", {"99"}}};
    EXPECT_EQ(call("POST", "/public-passwords", probe).code(), "invalid") << "a guess that costs nothing";
    const json::object person{{"name", "P"}, {"user_id", "4711"}, {"department_id", "99"}};
    EXPECT_EQ(call("POST", "/people", person).code(), "invalid");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(call("POST", "/people", {{"name", "P"}, {"user_id", "4711"}}).code(), "user_id_reserved");
    EXPECT_EQ(call("POST", "/people", {{"name", "P"}, {"user_id", "4711"}}).status, 429);
    EXPECT_EQ(call("POST", "/public-passwords", {{"name", "Post"}, {"code", "4711"}}).status, 429);
    const auto noted = must(200, call("GET", "/audit?action=public_password.found"));
    EXPECT_EQ(noted.at("items").as_array().size(), 5U);
    EXPECT_EQ(call("POST", "/people", {{"name", "Dora"}}).status, 201) << "without a number of one's own";
}

TEST_F(Rules, a_controller_holds_so_many_public_passwords) {
    const auto done = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
        return c.script(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO "
            "public_password (id, number, name, code, code_mark, uses_series, changed_at) SELECT i, i, 'n' "
            "|| i, "
            "x'00', 'm' || i, 0, 0 FROM n;"
            "INSERT INTO public_password_door SELECT id, 21 FROM public_password;"
            "INSERT INTO setting VALUES ('next_public_password', '501');");
    });
    ASSERT_TRUE(done);
    const auto full = call("POST", "/public-passwords", {{"name", "Post"}, {"code", "2"}, {"doors", {"22"}}});
    EXPECT_EQ(full.code(), "too_many_public_passwords");
    EXPECT_THAT(full.text, HasSubstr("Lobby"));
    must(201, call("POST", "/public-passwords", {{"name", "Post"}, {"code", "2"}, {"doors", {"23"}}}));
}

TEST_F(Rules, the_keypads_password_is_written_and_never_told) {
    EXPECT_TRUE(must(200, call("GET", "/devices/1")).at("keypad_password").is_null());
    for (const auto* bad : {"12345", "88888888", "12345x"})
        EXPECT_THAT(call("PATCH", "/devices/1", {{"keypad_password", bad}}).fields(),
                    ElementsAre("keypad_password:pattern"));
    auto device = must(200, call("PATCH", "/devices/1", {{"keypad_password", "246810"}}));
    EXPECT_EQ(device.at("keypad_password").at("state"), "pending");
    EXPECT_TRUE(device.at("keypad_password").at("changed_at_keypad").is_null());
    EXPECT_EQ(last_noted().at("after").at("keypad_password"), "changed");
    EXPECT_THAT(call("GET", "/devices/1").text, testing::Not(HasSubstr("246810")));
    device = must(200, call("PATCH", "/devices/1", {{"keypad_password", nullptr}}));
    EXPECT_TRUE(device.at("keypad_password").is_null());
    EXPECT_EQ(last_noted().at("after").at("keypad_password"), "removed");
}

TEST_F(Rules, an_interlock_is_of_doors_of_one_controller) {
    EXPECT_EQ(call("POST", "/interlocks", {{"name", "Lock"}, {"doors", {"21", "23"}}}).code(),
              "several_controllers");
    EXPECT_THAT(call("POST", "/interlocks", {{"name", "Lock"}, {"doors", {"21"}}}).fields(),
                ElementsAre("doors:too_short"));
    EXPECT_THAT(call("POST", "/interlocks", {{"name", "Lock"}, {"doors", {"21", "99"}}}).fields(),
                ElementsAre("doors.1:not_found"));
    EXPECT_THAT(call("POST", "/interlocks", json::object()).fields(),
                UnorderedElementsAre("name:missing", "doors:missing"));
    const auto lock = add("/interlocks", {{"name", "Lock"}, {"doors", {"21", "22"}}});
    auto one = must(200, call("PATCH", at("/interlocks", lock), {{"name", "Lock"}, {"blocks", "open"}}));
    EXPECT_EQ(one.at("doors").as_array().size(), 2U);
    EXPECT_EQ(one.at("blocks"), "open");
    EXPECT_EQ(last_noted().at("after"), json::value({{"blocks", "open"}}));
    EXPECT_EQ(must(200, call("GET", "/interlocks?limit=1")).at("items").at(0), json::value(one));
    EXPECT_EQ(call("DELETE", at("/interlocks", lock)).status, 204);
    EXPECT_EQ(call("GET", at("/interlocks", lock)).code(), "not_found");
}

TEST_F(Rules, whoever_sees_a_part_neither_sees_nor_changes_what_lies_outside) {
    const auto north = add("/areas", {{"name", "North"}});
    const auto plant = add("/departments", {{"name", "Plant"}});
    must(200, call("PATCH", "/doors/21", {{"area_id", north}}));
    must(200, call("PATCH", at("/people", people_[0]), {{"department_id", plant}}));
    const auto lock = add("/interlocks", {{"name", "Lock"}, {"doors", {"21", "22"}}});
    const auto yard = add("/passback-areas", {{"name", "Yard"}, {"entries", {reader("21", "entry")}}});
    must(200, call("PATCH", "/doors/21/rules",
                   {{"groups", {{{"people", {people_[0], people_[1]}}, {"needed", 2}}}}}));
    become({north}, {plant});
    EXPECT_EQ(call("GET", at("/interlocks", lock)).code(), "not_found") << "Rear is elsewhere";
    EXPECT_EQ(must(200, call("GET", "/interlocks")).at("items").as_array().size(), 0U);
    must(200, call("GET", at("/passback-areas", yard)));
    EXPECT_EQ(call("GET", "/doors/22/rules").code(), "not_found");
    EXPECT_EQ(must(200, call("GET", "/door-rules")).at("items").as_array().size(), 1U);
    const auto group = must(200, call("GET", "/doors/21/rules")).at("groups").at(0).as_object();
    EXPECT_EQ(group.at("count"), 2);
    EXPECT_EQ(group.at("people").as_array().size(), 1U);
    EXPECT_EQ(call("PATCH", "/doors/21/rules", {{"groups", json::array()}}).code(), "beyond_your_part");
    must(200, call("PATCH", "/doors/21/rules", {{"group_window_s", 30}}));
    EXPECT_THAT(call("POST", "/interlocks", {{"name", "Mine"}, {"doors", {"21", "22"}}}).fields(),
                ElementsAre("doors.1:not_found"));
}

}  // namespace
}  // namespace sallyport::tests
