// The organisation tree (platform.md V4, H1; api/openapi.yaml).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Organisation : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    std::string area(const std::string& name, const std::string& parent = {}) {
        const json::value above = parent.empty() ? json::value(nullptr) : json::value(json::string(parent));
        return add("/areas", {{"name", json::string(name)}, {"parent_id", above}});
    }
    /// A device in an area with doors 1 and 2, as if it had been added.
    void add_device(const std::string& in) {
        const auto outcome = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(
                "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
                "serial, model, firmware, created_at, area_id) VALUES (1, 'Gate', '10.0.0.9', 37777, "
                "'admin', x'00', 'ab', 'given', 'SP1', 'm', 'f', 0, " +
                in +
                "); INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, "
                "overtime_s, duress) VALUES (11, 1, 1, 'Front', 3, 'card', 1, 60, 0), "
                "(12, 1, 2, 'Back', 3, 'card', 1, 60, 0);");
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

TEST_F(Organisation, branches_are_added_moved_renamed_and_removed) {
    const auto site = area("North"), hall = area("Hall", site), other = area("South");
    EXPECT_THAT(names("/areas"), ElementsAre("Hall", "North", "South"));
    EXPECT_EQ(call("POST", "/areas", {{"name", "hall"}, {"parent_id", json::string(site)}}).code(),
              "name_taken");
    area("Hall", other);  // elsewhere the name is free
    const auto renamed = must(200, call("PATCH", "/areas/" + hall, {{"name", "Hall 1"}, {"revision", 1}}));
    EXPECT_EQ(renamed.at("revision"), 2);
    EXPECT_EQ(renamed.at("parent_id").as_string(), site);
    must(200, call("PATCH", "/areas/" + hall, {{"parent_id", json::string(other)}}));
    const auto top = must(200, call("PATCH", "/areas/" + hall, {{"parent_id", nullptr}}));
    EXPECT_TRUE(top.at("parent_id").is_null());
    EXPECT_EQ(call("DELETE", "/areas/" + hall).status, 204);
    EXPECT_EQ(call("GET", "/areas/" + hall).code(), "not_found");
    const auto log = must(200, call("GET", "/audit?limit=3")).at("items");
    EXPECT_EQ(log.at(0).at("action"), "area.removed");
    EXPECT_TRUE(log.at(1).at("after").at("parent").is_null());
    EXPECT_EQ(log.at(1).at("before").at("parent").at("name"), "South");
}

TEST_F(Organisation, nothing_hangs_below_itself_or_from_nothing) {
    const auto site = area("North"), hall = area("Hall", site), room = area("Room", hall);
    for (const auto& below : {site, hall, room}) {
        const auto refused = call("PATCH", "/areas/" + site, {{"parent_id", json::string(below)}});
        EXPECT_EQ(refused.status, 400);
        EXPECT_THAT(refused.fields(), ElementsAre("parent_id:cycle"));
    }
    EXPECT_THAT(call("PATCH", "/areas/" + room, {{"parent_id", "1"}}).fields(),
                ElementsAre("parent_id:not_found"));
    EXPECT_THAT(call("POST", "/areas", {{"name", "x"}, {"parent_id", "1"}}).fields(),
                ElementsAre("parent_id:not_found"));
}

TEST_F(Organisation, a_tree_has_twelve_levels) {
    std::string parent, top;
    for (int level = 1; level <= 12; ++level) {
        parent = area("Level", parent);
        if (level == 1) top = parent;
    }
    EXPECT_THAT(call("POST", "/areas", {{"name", "Level"}, {"parent_id", json::string(parent)}}).fields(),
                ElementsAre("parent_id:too_deep"));
    // Nor by hanging a whole tree below another top.
    EXPECT_THAT(call("PATCH", "/areas/" + top, {{"parent_id", json::string(area("Other"))}}).fields(),
                ElementsAre("parent_id:too_deep"));
}

TEST_F(Organisation, who_was_slower_is_told) {
    const auto site = area("North");
    must(200, call("PATCH", "/areas/" + site, {{"name", "East"}, {"revision", 1}}));
    const auto late = call("PATCH", "/areas/" + site, {{"name", "West"}, {"revision", 1}});
    EXPECT_EQ(late.code(), "changed_meanwhile");
    EXPECT_THAT(late.text, HasSubstr("East"));
    const auto person = must(201, call("POST", "/people", {{"name", "Anna"}}));
    const auto id = json::value_to<std::string>(person.at("id"));
    must(200, call("PATCH", "/people/" + id, {{"name", "Anna Berger"}, {"revision", 1}}));
    EXPECT_EQ(call("PATCH", "/people/" + id, {{"name", "Anna Klein"}, {"revision", 1}}).code(),
              "changed_meanwhile");
    EXPECT_THAT(names("/people"), ElementsAre("Anna Berger"));
}

TEST_F(Organisation, what_still_holds_something_is_not_removed) {
    const auto site = area("North"), hall = area("Hall", site);
    EXPECT_THAT(call("DELETE", "/areas/" + site).text, HasSubstr("North still holds 1 area."));
    add_device(hall);
    EXPECT_THAT(call("DELETE", "/areas/" + hall).text, HasSubstr("Hall still holds 1 device, 2 doors."));
    const auto staff = add("/departments", {{"name", "Staff"}});
    add("/people", {{"name", "Anna"}, {"department_id", json::string(staff)}});
    const auto refused = call("DELETE", "/departments/" + staff);
    EXPECT_EQ(refused.code(), "not_empty");
    EXPECT_THAT(refused.text, HasSubstr("1 person"));
}

TEST_F(Organisation, doors_are_where_their_device_is_unless_they_have_an_area) {
    const auto site = area("North"), hall = area("Hall", site), yard = area("Yard");
    add_device(hall);
    EXPECT_THAT(names("/doors?area=" + site), ElementsAre("Back", "Front"));
    const auto moved = must(200, call("PATCH", "/doors/12", {{"area_id", json::string(yard)}}));
    EXPECT_EQ(moved.at("own_area"), true);
    EXPECT_THAT(names("/doors?area=" + site), ElementsAre("Front"));
    EXPECT_THAT(names("/doors?area=" + yard), ElementsAre("Back"));
    EXPECT_THAT(names("/devices?area=" + yard), ElementsAre());
    EXPECT_THAT(names("/devices?area=" + site), ElementsAre("Gate"));
    EXPECT_THAT(names("/doors?area=1"), ElementsAre());
    EXPECT_EQ(must(200, call("GET", "/areas/" + yard)).at("doors"), 1);
    must(200, call("PATCH", "/devices/1", {{"area_id", json::string(yard)}}));
    EXPECT_THAT(names("/doors?area=" + yard), ElementsAre("Back", "Front"));
    const auto back = must(200, call("PATCH", "/doors/12", {{"area_id", nullptr}}));
    EXPECT_EQ(back.at("own_area"), false);
    EXPECT_EQ(back.at("area_id").as_string(), yard);
    EXPECT_THAT(call("PATCH", "/doors/12", {{"area_id", "1"}}).fields(), ElementsAre("area_id:not_found"));
    EXPECT_THAT(call("PATCH", "/devices/1", {{"area_id", "1"}}).fields(), ElementsAre("area_id:not_found"));
    restart();
    EXPECT_THAT(names("/doors?area=" + yard), ElementsAre("Back", "Front"));
}

TEST_F(Organisation, people_are_found_by_department_and_those_below_it) {
    const auto works = add("/departments", {{"name", "Works"}});
    const auto night = add("/departments", {{"name", "Night shift"}, {"parent_id", json::string(works)}});
    add("/people", {{"name", "Anna"}, {"department_id", json::string(works)}});
    const auto bo = add("/people", {{"name", "Bo"}, {"department_id", json::string(night)}});
    add("/people", {{"name", "Cy"}});
    EXPECT_THAT(names("/people?department=" + works), ElementsAre("Anna", "Bo"));
    EXPECT_THAT(names("/people?department=" + night), ElementsAre("Bo"));
    EXPECT_THAT(names("/people?department=1"), ElementsAre());
    must(200, call("PATCH", "/people/" + bo, {{"department_id", nullptr}}));
    EXPECT_THAT(names("/people?department=" + works), ElementsAre("Anna"));
    const auto newest = must(200, call("GET", "/audit?limit=1")).at("items").at(0);
    EXPECT_EQ(newest.at("before").at("department").at("name"), "Night shift");
    EXPECT_THAT(call("PATCH", "/people/" + bo, {{"department_id", "1"}}).fields(),
                ElementsAre("department_id:not_found"));
}

TEST_F(Organisation, long_trees_are_read_in_pages) {
    for (int i = 0; i < 5; ++i) area("Area " + std::to_string(i));
    const auto first = must(200, call("GET", "/areas?limit=3"));
    const auto next = json::value_to<std::string>(first.at("next"));
    EXPECT_THAT(names("/areas?limit=3&cursor=" + next), ElementsAre("Area 3", "Area 4"));
    EXPECT_EQ(call("GET", "/areas?cursor=nowhere").code(), "bad_cursor");
}

}  // namespace
}  // namespace sallyport::tests
