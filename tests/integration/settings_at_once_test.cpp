// A keypad and a manager change settings within the same milliseconds: each changes what it set
// (controller.md K4, K7-K10), whichever is stored first.
#include <string_view>

#include <gtest/gtest.h>

#include "codec/dhip/message.hpp"
#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

class SettingsAtOnce : public ::testing::Test {
  protected:
    void SetUp() override { client = owner_of(site); }

    /// At the prompt of the menu, with all typed but the last `#`.
    void type(std::string_view procedure) {
        site.post("/panel/keys",
                  {{"keys", "#" + std::string(keypad_password) + "#" + std::string(procedure)}});
    }
    /// Both are on their way to the disk before either is stored.
    void press_then_plan(json::object plan) {
        press();
        client->ask("sallyport.applyPlan", std::move(plan));
        settle();
    }
    void plan_then_press(json::object plan) {
        client->send(codec::dhip::encode_request(
            {.session = 0, .id = 9'000, .method = "sallyport.applyPlan", .params = std::move(plan)}));
        press();
        settle();
    }
    void settle() {
        site.run_until([&] { return site.store->idle(); });
        EXPECT_EQ(site.memory.load()->settings, site.controller->station().settings());
    }
    void press() { site.controller->handle(core::KeyPressed{{1}, '#'}); }
    const core::Settings& settings() { return site.controller->station().settings(); }

    static json::object plan_of_door(json::object door) {
        door["number"] = 1;
        return {{"revision", 5}, {"zone", "Europe/Berlin"}, {"doors", json::array{std::move(door)}}};
    }
    DoorSite site;
    std::unique_ptr<Client> client;
};

}  // namespace

TEST_F(SettingsAtOnce, both_changes_survive_when_the_keypad_was_first) {
    type("4#9");
    press_then_plan(plan_of_door({{"detector", "on"}}));
    EXPECT_EQ(settings().doors[0].hold_s, 9);
    EXPECT_EQ(settings().doors[0].detector, core::Detector::on);
    EXPECT_EQ(settings().zone, "Europe/Berlin");
}

TEST_F(SettingsAtOnce, both_changes_survive_when_the_plan_was_first) {
    type("4#9");
    plan_then_press(plan_of_door({{"detector", "on"}}));
    EXPECT_EQ(settings().doors[0].hold_s, 9);
    EXPECT_EQ(settings().doors[0].detector, core::Detector::on);
    EXPECT_EQ(settings().zone, "Europe/Berlin");
}

TEST_F(SettingsAtOnce, of_the_same_field_the_later_wins) {
    type("4#9");
    press_then_plan(plan_of_door({{"hold_s", 20}}));
    EXPECT_EQ(settings().doors[0].hold_s, 20);
    site.post("/panel/keys", {{"keys", "4#9"}});
    plan_then_press(plan_of_door({{"hold_s", 30}}));
    EXPECT_EQ(settings().doors[0].hold_s, 9);
}

TEST_F(SettingsAtOnce, a_plan_that_was_made_before_does_not_undo_what_is_on_its_way) {
    type("4#9");
    auto plan = plan_of_door({{"hold_s", 20}});
    plan["made_from"] = json::array{json::object{{"number", 1}, {"hold_s", settings().doors[0].hold_s}}};
    press();
    EXPECT_EQ(client->refused("sallyport.applyPlan", plan), "settings_changed");
    settle();
    EXPECT_EQ(settings().doors[0].hold_s, 9);
}

TEST_F(SettingsAtOnce, a_card_that_is_on_its_way_from_a_keypad_is_somebody_s) {
    type("1#77#");
    site.post("/panel/card", {{"number", "A1"}});
    site.post("/panel/keys", {{"keys", "#"}});
    press();
    EXPECT_EQ(client->refused("sallyport.updateRoster", {{"upsert", json::array{person_json("1001", "A1")}}}),
              "card_taken");
    settle();
    EXPECT_EQ(site.memory.load()->people.size(), 1U);
}

TEST_F(SettingsAtOnce, a_new_admin_password_survives_a_plan) {
    type("0#97531864#97531864");
    plan_then_press(plan_of_door({{"hold_s", 20}}));
    EXPECT_EQ(settings().doors[0].hold_s, 20);
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "**#97531864#"}}).at("menu"), true);
}

}  // namespace sallyport::tests
