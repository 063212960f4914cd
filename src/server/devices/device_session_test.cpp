#include "server/devices/device_session.hpp"

#include <algorithm>

#include "server/devices/device_session_fixture.hpp"

namespace sallyport::server {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

}  // namespace

TEST_F(Session, brings_an_empty_controller_in_step_and_sends_nothing_twice) {
    for (int n = 0; n < 1'200; ++n) want(std::to_string(1000 + n), fmt::format("{:08X}", n + 1), 100 + n);
    start();
    ASSERT_TRUE(in_step());
    EXPECT_TRUE(online);
    EXPECT_EQ(controller.people.size(), 1'200U);
    EXPECT_EQ(controller.plans_applied, 1);
    controller.calls.clear();
    session->desired_changed();
    ASSERT_TRUE(in_step(2));
    EXPECT_EQ(std::ranges::count(controller.calls, "sallyport.updateRoster"), 0);
    EXPECT_EQ(std::ranges::count(controller.calls, "sallyport.applyPlan"), 0);
    EXPECT_EQ(std::ranges::count(controller.calls, "sallyport.tags"), 0);
}

TEST_F(Session, says_what_the_doors_are_set_to_and_by_which_plan_before_it_asks_for_another) {
    using Seen = std::vector<std::pair<std::uint64_t, int>>;
    desired.plan["doors"] = {{{"number", 1}, {"hold_s", 7}}};
    start();
    ASSERT_TRUE(in_step());
    EXPECT_EQ(settings, (Seen{{0, 3}}));
    EXPECT_EQ(sent, std::vector<std::uint64_t>{5});
    session->desired_changed();
    ASSERT_TRUE(in_step(2));
    EXPECT_EQ(settings.back(), (Seen::value_type{5, 7})) << "what the plan set it to";
    codec::dhip::DoorState changed;
    changed.hold_s = 10;
    controller.notify("client.notifyDoors", {{"doors", codec::dhip::to_json(std::vector{changed})}});
    ASSERT_TRUE(in_step(3));
    EXPECT_EQ(settings.back(), (Seen::value_type{5, 10})) << "somebody was at the keypad";
    changed.lock = core::Lock::released;
    controller.notify("client.notifyDoors", {{"doors", codec::dhip::to_json(std::vector{changed})}});
    ASSERT_TRUE(until([&] { return doors[0].lock == core::Lock::released; }));
    EXPECT_EQ(times_in_step, 3) << "a lock that moves is no setting";
}

TEST_F(Session, only_the_difference_travels) {
    want("1001", "00000001", 1);
    want("1002", "00000002", 2);
    start();
    ASSERT_TRUE(in_step());
    want("1002", "00000003", 3);
    session->desired_changed();
    ASSERT_TRUE(in_step(2));
    EXPECT_EQ(controller.people.at("1002").at("tag").as_string(), "0000000000000003");
    EXPECT_EQ(std::ranges::count(controller.calls, "sallyport.updateRoster"), 2);
}

TEST_F(Session, tells_a_controller_that_lost_its_people_when_everybody_is_there_again) {
    for (const auto* id : {"1001", "1002"}) want(id, fmt::format("0000{}", id), 1);
    start();
    ASSERT_TRUE(in_step());
    controller.people.clear();
    controller.people_known = core::People::lost;
    controller.hang_up();
    ASSERT_TRUE(until([&] { return controller.people_known == core::People::known; }));
    EXPECT_EQ(controller.people.size(), 2U);
}

TEST_F(Session, what_changes_while_it_converges_follows_at_once) {
    want("1001", "00000001", 1);
    start();
    controller.refuse = [&](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method == "sallyport.updateRoster" && times_in_step == 0) {
            want("1002", "00000002", 2);
            session->desired_changed();
        }
        return std::nullopt;
    };
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(until([&] { return controller.people.size() == 2; }));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 3s) << "not only with the next keep-alive";
}

TEST_F(Session, goes_on_where_a_lost_connection_left_it) {
    for (int n = 0; n < 1'200; ++n) want(std::to_string(1000 + n), fmt::format("{:08X}", n + 1), 100 + n);
    controller.lose_connection_after = 8;  // in the middle of the people
    start();
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    const auto arrived = controller.people.size();
    EXPECT_GT(arrived, 0U);
    EXPECT_LT(arrived, 1'200U);
    ASSERT_TRUE(in_step());
    EXPECT_EQ(controller.people.size(), 1'200U);
    EXPECT_LE(std::ranges::count(controller.calls, "sallyport.updateRoster"), 4)
        << "what had arrived was not sent again";
}

TEST_F(Session, takes_away_who_lost_the_permission_and_leaves_who_was_added_at_the_keypad) {
    controller.people["7"] = {{"user_id", "7"}};
    controller.people["8"] = {{"user_id", "8"}, {"tag", "00000000000000FF"}};
    start();
    ASSERT_TRUE(in_step());
    EXPECT_TRUE(controller.people.contains("7"));
    EXPECT_FALSE(controller.people.contains("8"));
}

TEST_F(Session, people_come_and_go_even_when_the_plan_is_refused) {
    controller.people["8"] = {{"user_id", "8"}, {"tag", "00000000000000FF"}};
    controller.people["1001"] = {{"user_id", "1001"}, {"tag", "00000000000000FE"}};
    want("1001", "00000001", 1);
    controller.refuse = [](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method != "sallyport.applyPlan") return std::nullopt;
        return codec::dhip::device_error("unknown_zone", "There is no such zone.");
    };
    start();
    EXPECT_TRUE(until([&] { return !controller.people.contains("8"); }));
    EXPECT_TRUE(until([&] { return controller.people["1001"].at("tag") == "0000000000000001"; }))
        << "it may be a lost card";
    EXPECT_EQ(times_in_step, 0);
    EXPECT_EQ(refusals, std::vector<std::string>{"unknown_zone"});
}

TEST_F(Session, who_was_deleted_at_the_keypad_stays_away_until_put_back) {
    want("1001", "00000001", 1);
    want("1002", "00000002", 2);
    start();
    ASSERT_TRUE(in_step());
    // What the record says is stored before the people are looked at.
    controller.people.erase("1002");
    removals[*base::UserId::from("1002")] = {2};
    core::StoredRecord record;
    record.position = {1, 1};
    record.record.kind = core::RecordKind::keypad_admin;
    const int before = times_in_step;
    controller.notify("client.notifyRecords", {{"records", json::array{written(record)}}});
    ASSERT_TRUE(in_step(before + 1)) << "within a moment, not with the refresh of a minute";
    EXPECT_FALSE(controller.people.contains("1002"));
    EXPECT_EQ(known.size(), 1U);
    removals.clear();
    session->desired_changed();
    ASSERT_TRUE(until([&] { return controller.people.contains("1002"); }));
}

TEST_F(Session, what_is_refused_is_told_again_when_somebody_tries_again) {
    controller.people["77"] = {{"user_id", "77"}, {"cards", {{{"number", "00000001"}}}}};
    want("1001", "00000001", 1);
    start();
    ASSERT_TRUE(in_step());
    ASSERT_EQ(failures.size(), 1U);
    failures.clear();
    session->desired_changed();
    ASSERT_TRUE(in_step(2));
    EXPECT_TRUE(failures.empty()) << "it was told already";
    session->try_again();
    ASSERT_TRUE(until([&] { return failures.size() == 1; }));
}

TEST_F(Session, what_a_full_disk_refused_is_tried_again_within_seconds) {
    controller.people["8"] = {{"user_id", "8"}, {"tag", "00000000000000FF"}};
    bool full = true;
    controller.refuse = [&](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method != "sallyport.updateRoster" || !std::exchange(full, false)) return std::nullopt;
        return codec::dhip::device_error("storage_failed", "The disk is full.");
    };
    start();
    EXPECT_TRUE(in_step()) << "not only with the refresh of a minute";
    EXPECT_TRUE(controller.people.empty());
}

TEST_F(Session, one_that_stalls_is_asked_nothing_but_whether_it_is_there_and_is_offline_then) {
    pace = {.pauses_divided = 400, .answers_divided = 50};
    start();
    ASSERT_TRUE(in_step());
    controller.refuse = [&](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method != "sallyport.status") return std::nullopt;
        controller.silent = true;  // after this answer
        controller.calls.clear();
        ++desired.revision;
        return std::nullopt;
    };
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::timeout);
    EXPECT_EQ(controller.calls, std::vector<std::string>{"global.keepAlive"});
}

TEST_F(Session, one_that_stalls_while_something_is_on_its_way_is_known_by_its_silence) {
    pace = {.pauses_divided = 400, .answers_divided = 50};
    start();
    for (const auto* method : {"sallyport.applyPlan", "sallyport.updateRoster"}) {
        controller.silent = false;
        controller.slow.clear();
        ASSERT_TRUE(until([&, before = times_in_step] { return online && times_in_step > before; }));
        controller.slow = method;
        controller.refuse =
            [&](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
            controller.silent = request.method == method;
            return std::nullopt;
        };
        reasons.clear();
        controller.calls.clear();
        if (controller.slow == "sallyport.applyPlan")
            ++desired.revision;
        else
            want("9", "09", 9);
        session->desired_changed();
        ASSERT_TRUE(until([&] { return !reasons.empty(); }));
        EXPECT_EQ(reasons[0], OfflineReason::timeout);
        EXPECT_NE(last_words.find("global.keepAlive"), std::string::npos) << last_words;
        const auto asked = std::ranges::find(controller.calls, method);
        ASSERT_NE(asked, controller.calls.end());
        EXPECT_EQ(*(asked + 1), "global.keepAlive");
    }
}

TEST_F(Session, one_that_takes_its_time_is_heard_meanwhile_and_stays) {
    pace = {.pauses_divided = 400};
    want("9", "09", 9);
    controller.slow = "sallyport.updateRoster";
    start();
    ASSERT_TRUE(in_step());
    EXPECT_TRUE(controller.people.contains("9"));
    EXPECT_TRUE(reasons.empty());
    const auto asked = std::ranges::find(controller.calls, "sallyport.updateRoster");
    ASSERT_GE(controller.calls.end() - asked, 4);
    EXPECT_EQ(std::vector(asked + 1, asked + 4), std::vector<std::string>(3, "global.keepAlive"));
}

TEST_F(Session, it_has_to_be_heard_before_each_look_at_it) {
    pace = {.pauses_divided = 400};
    start();
    ASSERT_TRUE(until([&] { return std::ranges::count(controller.calls, "sallyport.status") > 3; }));
    const auto& calls = controller.calls;
    const auto first = std::ranges::find(calls, "sallyport.status");
    for (auto call = first + 1; call != calls.end(); ++call)
        if (*call == "sallyport.status") EXPECT_EQ(*(call - 1), "global.keepAlive");
}

TEST_F(Session, what_answers_but_is_no_controller_is_called_so) {
    controller.garbage = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    start();
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::protocol_error);
    EXPECT_EQ(last_words.find("No controller"), 0U) << last_words;
}

TEST_F(Session, one_that_names_people_without_end_is_not_listened_to_for_ever) {
    controller.people["7"] = {{"user_id", "7"}};
    controller.named_pages = 1;
    start();
    const auto pages = [&] { return std::ranges::count(controller.calls, "sallyport.tags"); };
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::protocol_error);
    EXPECT_EQ(pages(), 40);
    EXPECT_EQ(times_in_step, 0);
    EXPECT_FALSE(online);
}

TEST_F(Session, two_people_may_exchange_their_cards) {
    want("1001", "0000000A", 1);
    want("1002", "0000000B", 2);
    start();
    ASSERT_TRUE(in_step());
    want("1001", "0000000B", 3);
    want("1002", "0000000A", 4);
    session->desired_changed();
    ASSERT_TRUE(in_step(2));
    EXPECT_TRUE(failures.empty());
    EXPECT_EQ(controller.people.at("1001").at("tag").as_string(), "0000000000000003");
    EXPECT_EQ(controller.people.at("1002").at("tag").as_string(), "0000000000000004");
}

TEST_F(Session, one_refused_entry_does_not_stop_the_others_and_is_named) {
    controller.people["7"] = {{"user_id", "7"}, {"cards", {{{"number", "0000000A"}}}}};
    for (int n = 0; n < 40; ++n) want(std::to_string(1000 + n), fmt::format("{:08X}", n + 1), 100 + n);
    start();
    ASSERT_TRUE(in_step());
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].code, "card_taken");
    EXPECT_EQ(failures[0].user_id.view(), "1009");
    EXPECT_EQ(controller.people.size(), 40U);
}

TEST_F(Session, one_that_sends_on_while_nothing_is_acknowledged_is_left) {
    hooks.store = [](std::vector<core::StoredRecord>, auto) {};  // a disk that takes its time
    start();
    ASSERT_TRUE(in_step());
    for (std::uint64_t first = 1; first <= 2'000; first += 200) send_records(first, first + 199);
    loop.poll();
    EXPECT_TRUE(reasons.empty()) << "as many as it may";
    send_records(2'001, 2'300);
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::protocol_error);
    EXPECT_NE(last_words.find("acknowledged"), std::string::npos) << last_words;
}

TEST_F(Session, records_are_acknowledged_after_they_are_stored_only) {
    pace.pauses_divided = 20;
    start();
    ASSERT_TRUE(in_step());
    send_records(1, 3);
    ASSERT_TRUE(until([&] { return !controller.acknowledged.empty(); }));
    EXPECT_EQ(stored, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(controller.acknowledged, std::vector<std::uint64_t>{3});
    disk_full = true;
    const auto attached = [&] { return std::ranges::count(controller.calls, "sallyport.attach"); };
    send_records(4, 5);
    ASSERT_TRUE(until([&] { return told_records == DeviceStatus::Records::waiting; }));
    disk_full = false;
    send_records(6, 6);
    ASSERT_TRUE(until([&] { return attached() == 2; })) << "asks again from where it stands";
    EXPECT_EQ(stored.back(), 3U) << "what came after those that wait does not leave them out";
    EXPECT_EQ(controller.acknowledged.size(), 1U);
    send_records(4, 6);
    ASSERT_TRUE(until([&] { return controller.acknowledged.size() == 2; }));
    EXPECT_EQ(controller.acknowledged.back(), 6U);
    EXPECT_EQ(told_records, DeviceStatus::Records::taken);
    EXPECT_TRUE(reasons.empty()) << "the connection stays, so that doors can be commanded";
}

TEST_F(Session, what_comes_after_records_that_find_no_room_does_not_leave_them_out) {
    std::vector<std::uint64_t> handed_over;
    std::function<void(base::Result<core::RecordPosition>)> first;
    hooks.store = [&](std::vector<core::StoredRecord> batch, auto done) {
        handed_over.push_back(batch.front().position.sequence);
        if (!first) first = std::move(done);
    };
    start();
    ASSERT_TRUE(in_step());
    send_records(1, 2);
    send_records(3, 3);  // a smaller one may find the room that the first one did not
    ASSERT_TRUE(until([&] { return first != nullptr; }));
    ASSERT_TRUE(look());
    first(base::fail(base::ErrorKind::storage, "full", "The disk is full."));
    ASSERT_TRUE(until([&] { return told_records == DeviceStatus::Records::waiting; }));
    EXPECT_EQ(handed_over, std::vector<std::uint64_t>{1});
}

TEST_F(Session, another_certificate_than_the_pinned_one_is_not_spoken_to) {
    start("green-door-73", "CC:DD");
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::certificate_changed);
    EXPECT_TRUE(controller.calls.empty());
}

TEST_F(Session, of_another_controller_nothing_is_taken_and_nothing_is_sent_to_it) {
    want("1001", "00000001", 1);
    meant = "SP02";
    controller.refuse = [&](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method == "sallyport.status") send_records(1, 3);  // before anybody asked for them
        return std::nullopt;
    };
    start();
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::another_device);
    EXPECT_NE(last_words.find("SP01"), std::string::npos) << last_words;
    EXPECT_TRUE(stored.empty());
    EXPECT_TRUE(controller.people.empty());
    EXPECT_EQ(controller.calls.back(), "sallyport.status") << "not even claimed";
}

TEST_F(Session, one_that_calls_itself_otherwise_all_at_once_is_not_believed) {
    start();
    ASSERT_TRUE(in_step());
    controller.serial = "SP02";
    const auto looked = look();
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, "another_device");
}

TEST_F(Session, one_that_has_records_and_does_not_send_them_is_called_so) {
    start();
    ASSERT_TRUE(in_step());
    controller.last = {1, 3};
    EXPECT_TRUE(look()) << "they may be on their way";
    const auto looked = look();
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, "protocol_error");
}

TEST_F(Session, a_slow_disk_here_is_no_fault_of_the_controller) {
    std::function<void()> store;
    hooks.store = [&](const std::vector<core::StoredRecord>& batch, auto done) {
        store = [done = std::move(done), position = batch.back().position] { done(position); };
    };
    start();
    ASSERT_TRUE(in_step());
    controller.last = {1, 3};
    send_records(1, 2);  // the third comes once these are acknowledged
    ASSERT_TRUE(until([&] { return store != nullptr; }));
    for (int times = 0; times < 3; ++times) EXPECT_TRUE(look());
    store();
    ASSERT_TRUE(until([&] { return !controller.acknowledged.empty(); }));
    EXPECT_TRUE(online);
}

TEST_F(Session, a_wrong_password_is_not_tried_again_at_once) {
    start("wrong");
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::wrong_password);
    loop.run_for(1500ms);
    EXPECT_EQ(reasons.size(), 1U);
    session->change_address({{"127.0.0.1", 1}, "admin", base::Secret(std::string("green-door-73")), "AA:BB"});
    EXPECT_TRUE(until([&] { return online; }));
}

TEST_F(Session, a_roster_that_another_platform_owns_is_left_alone) {
    controller.refuse = [](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method != "sallyport.claim") return std::nullopt;
        return codec::dhip::device_error("roster_owned_by_other", "It belongs to another platform.");
    };
    start();
    ASSERT_TRUE(until([&] { return !reasons.empty(); }));
    EXPECT_EQ(reasons[0], OfflineReason::roster_owned_by_other);
    EXPECT_EQ(std::ranges::count(controller.calls, "sallyport.updateRoster"), 0);
}

TEST_F(Session, doors_are_what_the_controller_says_of_them) {
    start();
    ASSERT_TRUE(in_step());
    ASSERT_EQ(doors.size(), 1U);
    codec::dhip::DoorState open;
    open.lock = core::Lock::released;
    open.contact = core::ContactState::open;
    open.alarms = {core::Alarm::intrusion};
    controller.notify("client.notifyDoors", {{"doors", codec::dhip::to_json(std::vector{open})}});
    ASSERT_TRUE(until([&] { return doors[0].lock == core::Lock::released; }));
    EXPECT_EQ(doors[0].contact, core::ContactState::open);
    EXPECT_EQ(doors[0].alarms, std::vector{core::Alarm::intrusion});
}

TEST_F(Session, a_door_that_asks_an_operator_is_heard_until_it_does_not_wait_any_more) {
    start();
    ASSERT_TRUE(in_step());
    json::object question{{"question", 7}, {"expiresInMs", 20'000}, {"door", 1}, {"user_id", "1001"}};
    controller.notify("client.notifyVerification", question);
    ASSERT_TRUE(until([&] { return asked == std::vector<std::uint64_t>{7}; }));
    question["question"] = "seven";
    controller.notify("client.notifyVerification", question);  // what is not understood asks nothing
    controller.notify("client.notifyVerificationOver", {{"question", 7}});
    EXPECT_TRUE(until([&] { return asked.empty(); }));
}

TEST_F(Session, a_command_right_after_the_start_waits_for_the_first_connection) {
    start();
    std::optional<base::Status> outcome;
    boost::asio::co_spawn(loop, session->command(1, core::DoorCommand::open, "1", "anna"),
                          [&](std::exception_ptr, base::Status status) { outcome = std::move(status); });
    ASSERT_TRUE(until([&] { return outcome.has_value(); }));
    EXPECT_TRUE(*outcome) << outcome->error().message;
}

TEST_F(Session, a_command_is_refused_when_the_first_connection_fails) {
    start("green-door-73", "CC:DD");
    std::optional<base::Status> outcome;
    boost::asio::co_spawn(loop, session->command(1, core::DoorCommand::open, "1", "anna"),
                          [&](std::exception_ptr, base::Status status) { outcome = std::move(status); });
    ASSERT_TRUE(until([&] { return outcome.has_value(); }));
    EXPECT_EQ(outcome->error().code, "device_offline");
}

TEST_F(Session, a_command_to_an_offline_controller_is_refused_and_never_sent_later) {
    const DeviceAddress address{{"127.0.0.1", 1}, "admin", base::Secret{}, "AA:BB"};
    session = std::make_shared<DeviceSession>(parts(), address, hooks);
    std::optional<base::Status> outcome;
    boost::asio::co_spawn(loop, session->command(1, core::DoorCommand::open, "1", "anna"),
                          [&](std::exception_ptr, base::Status status) { outcome = std::move(status); });
    ASSERT_TRUE(until([&] { return outcome.has_value(); }));
    EXPECT_EQ(outcome->error().code, "device_offline");
    EXPECT_TRUE(controller.calls.empty());
}

}  // namespace sallyport::server
