// Two operators who change the same thing ("Bad input" of the platform): the slower one is told, and nothing
// is lost (api/openapi.yaml, Revision).
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Revisions : public TwoControllers {
  protected:
    std::string add(const std::string& list, const json::value& body) {
        const auto made = must(201, call("POST", list, body));
        return fmt::format("{}/{}", list, made.at("id").as_string().c_str());
    }
    static json::string id_of(const std::string& path) { return path.substr(path.rfind('/') + 1).c_str(); }
    std::vector<std::string> ids(const std::string& path, std::string_view list) {
        std::vector<std::string> all;
        for (const auto& id : must(200, call("GET", path)).at(list).as_array())
            all.emplace_back(id.as_string());
        return all;
    }
    json::object audit() { return must(200, call("GET", "/audit?limit=1")).at("items").at(0).as_object(); }
    json::object change(const std::string& path, json::object body, std::int64_t revision) {
        body["revision"] = revision;
        return must(200, call("PATCH", path, body));
    }
    /// Changes what has the revision `now`; another change that was made from it is refused, and one that
    /// names no revision is taken.
    void expect_told(const std::string& path, const json::object& one, const json::object& other,
                     std::int64_t now = 1) {
        SCOPED_TRACE(path);
        EXPECT_EQ(must(200, call("GET", path)).at("revision"), now);
        auto first = one;
        first["revision"] = now;
        const auto changed = must(200, call("PATCH", path, first));
        EXPECT_EQ(changed.at("revision"), now + 1);
        EXPECT_FALSE(audit().at("after").as_object().contains("revision"));
        auto late = other;
        late["revision"] = now;
        const auto refused = call("PATCH", path, late);
        EXPECT_EQ(refused.status, 409);
        EXPECT_EQ(refused.code(), "changed_meanwhile");
        EXPECT_THAT(refused.text, HasSubstr("Load it again"));
        EXPECT_EQ(must(200, call("GET", path)), changed) << "what was refused has changed nothing";
        EXPECT_EQ(must(200, call("PATCH", path, other)).at("revision"), now + 2);
        late["revision"] = now + 3;
        EXPECT_EQ(call("PATCH", path, late).code(), "changed_meanwhile") << "nor from what is still to come";
    }
};

TEST_F(Revisions, who_was_slower_is_told_of_everything_that_is_edited) {
    const json::object one{{"name", "One"}};
    const json::object other{{"name", "Other"}};
    const auto anna = add("/people", {{"name", "Anna"}});
    expect_told(anna, one, other);
    expect_told(add("/departments", {{"name", "Works"}}), one, other);
    expect_told(add("/areas", {{"name", "North"}}), one, other);
    expect_told(add("/roles", {{"name", "Guard"}, {"rights", {{"doors", "view"}}}}), one, other);
    const auto group = add("/permission-groups", {{"name", "Staff"}});
    expect_told(group, {{"doors", {"21"}}}, {{"people", {id_of(anna)}}});
    const auto week = add("/time-templates", {{"name", "Day"}, {"week", json::array(7, json::array())}});
    const auto day = add("/holidays", {{"name", "New Year"}, {"from", "2027-01-01"}, {"to", "2027-01-01"}});
    expect_told(week, {{"holiday_ids", {id_of(day)}}}, other);
    expect_told(day, {{"yearly", true}}, {{"to", "2027-01-02"}});
    const json::array entries{{{"door_id", "21"}, {"direction", "entry"}}};
    expect_told(add("/passback-areas", {{"name", "Yard"}, {"entries", entries}}), {{"passback", "soft"}},
                other);
    expect_told(add("/interlocks", {{"name", "Lock"}, {"doors", {"21", "22"}}}), {{"blocks", "open"}}, other);
    expect_told(add("/public-passwords", {{"name", "Post"}, {"code", "4711"}}), {{"doors", {"21"}}},
                {{"code", "815"}});
    expect_told("/doors/21/rules", {{"always_open", id_of(week)}}, {{"group_window_s", 9}});
    expect_told("/doors/21", {{"settings", {{"hold_s", 7}}}}, {{"confirm", true}});
    expect_told("/devices/1", one, other);
}

TEST_F(Revisions, members_come_and_go_beside_what_others_change) {
    const auto anna = add("/people", {{"name", "Anna"}});
    const auto bo = add("/people", {{"name", "Bo"}});
    const auto cem = add("/people", {{"name", "Cem"}});
    const auto group =
        add("/permission-groups", {{"name", "Staff"}, {"doors", {"21"}}, {"people", {id_of(anna)}}});
    // Both knew a group with Anna alone.
    must(200, call("PATCH", group, {{"add_people", {id_of(bo)}}}));
    must(200, call("PATCH", group, {{"add_people", {id_of(cem), id_of(anna)}}}));
    EXPECT_EQ(ids(group, "people").size(), 3U);
    EXPECT_EQ(audit().at("after").at("people").as_array().size(), 1U) << "Anna was in it";
    must(200, call("PATCH", group, {{"remove_people", {id_of(anna)}}}));
    must(200, call("PATCH", group, {{"remove_people", {id_of(anna)}}}));
    EXPECT_EQ(ids(group, "people").size(), 2U);
    EXPECT_THAT(ids(group, "doors"), ElementsAre("21"));
    EXPECT_THAT(call("PATCH", group, {{"add_people", {"99"}}}).fields(),
                ElementsAre("add_people.0:not_found"));
    EXPECT_EQ(call("PATCH", group, {{"people", json::array()}, {"revision", 1}}).code(), "changed_meanwhile");
    EXPECT_EQ(ids(group, "people").size(), 2U);
}

TEST_F(Revisions, a_door_that_is_renamed_with_its_controller_is_another_one) {
    must(200, call("PATCH", "/doors/23", {{"name", "Hall"}}));  // as if nobody had named it
    must(200, call("PATCH", "/devices/2", {{"name", "Court"}}));
    EXPECT_EQ(must(200, call("GET", "/doors/23")).at("name"), "Court");
    EXPECT_EQ(call("PATCH", "/doors/23", {{"confirm", true}, {"revision", 2}}).code(), "changed_meanwhile");
    change("/doors/23", {{"confirm", true}}, 3);
}

TEST_F(Revisions, duress_is_switched_for_all_doors_of_a_controller) {
    const auto duress = [this](const char* door) {
        return must(200, call("GET", door)).at("settings").at("duress").as_bool();
    };
    change("/doors/22", {{"settings", {{"duress", true}}}}, 1);
    EXPECT_TRUE(duress("/doors/21") && duress("/doors/22"));
    EXPECT_FALSE(duress("/doors/23")) << "another controller";
    EXPECT_EQ(must(200, call("GET", "/audit?action=door.changed")).at("items").as_array().size(), 2U);
    EXPECT_EQ(call("PATCH", "/doors/21", {{"settings", {{"duress", false}}}, {"revision", 1}}).code(),
              "changed_meanwhile");
    EXPECT_TRUE(duress("/doors/22"));
    change("/doors/21", {{"settings", {{"duress", false}}}}, 2);
    EXPECT_FALSE(duress("/doors/21") || duress("/doors/22"));
    clock_.advance(std::chrono::seconds{1});
    restart();
    EXPECT_FALSE(duress("/doors/21") || duress("/doors/22"));
    EXPECT_EQ(must(200, call("GET", "/doors/22")).at("revision"), 3);
}

TEST_F(Revisions, duress_of_doors_elsewhere_is_not_switched_along) {
    const auto north = add("/areas", {{"name", "North"}});
    must(200, call("PATCH", "/doors/21", {{"area_id", id_of(north)}}));
    must(201, call("POST", "/accounts",
                   {{"name", "north"},
                    {"password", "brass-key-58"},
                    {"role_id", "1"},
                    {"areas", {id_of(north)}},
                    {"departments", nullptr}}));
    const auto whole_site = token_;
    const auto session =
        must(200, call("POST", "/sessions", {{"account", "north"}, {"password", "brass-key-58"}}));
    token_ = json::value_to<std::string>(session.at("token"));
    must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
    EXPECT_EQ(call("PATCH", "/doors/21", {{"settings", {{"duress", true}}}}).code(), "beyond_your_part");
    EXPECT_EQ(must(200, call("GET", "/doors/21")).at("settings").at("duress"), false);
    must(200, call("PATCH", "/doors/21", {{"settings", {{"hold_s", 9}}}}));
    token_ = whole_site;
    EXPECT_EQ(must(200, call("GET", "/doors/22")).at("settings").at("duress"), false);
}

}  // namespace
}  // namespace sallyport::tests
