// Floor plans as the API keeps them (platform.md M4), and who sees what of them (S3).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The areas North and South; a controller in each, with the doors 21 Front and 22 Rear in North, 23 Gate in
/// South.
class Plans : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        north_ = add("/areas", {{"name", "North"}});
        south_ = add("/areas", {{"name", "South"}});
        const auto done = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(
                "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
                "serial, model, firmware, created_at, area_id) VALUES "
                "(1, 'Lobby', '10.0.0.9', 37777, 'admin', x'00', 'ab', 'given', 'SP1', 'm', 'f', 0, " +
                north_ +
                "), (2, 'Hall', '10.0.0.8', 37777, 'admin', x'00', 'ab', 'given', 'SP2', 'm', 'f', 0, " +
                south_ +
                "); INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, "
                "overtime_s, duress) VALUES (21, 1, 1, 'Front', 3, 'card', 1, 60, 0), (22, 1, 2, 'Rear', 3, "
                "'card', 1, 60, 0), (23, 2, 1, 'Gate', 3, 'card', 1, 60, 0);");
        });
        ASSERT_TRUE(done);
        restart();
    }
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body)).at("id"));
    }
    json::object last_noted() {
        return must(200, call("GET", "/audit?limit=1")).at("items").at(0).as_object();
    }
    static std::string at(const std::string& id) { return "/floor-plans/" + id; }
    static json::object placed(const char* door, double x, double y) {
        return {{"door_id", door}, {"x", x}, {"y", y}, {"rotation", 90}};
    }
    std::vector<std::string> doors_of(const std::string& plan) {
        std::vector<std::string> all;
        for (const auto& door : must(200, call("GET", at(plan))).at("doors").as_array())
            all.push_back(json::value_to<std::string>(door.at("door_id")));
        return all;
    }
    std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const auto& plan : must(200, call("GET", "/floor-plans")).at("items").as_array())
            all.push_back(json::value_to<std::string>(plan.at("name")));
        return all;
    }
    /// Signs in as somebody who may do all, in North.
    void become_northern() {
        must(201, call("POST", "/accounts",
                       {{"name", "guard"},
                        {"password", "brass-key-58"},
                        {"role_id", "1"},
                        {"areas", {json::string(north_)}}}));
        const auto session =
            must(200, call("POST", "/sessions", {{"account", "guard"}, {"password", "brass-key-58"}}));
        token_ = json::value_to<std::string>(session.at("token"));
        must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
    }
    std::string north_, south_;
};

TEST_F(Plans, doors_stand_where_they_were_placed_and_what_changed_is_noted) {
    const auto plan = add("/floor-plans", {{"name", "Ground floor"},
                                           {"area_id", json::string(north_)},
                                           {"doors", {placed("21", 0.25, 0.5), placed("22", 1, 0)}}});
    EXPECT_EQ(last_noted().at("action"), "floor_plan.added");
    EXPECT_EQ(last_noted().at("after").at("area").at("name"), "North");
    EXPECT_EQ(last_noted().at("after").at("doors_placed").as_array().size(), 2U);
    restart();
    auto told = must(200, call("GET", at(plan)));
    EXPECT_EQ(told.at("doors").at(0).at("x").to_number<double>(), 0.25);
    EXPECT_EQ(told.at("doors").at(0).at("rotation"), 90);
    EXPECT_TRUE(told.at("picture").is_null());
    told = must(200, call("PATCH", at(plan),
                          {{"revision", 1}, {"doors", {placed("21", 0.3, 0.5), placed("23", 0, 0)}}}));
    EXPECT_EQ(told.at("revision"), 2);
    const auto noted = last_noted();
    EXPECT_EQ(noted.at("action"), "floor_plan.changed");
    EXPECT_EQ(noted.at("after").at("doors_moved").at(0).at("name"), "Front");
    EXPECT_EQ(noted.at("after").at("doors_placed").at(0).at("name"), "Gate");
    EXPECT_EQ(noted.at("before").at("doors_placed").at(0).at("name"), "Rear");
    EXPECT_EQ(call("PATCH", at(plan), {{"revision", 1}, {"name", "Mine"}}).code(), "changed_meanwhile");
    EXPECT_THAT(call("PATCH", at(plan), {{"doors", {placed("21", 0, 0), placed("99", 0, 0)}}}).fields(),
                ElementsAre("doors.1:not_found"));
    EXPECT_THAT(doors_of(plan), ElementsAre("21", "23")) << "nothing of what is refused is kept";
    must(204, call("DELETE", at(plan)));
    EXPECT_EQ(last_noted().at("action"), "floor_plan.removed");
    EXPECT_EQ(call("GET", at(plan)).code(), "not_found");
}

TEST_F(Plans, who_sees_a_part_sees_its_plans_and_on_them_its_doors_and_moves_no_others) {
    const auto ground = add("/floor-plans", {{"name", "Ground floor"},
                                             {"area_id", json::string(north_)},
                                             {"doors", {placed("21", 0, 0), placed("23", 0.5, 0.5)}}});
    const auto hall = add("/floor-plans", {{"name", "Hall"}, {"area_id", json::string(south_)}});
    const auto campus = add("/floor-plans", {{"name", "Campus"}});
    must(200,
         call("PATCH", at(ground), {{"links", {{{"plan_id", json::string(hall)}, {"x", 0}, {"y", 0}}}}}));
    const auto admin = token_;
    become_northern();
    EXPECT_THAT(names(), ElementsAre("Ground floor"));
    for (const auto& hidden : {hall, campus}) {
        EXPECT_EQ(call("GET", at(hidden)).code(), "not_found");
        EXPECT_EQ(call("GET", at(hidden) + "/picture").code(), "not_found");
        EXPECT_EQ(call("PATCH", at(hidden), {{"name", "Mine"}}).code(), "not_found");
        EXPECT_EQ(call("DELETE", at(hidden)).code(), "not_found");
    }
    EXPECT_THAT(doors_of(ground), ElementsAre("21"));
    EXPECT_THAT(must(200, call("GET", at(ground))).at("links").as_array(), IsEmpty());
    EXPECT_THAT(call("PATCH", at(ground), {{"doors", {placed("23", 0, 0)}}}).fields(),
                ElementsAre("doors.0:not_found"));
    EXPECT_THAT(call("PATCH", at(ground), {{"area_id", json::string(south_)}}).fields(),
                ElementsAre("area_id:not_found"));
    EXPECT_THAT(
        call("PATCH", at(ground), {{"links", {{{"plan_id", json::string(hall)}, {"x", 0}, {"y", 0}}}}})
            .fields(),
        ElementsAre("links.0:not_found"));
    EXPECT_THAT(call("POST", "/floor-plans", {{"name", "Site"}}).fields(), ElementsAre("area_id:missing"));
    must(200, call("PATCH", at(ground), {{"doors", {placed("22", 1, 1)}}, {"links", json::array()}}));
    EXPECT_THAT(call("GET", "/audit").text, Not(HasSubstr("Gate")));
    token_ = admin;
    EXPECT_THAT(doors_of(ground), ElementsAre("22", "23")) << "the one that the guard does not see stays";
    EXPECT_EQ(must(200, call("GET", at(ground))).at("links").as_array().size(), 1U);
}

TEST_F(Plans, what_is_removed_is_taken_off_and_an_area_with_a_plan_stays) {
    const auto inside = add("/floor-plans", {{"name", "Inside"}, {"area_id", json::string(north_)}});
    const auto campus =
        add("/floor-plans", {{"name", "Campus"},
                             {"doors", {placed("21", 0, 0), placed("23", 0, 0)}},
                             {"links", {{{"plan_id", json::string(inside)}, {"x", 1}, {"y", 1}}}}});
    EXPECT_THAT(
        call("PATCH", at(campus), {{"links", {{{"plan_id", json::string(campus)}, {"x", 0}, {"y", 0}}}}})
            .fields(),
        ElementsAre("links.0:cycle"));
    must(204, call("DELETE", "/devices/1"));
    EXPECT_THAT(doors_of(campus), ElementsAre("23"));
    EXPECT_THAT(call("DELETE", "/areas/" + north_).text, HasSubstr("North still holds 1 floor plan"));
    must(204, call("DELETE", at(inside)));
    EXPECT_THAT(must(200, call("GET", at(campus))).at("links").as_array(), IsEmpty());
    must(204, call("DELETE", "/areas/" + north_));
}

TEST_F(Plans, they_are_listed_in_their_order_page_by_page) {
    add("/floor-plans", {{"name", "Second floor"}, {"position", 2}});
    add("/floor-plans", {{"name", "Campus"}});
    add("/floor-plans", {{"name", "First floor"}, {"position", 1}});
    EXPECT_THAT(names(), ElementsAre("Campus", "First floor", "Second floor"));
    const auto first = must(200, call("GET", "/floor-plans?limit=2"));
    const auto cursor = json::value_to<std::string>(first.at("next"));
    const auto rest = must(200, call("GET", "/floor-plans?limit=2&cursor=" + cursor));
    EXPECT_EQ(rest.at("items").at(0).at("name"), "Second floor");
    EXPECT_TRUE(rest.at("next").is_null());
    EXPECT_EQ(call("GET", "/floor-plans?cursor=7").code(), "bad_cursor");
    EXPECT_EQ(call("POST", "/floor-plans", {{"name", "campus"}}).code(), "name_taken");
    add("/floor-plans", {{"name", "campus"}, {"area_id", json::string(north_)}});
}

}  // namespace
}  // namespace sallyport::tests
