// What every way to speak to a controller has to do (device_driver.hpp): one suite for each, against the
// whole controller in this process, with the platform's database (platform.md V3, V5, G4, L1).
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "contract/driver_site.hpp"
#include "server/issue/issue_states.hpp"
#include "server/secrets/public_codes.hpp"

namespace sallyport::tests {

namespace json = boost::json;
using namespace std::chrono_literals;
using server::Id;
using server::IssueWord;
using server::Wire;

namespace {

class DeviceDriver : public DriverSite {
  protected:
    /// By a public password that is a user ID.
    void have_the_plan_refused() {
        const auto code = sealer.seal(base::Secret("1001"), server::public_code_purpose(50));
        ASSERT_TRUE(ports::write_to(*stored, [&](ports::Connection& c) {
            return c.execute(
                "INSERT INTO public_password (id, number, name, code, code_mark, uses_series, changed_at) "
                "VALUES (50, 1, 'A', $1, 'm1', 5, 0)",
                {code});
        }));
        stored.execute("INSERT INTO public_password_door VALUES (50, " + std::to_string(door) + ")");
        changed();
        site.run_until([&] { return doors.find(door)->settings_state == IssueWord::failed; });
    }
    /// Of the card that the controller holds of 1001.
    [[nodiscard]] std::optional<core::CardStatus> card_status() const {
        const auto* there = person("1001");
        if (there == nullptr || there->cards.empty()) return std::nullopt;
        return there->cards[0].status;
    }
};
INSTANTIATE_TEST_SUITE_P(EachWire, DeviceDriver, ::testing::Values(Wire::encrypted, Wire::in_clear),
                         [](const auto& wire) { return std::string(base::text_of(wire.param)); });

}  // namespace

TEST_P(DeviceDriver, adds_it_and_tells_what_it_is_and_that_it_was_chosen_so) {
    begin();
    const auto device = devices.get(id, {}).value();
    EXPECT_EQ(device.at("serial").as_string(), site.controller->serial());
    EXPECT_EQ(device.at("firmware"), "1");
    EXPECT_EQ(device.at("connection").as_string(), base::text_of(GetParam()));
    EXPECT_EQ(device.at("fingerprint"), GetParam() == Wire::in_clear ? "" : "AA:BB");
    EXPECT_EQ(device.at("doors").as_array().size(), 2U);
    EXPECT_GT(device.at("people").at("capacity").to_number<int>(), 0);
    EXPECT_LT(std::abs(device.at("clock_offset_ms").to_number<std::int64_t>()), 2'000);
    const auto noted = stored.rows("SELECT after FROM audit WHERE action = 'device.added'");
    EXPECT_NE(noted.find(base::text_of(GetParam())), std::string::npos) << noted;
}

TEST_P(DeviceDriver, a_wrong_password_is_said_and_not_tried_again_at_once) {
    EXPECT_EQ(add("not the password 1").error().code, "device_wrong_password");
    begin();
    server::DevicePatch patch;
    patch.password = base::Secret("not the password 2");
    ASSERT_TRUE(awaited<Id>([&](auto later) { devices.change(id, patch, anna, std::move(later)); }));
    site.run_until([&] { return devices.observed(id).reason == server::OfflineReason::wrong_password; });
    const auto tries = line().dialled;
    site.loop.run_for(1'500ms);
    EXPECT_EQ(line().dialled, tries);
}

TEST_P(DeviceDriver, who_is_not_there_is_unreachable_and_comes_back_by_itself) {
    begin();
    line().reachable = false;
    line().cut();
    site.run_until([&] { return devices.observed(id).reason == server::OfflineReason::unreachable; });
    EXPECT_EQ(command(core::DoorCommand::open).error().code, "device_offline");
    line().reachable = true;
    site.run_until([&] { return online(); });
}

TEST_P(DeviceDriver, doors_do_what_they_are_told_and_look_as_they_are) {
    begin();
    ASSERT_TRUE(command(core::DoorCommand::open));
    EXPECT_EQ(site.state().at("lock"), "released");
    site.run_until([&] { return doors.find(door)->state.lock == "released"; });
    site.run_until([&] { return doors.find(door)->state.lock == "locked"; });
    ASSERT_TRUE(command(core::DoorCommand::always_open));
    site.run_until([&] { return told_mode() == "always_open"; });
    ASSERT_TRUE(command(core::DoorCommand::always_closed));
    site.run_until([&] { return told_mode() == "always_closed"; });
    ASSERT_TRUE(command(core::DoorCommand::normal));
    site.run_until([&] { return told_mode() == "normal"; });
    EXPECT_EQ(site.controller->view({2}).mode, core::DoorMode::normal) << "the other door";
}

TEST_P(DeviceDriver, brings_people_and_takes_away_who_lost_the_right) {
    begin();
    const auto* anna_there = person("1001");
    ASSERT_EQ(anna_there->cards.size(), 1U);
    EXPECT_EQ(anna_there->cards[0].number.text(), "04A1B2C3");
    EXPECT_TRUE(anna_there->rights.at(0).doors.contains(base::DoorNumber{1}));
    EXPECT_FALSE(anna_there->rights.at(0).doors.contains(base::DoorNumber{2}));
    add_person(4, "1002", "04A1B2C4");
    changed();
    site.run_until([&] { return holds("1002"); });
    stored.execute("DELETE FROM permission_group_person WHERE person_id = 3");
    changed();
    site.run_until([&] { return !holds("1001"); });
    EXPECT_TRUE(holds("1002"));
    site.run_until([&] { return stored.rows("SELECT user_id FROM device_entry") == "1002\n"; });
}

TEST_P(DeviceDriver, two_people_may_exchange_their_cards) {
    begin();
    add_person(4, "1002", "04A1B2C4");
    changed();
    site.run_until([&] { return holds("1002"); });
    stored.execute("UPDATE card SET number = 'FF' WHERE person_id = 3");
    stored.execute("UPDATE card SET number = '04A1B2C3' WHERE person_id = 4");
    stored.execute("UPDATE card SET number = '04A1B2C4' WHERE person_id = 3");
    changed();
    site.run_until([&] {
        const auto* first = person("1001");
        const auto* second = person("1002");
        return first != nullptr && second != nullptr && first->cards.size() == 1 &&
               second->cards.size() == 1 && first->cards[0].number.text() == "04A1B2C4" &&
               second->cards[0].number.text() == "04A1B2C3";
    });
}

TEST_P(DeviceDriver, a_pin_comes_and_goes) {
    begin();
    const auto pin = sealer.seal(base::Secret("2468"), "person.pin:3");
    ASSERT_TRUE(ports::write_to(*stored, [&](ports::Connection& c) {
        return c.execute("UPDATE person SET pin = $1 WHERE id = 3", {pin});
    }));
    changed();
    site.run_until([&] { return holds("1001") && person("1001")->pin; });
    stored.execute("UPDATE person SET pin = NULL WHERE id = 3");
    changed();
    site.run_until([&] { return holds("1001") && !person("1001")->pin && !person("1001")->cards.empty(); });
}

TEST_P(DeviceDriver, a_cut_in_the_middle_costs_only_what_was_under_way) {
    begin();
    for (int n = 0; n < 700; ++n)
        add_person(100 + n, std::to_string(5000 + n), fmt::format("{:08X}", 0x1000 + n));
    changed();
    const auto there = [&] { return site.controller->station().roster().size(); };
    site.run_until([&] { return there() > 100; });
    line().cut();
    const auto before = there();
    ASSERT_GT(before, 100U);
    site.run_until([&] { return there() == 701; });
    EXPECT_GE(line().dialled, 2);
    site.run_until([&] { return stored.rows("SELECT count(*) FROM device_entry") == "701\n"; });
    // Nobody was sent twice: whoever is changed again gets a record that says how many.
    EXPECT_EQ(stored.rows("SELECT count(*) FROM device_entry WHERE tag = 0"), "0\n");
}

TEST_P(DeviceDriver, records_come_exactly_once_also_those_of_an_outage) {
    show("00000001");  // before it was added
    begin();
    show("04A1B2C3");
    site.run_until([&] { return accesses() == "00000001|denied\n04A1B2C3|granted\n"; });
    EXPECT_EQ(stored.rows("SELECT person_id FROM event WHERE card = '04A1B2C3'"), "3\n");
    line().reachable = false;
    line().cut();
    site.run_until([&] { return !online(); });
    show("00000002");
    show("00000003");
    line().reachable = true;
    site.run_until([&] {
        return accesses() == "00000001|denied\n04A1B2C3|granted\n00000002|denied\n00000003|denied\n";
    });
    line().cut();
    site.run_until([&] { return line().dialled >= 3 && online(); });
    show("00000004");
    site.run_until([&] { return accesses().ends_with("00000004|denied\n"); });
    EXPECT_EQ(stored.rows("SELECT count(*) FROM event WHERE kind = 'access'"), "5\n");
}

TEST_P(DeviceDriver, while_the_disk_is_full_doors_are_commanded_and_records_wait) {
    begin();
    stored.fill();
    const auto dialled = line().dialled;
    const auto reason = [&] { return devices.get(id, {})->at("reason"); };
    show("04A1B2C3");
    site.run_until([&] { return reason() == "not_stored"; });
    ASSERT_TRUE(command(core::DoorCommand::always_closed)) << "though it cannot be noted";
    site.run_until([&] { return told_mode() == "always_closed"; });
    ASSERT_TRUE(command(core::DoorCommand::normal)) << "the record of the first one has not cut it off";
    EXPECT_TRUE(online());
    EXPECT_EQ(accesses(), "");
    EXPECT_EQ(stored.rows("SELECT action FROM audit WHERE action = 'door.commanded'"), "");
    stored.make_room();
    show("00000002");
    site.run_until([&] { return accesses() == "04A1B2C3|granted\n00000002|denied\n"; });
    site.run_until([&] { return reason().is_null(); });  // told once all of it is stored
    EXPECT_EQ(line().dialled, dialled) << "it was never left";
    EXPECT_EQ(stored.rows("SELECT count(*) FROM event_gap"), "0\n");
}

TEST_P(DeviceDriver, while_the_disk_is_full_controllers_do_what_they_are_told) {
    begin();
    ASSERT_TRUE(site.clock.set_utc(site.clock.utc() + 5min));
    stored.fill();
    const auto offset =
        awaited<std::int64_t>([&](auto later) { devices.set_time(id, anna, std::move(later)); });
    ASSERT_TRUE(offset) << offset.error().message;
    EXPECT_LT(std::abs(*offset), 2'000) << "set, though it cannot be noted";
    server::DeviceCall restart{
        .method = "magicBox.reboot", .params = {}, .action = "device.restarted", .noted = [](const auto&) {
            return std::optional(json::object());
        }};
    const auto restarted =
        awaited<json::object>([&](auto later) { devices.ask(id, restart, anna, std::move(later)); });
    EXPECT_TRUE(restarted) << restarted.error().message;
    EXPECT_EQ(stored.rows("SELECT action FROM audit WHERE action <> 'device.added'"), "");
}

TEST_P(DeviceDriver, a_clock_that_was_set_back_meanwhile_loses_no_record) {
    begin();
    show("00000001");
    site.run_until([&] { return accesses() == "00000001|denied\n"; });
    line().reachable = false;
    line().cut();
    site.run_until([&] { return !online(); });
    ASSERT_TRUE(site.clock.set_utc(site.clock.utc() + (-26h)));
    show("00000002");
    line().reachable = true;
    site.run_until([&] { return accesses() == "00000001|denied\n00000002|denied\n"; });
}

class FewRecords : public DriverSite {
  protected:
    FewRecords() : DriverSite({}, 20) {}
    [[nodiscard]] std::int64_t missing() const {
        return devices.get(id, {}).value().at("missing_events").to_number<std::int64_t>();
    }
};
INSTANTIATE_TEST_SUITE_P(EachWire, FewRecords, ::testing::Values(Wire::encrypted, Wire::in_clear),
                         [](const auto& wire) { return std::string(base::text_of(wire.param)); });

TEST_P(FewRecords, what_a_controller_overwrote_in_an_outage_is_told_as_missing) {
    begin();
    show("00000001");
    site.run_until([&] { return accesses() == "00000001|denied\n"; });
    EXPECT_EQ(missing(), 0);
    line().reachable = false;
    line().cut();
    site.run_until([&] { return !online(); });
    for (int i = 0; i < 30; ++i) show(fmt::format("{:08X}", 16 + i));
    line().reachable = true;
    site.run_until([&] { return accesses().ends_with("0000002D|denied\n"); });
    const auto came = static_cast<int>(std::ranges::count(accesses(), '\n')) - 1;
    EXPECT_LT(came, 30);
    EXPECT_GE(missing(), 30 - came);
}

class HurriedDriver : public DriverSite {
  protected:
    HurriedDriver() : DriverSite({.pauses_divided = 400, .answers_divided = 20}) {}
};
INSTANTIATE_TEST_SUITE_P(EachWire, HurriedDriver, ::testing::Values(Wire::encrypted, Wire::in_clear),
                         [](const auto& wire) { return std::string(base::text_of(wire.param)); });

TEST_P(HurriedDriver, one_that_stalls_while_people_are_on_their_way_is_offline_and_has_them_afterwards) {
    begin();
    line().lie = [this](const std::string& bytes) { return holds("1002") ? std::string() : bytes; };
    add_person(4, "1002", "04A1B2C4");
    changed();
    site.run_until([&] {
        const auto seen = devices.observed(id);
        return seen.reach == server::Reach::offline && seen.reason == server::OfflineReason::timeout;
    });
    EXPECT_EQ(stored.rows("SELECT user_id FROM device_entry"), "1001\n");
    line().lie = nullptr;
    site.run_until([&] { return online(); });
    site.run_until([&] { return stored.rows("SELECT count(*) FROM device_entry WHERE tag <> 0") == "2\n"; });
}

TEST_P(DeviceDriver, sets_the_clock_and_asks_it_to_restart) {
    begin();
    ASSERT_TRUE(site.clock.set_utc(site.clock.utc() + 90s));
    const auto offset =
        awaited<std::int64_t>([&](auto later) { devices.set_time(id, anna, std::move(later)); });
    ASSERT_TRUE(offset) << offset.error().message;
    EXPECT_LT(std::abs(*offset), 2'000);
    const auto off = site.clock.utc().microseconds - stored.clock().utc().microseconds;
    EXPECT_LT(std::abs(off), 2'000'000);
    server::DeviceCall restart{.method = "magicBox.reboot", .params = {}, .action = {}, .noted = {}};
    EXPECT_TRUE(awaited<json::object>([&](auto later) { devices.ask(id, restart, anna, std::move(later)); }));
}

TEST_P(DeviceDriver, brings_time_templates_holidays_and_door_settings) {
    begin();
    stored.execute(
        "INSERT INTO time_template (id, name, week) VALUES (20, 'Office', "
        "'[[[28800,64800]],[],[],[],[],[],[[36000,43200]]]')");
    stored.execute(
        "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) "
        "VALUES (30, 'Closed', 20800, 20801, 0, '[]')");
    stored.execute("INSERT INTO time_template_holiday (template_id, holiday_id) VALUES (20, 30)");
    stored.execute("UPDATE permission_group SET template_id = 20 WHERE id = 9");
    stored.execute("UPDATE door SET hold_s = 7, unlock_mode = 'card_and_pin' WHERE number = 1");
    changed();
    site.run_until([&] {
        return holds("1001") && !person("1001")->rights.empty() &&
               person("1001")->rights[0].schedule.value == 0;
    });
    const auto& calendar = site.controller->station().calendar();
    ASSERT_EQ(calendar.schedules.size(), 1U);
    EXPECT_EQ(calendar.schedules[0].week[0], (core::Day{{8 * 3'600, 18 * 3'600}}));
    EXPECT_EQ(calendar.schedules[0].week[6], (core::Day{{10 * 3'600, 12 * 3'600}}));
    ASSERT_EQ(calendar.schedules[0].holidays, (std::vector<std::uint8_t>{0}));
    EXPECT_EQ(calendar.holidays.at(0).dates.at(0).last.days, 20'801);
    const auto& settings = site.controller->station().settings().doors[0];
    EXPECT_EQ(settings.hold_s, 7);
    EXPECT_EQ(settings.unlock_mode, core::UnlockMode::card_and_pin);
    site.run_until([&] { return doors.find(door)->settings_state == IssueWord::issued; });
}

TEST_P(DeviceDriver, another_controller_in_its_place_is_left_alone_until_somebody_says_that_it_is_there) {
    begin();
    const auto serial = site.controller->serial();
    const auto reason = [&] { return devices.observed(id).reason; };
    const auto change = [&](server::DevicePatch patch) {
        return awaited<Id>([&](auto later) { devices.change(id, std::move(patch), anna, std::move(later)); });
    };
    // As if the one that answers were not the one that was added.
    stored.execute("UPDATE device SET serial = 'SP-BEFORE'");
    add_person(4, "1002", "04A1B2C4");
    line().cut();
    site.run_until([&] { return !online() && reason() == server::OfflineReason::another_device; });
    show("04A1B2C3");
    changed();
    EXPECT_EQ(command(core::DoorCommand::open).error().code, "device_offline");
    EXPECT_FALSE(holds("1002"));
    EXPECT_EQ(accesses(), "");
    EXPECT_EQ(stored.rows("SELECT serial FROM device"), "SP-BEFORE\n");
    // The same device as another one of the list is none, whoever says so.
    stored.execute(
        "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
        "model, firmware, created_at) VALUES (7, 'Back', '192.0.2.7', 37777, 'admin', x'', '', 'given', '" +
        serial + "', 'm', 'f', 0)");
    server::DevicePatch replaced;
    replaced.password = base::Secret(std::string(password));
    replaced.replaced = true;
    const auto dialled = line().dialled;
    ASSERT_TRUE(change(replaced));
    site.run_until([&] { return line().dialled > dialled && !online(); });
    EXPECT_EQ(stored.rows("SELECT serial FROM device WHERE id <> 7"), "\n");
    EXPECT_FALSE(holds("1002"));
    stored.execute("DELETE FROM device WHERE id = 7");
    ASSERT_TRUE(change(replaced));
    site.run_until([&] { return online() && holds("1002"); });
    EXPECT_EQ(stored.rows("SELECT serial FROM device"), serial + "\n");
    site.run_until([&] { return accesses() == "04A1B2C3|granted\n"; });
}

TEST_P(DeviceDriver, public_passwords_come_and_go_with_their_doors_and_times) {
    begin();
    const auto code = sealer.seal(base::Secret("24681357"), server::public_code_purpose(50));
    ASSERT_TRUE(ports::write_to(*stored, [&](ports::Connection& c) {
        return c.execute(
            "INSERT INTO public_password (id, number, name, code, code_mark, valid_to, uses, uses_series, "
            "changed_at) VALUES (50, 1, 'A', $1, 'm1', $2, 3, 5, 0)",
            {code, base::UtcTime{1'900'000'000'000'000}});
    }));
    stored.execute("INSERT INTO public_password_door VALUES (50, " + std::to_string(door) + ")");
    changed();
    const auto there = [&] { return site.controller->station().roster().public_passwords(); };
    site.run_until([&] { return there().size() == 1; });
    EXPECT_TRUE(there()[0].doors.contains(base::DoorNumber{1}));
    EXPECT_FALSE(there()[0].doors.contains(base::DoorNumber{2}));
    EXPECT_EQ(there()[0].validity.to, base::UtcTime{1'900'000'000'000'000});
    EXPECT_EQ(there()[0].uses_left, 3U);
    site.run_until([&] { return doors.find(door)->settings_state == IssueWord::issued; });
    stored.execute("DELETE FROM public_password");
    changed();
    site.run_until([&] { return there().empty(); });
}

TEST_P(DeviceDriver, a_lost_card_is_told_even_while_the_plan_is_refused) {
    begin();
    have_the_plan_refused();
    stored.execute("UPDATE card SET status = 'lost'");
    changed();
    site.run_until([&] { return card_status() == core::CardStatus::lost; });
    EXPECT_EQ(doors.find(door)->settings_state, IssueWord::failed);
}

// ---------------------------------------------------------------- of connections in clear

class ClearDriver : public DeviceDriver {};
INSTANTIATE_TEST_SUITE_P(InClear, ClearDriver, ::testing::Values(Wire::in_clear),
                         [](const auto& wire) { return std::string(base::text_of(wire.param)); });

TEST_P(ClearDriver, what_was_changed_in_its_tables_is_found_and_put_right_and_strangers_stay) {
    begin();
    line().reachable = false;
    line().cut();
    site.run_until([&] { return !online(); });
    site.get("/cgi-bin/AccessUser.cgi?action=updateMulti",
             R"({"UserList":[{"UserID":"1001","Doors":[0,1],"TimeSections":[255,255]}]})");
    site.get("/cgi-bin/AccessUser.cgi?action=insertMulti",
             R"({"UserList":[{"UserID":"77","Password":"4321"}]})");
    line().reachable = true;
    site.run_until([&] {
        return person("1001")->rights.size() == 1 &&
               !person("1001")->rights[0].doors.contains(base::DoorNumber{2});
    });
    EXPECT_TRUE(holds("77"));
    site.run_until([&] { return stored.rows("SELECT count(*) FROM device_entry WHERE tag = 0") == "1\n"; });
}

TEST_P(ClearDriver, who_was_deleted_there_stays_away_until_put_back_and_who_was_lost_comes_again) {
    begin();
    add_person(4, "1002", "04A1B2C4");
    changed();
    site.run_until([&] { return holds("1002") && !person("1002")->cards.empty(); });
    show("04A1B2C3");
    site.run_until([&] { return accesses() == "04A1B2C3|granted\n"; });
    site.run_until([&] { return stored.rows("SELECT count(*) FROM device_entry") == "2\n"; });
    site.get("/cgi-bin/AccessUser.cgi?action=removeMulti", R"({"UserIDList":["1002"]})");
    line().cut();
    site.run_until([&] { return stored.rows("SELECT user_id FROM keypad_removal") == "1002\n"; });
    site.run_until([&] { return stored.rows("SELECT user_id FROM device_entry") == "1001\n"; });
    EXPECT_FALSE(holds("1002"));
    stored.execute("DELETE FROM keypad_removal");  // an operator puts it back
    changed();
    site.run_until([&] { return holds("1002") && !person("1002")->cards.empty(); });
    site.run_until([&] { return stored.rows("SELECT count(*) FROM device_entry") == "2\n"; });
    site.get("/cgi-bin/AccessUser.cgi?action=removeAll");
    line().cut();
    site.run_until([&] { return holds("1001") && holds("1002"); });
    EXPECT_EQ(stored.rows("SELECT count(*) FROM keypad_removal"), "0\n");
}

TEST_P(ClearDriver, what_was_sent_is_not_the_keypads_after_it_was_removed_and_added_again) {
    begin();
    site.run_until([&] { return stored.rows("SELECT user_id FROM device_entry") == "1001\n"; });
    site.get("/cgi-bin/AccessUser.cgi?action=insertMulti", R"({"UserList":[{"UserID":"77"}]})");
    ASSERT_TRUE(awaited<Id>([&](auto later) { devices.remove(id, anna, std::move(later)); }));
    const auto added = add();
    ASSERT_TRUE(added) << added.error().message;
    id = *added;
    site.run_until([&] { return !holds("1001"); });
    site.run_until([&] { return stored.rows("SELECT user_id, tag FROM device_entry") == "77|0\n"; });
    EXPECT_TRUE(holds("77"));
    EXPECT_EQ(stored.rows("SELECT count(*) FROM former_entry"), "0\n");
}

TEST_P(ClearDriver, a_barred_card_goes_whoever_was_given_it_at_the_keypad) {
    begin();
    line().reachable = false;
    line().cut();
    site.run_until([&] { return !online(); });
    site.get("/cgi-bin/AccessUser.cgi?action=insertMulti",
             R"({"UserList":[{"UserID":"75"},{"UserID":"76"},{"UserID":"77"}]})");
    site.get("/cgi-bin/AccessCard.cgi?action=insertMulti",
             R"({"CardList":[{"CardNo":"04A1B2C5","UserID":"75"},{"CardNo":"04A1B2C6","UserID":"76"},)"
             R"({"CardNo":"04A1B2C7","UserID":"77"}]})");
    const auto now = std::to_string(stored.clock().utc().microseconds);
    stored.execute(
        "INSERT INTO card VALUES ('04A1B2C5', 3, 1, 'general', 'lost', 0), ('04A1B2C6', NULL, 0, "
        "'general', 'returned', 0), ('04A1B2C7', NULL, 0, 'general', 'returned', " +
        now + ")");
    line().reachable = true;
    site.run_until([&] { return !holds("75") && !holds("77"); });
    EXPECT_TRUE(holds("76")) << "returned before, and given to somebody there since";
    stored.execute("UPDATE card SET status = 'frozen' WHERE number = '04A1B2C6'");
    changed();
    site.run_until([&] { return !holds("76"); });
}

TEST_P(ClearDriver, a_pin_goes_also_where_it_is_not_told_whether_there_is_one) {
    clear.lie = [](std::string frame) {
        for (const std::string told : {R"("SallyportHasPassword")", R"("Password":"")"})
            for (auto at = frame.find(told); at != std::string::npos; at = frame.find(told, at))
                frame[at + told.find("word")] = 'W';
        return frame;
    };
    begin();
    const auto pin = sealer.seal(base::Secret("2468"), "person.pin:3");
    ASSERT_TRUE(ports::write_to(*stored, [&](ports::Connection& c) {
        return c.execute("UPDATE person SET pin = $1 WHERE id = 3", {pin});
    }));
    changed();
    site.run_until([&] { return holds("1001") && person("1001")->pin; });
    line().cut();
    site.run_until([&] { return !online(); });
    site.run_until([&] { return online(); });
    stored.execute("UPDATE person SET pin = NULL WHERE id = 3");
    changed();
    site.run_until([&] { return holds("1001") && !person("1001")->pin && !person("1001")->cards.empty(); });
    clear.lie = nullptr;
}

TEST_P(ClearDriver, what_waits_for_the_plan_does_not_count_as_issued) {
    begin();
    have_the_plan_refused();
    const auto second = doors.find(id, 2)->id;
    stored.execute("INSERT INTO permission_group (id, name, remark) VALUES (10, 'Other', '')");
    stored.execute("INSERT INTO permission_group_person VALUES (10, 3)");
    stored.execute("INSERT INTO permission_group_door VALUES (10, " + std::to_string(second) + ")");
    const auto tag = [&] { return stored.rows("SELECT tag FROM device_entry WHERE user_id = '1001'"); };
    const auto state = [&] {
        server::IssueFilter of_door{.person = {}, .door = second, .now = stored.clock().utc(), .seen = {}};
        const auto states = ports::read_from(*stored, [&](ports::Connection& c) {
            return server::list_issue_states(c, sealer, of_door, [](Id) { return std::string("sending"); });
        });
        return states.value().at(0).state;
    };
    const auto before = tag();
    changed();
    site.run_until([&] { return tag() != before; });
    EXPECT_FALSE(person("1001")->rights.at(0).doors.contains(base::DoorNumber{2}));
    EXPECT_EQ(state(), IssueWord::pending);
    stored.execute("DELETE FROM public_password_door");
    changed();
    site.run_until([&] { return state() == IssueWord::issued; });
    EXPECT_TRUE(person("1001")->rights.at(0).doors.contains(base::DoorNumber{2}));
}

TEST_P(ClearDriver, what_the_dialect_has_no_words_for_is_refused_in_a_sentence) {
    begin();
    EXPECT_EQ(command(core::DoorCommand::silence).error().code, "not_spoken");
    for (const auto* method :
         {"sallyport.stageUpdate", "sallyport.readers.list", "sallyport.changePassword"}) {
        server::DeviceCall asked{.method = method, .params = {}, .action = {}, .noted = {}};
        const auto said =
            awaited<json::object>([&](auto later) { devices.ask(id, asked, anna, std::move(later)); });
        EXPECT_EQ(said.error().code, "not_spoken");
        EXPECT_NE(said.error().message.find("in clear"), std::string::npos);
    }
    ASSERT_TRUE(command(core::DoorCommand::lockdown));
    EXPECT_EQ(site.controller->view({1}).mode, core::DoorMode::always_closed);
}

TEST_P(ClearDriver, a_denial_by_schedule_denies_always_and_is_named) {
    begin();
    stored.execute(
        "INSERT INTO time_template (id, name, week) VALUES (20, 'Office', "
        "'[[[28800,64800]],[],[],[],[],[],[]]')");
    stored.execute(
        "INSERT INTO permission_group (id, name, remark, effect, template_id) VALUES (10, 'Not', '', 'deny', "
        "20)");
    stored.execute("INSERT INTO permission_group_door VALUES (10, " + std::to_string(door) + ")");
    stored.execute("INSERT INTO permission_group_person VALUES (10, 3)");
    changed();
    site.run_until([&] { return holds("1001") && person("1001")->rights.empty(); });
    site.run_until([&] { return stored.rows("SELECT code FROM issue_failure") == "denial_by_schedule\n"; });
}

TEST_P(ClearDriver, nobody_gets_a_right_that_is_new_while_its_tables_are_refused) {
    begin();
    const auto opens = [&](std::uint8_t number) {
        return std::ranges::any_of(person("1001")->rights, [&](const core::Right& right) {
            return right.doors.contains(base::DoorNumber{number});
        });
    };
    have_the_plan_refused();
    add_person(4, "1002", "04A1B2C4");
    stored.execute("INSERT INTO permission_group_door VALUES (9, " + std::to_string(doors.find(id, 2)->id) +
                   ")");
    // What is brought next has been compared with all of that.
    for (const auto& [word, status] :
         {std::pair{"lost", core::CardStatus::lost}, std::pair{"active", core::CardStatus::normal}}) {
        stored.execute(fmt::format("UPDATE card SET status = '{}' WHERE person_id = 3", word));
        changed();
        site.run_until([&] { return card_status() == status; });
        EXPECT_FALSE(holds("1002"));
        EXPECT_TRUE(opens(1));
        EXPECT_FALSE(opens(2));
    }
    EXPECT_EQ(doors.find(door)->settings_state, IssueWord::failed);
    stored.execute("DELETE FROM public_password");
    changed();
    site.run_until([&] { return holds("1002") && opens(2); });
}

}  // namespace sallyport::tests
