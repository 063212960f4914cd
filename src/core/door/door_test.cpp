#include "core/door/door.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{};

DoorSettings with_detector() {
    DoorSettings settings;
    settings.detector = Detector::on;
    return settings;
}

std::vector<RecordKind> kinds(const DoorEffects& effects) {
    std::vector<RecordKind> found;
    for (const auto& effect : effects) {
        if (const auto* record = std::get_if<Record>(&effect)) found.push_back(record->kind);
    }
    return found;
}

bool has(const DoorEffects& effects, RecordKind kind) {
    const auto all = kinds(effects);
    return std::ranges::find(all, kind) != all.end();
}

DoorEffects contact(Door& door, Level level, base::Instant now) {
    return door.handle(DoorInput{Input::contact, level}, now);
}

DoorGranted grant() {
    return {3s, {}};
}

TEST(Door, D1_a_grant_with_the_door_open_is_taken_at_once_and_keeps_its_hold) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(door.handle(grant(), start));
    static_cast<void>(contact(door, Level::active, {1s}));
    EXPECT_TRUE(has(door.handle(grant(), {2s}), RecordKind::access_taken));
    // The first person's door falls shut: the second has not passed yet.
    static_cast<void>(contact(door, Level::inactive, {3s}));
    EXPECT_EQ(door.lock(), Lock::released);
    static_cast<void>(door.handle_timeout({5s}));
    EXPECT_EQ(door.lock(), Lock::locked);
}

TEST(Door, D6_a_shorter_release_does_not_shorten_a_longer_one) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(door.handle(DoorGranted{8s, {}}, start));
    static_cast<void>(door.handle(DoorInput{Input::exit_button, Level::active}, {1s}));
    EXPECT_EQ(door.hold_left({1s}), 7s);
}

TEST(Door, D3_overtime_counts_from_the_lock_although_time_outs_come_late) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(door.handle(grant(), start));
    static_cast<void>(contact(door, Level::active, {1s}));
    const DoorEffects effects = door.handle_timeout({100s});
    EXPECT_EQ(kinds(effects), std::vector{RecordKind::alarm_started});
    EXPECT_TRUE(door.alarmed(Alarm::overtime));
}

TEST(Door, D3_no_overtime_while_always_open_and_from_then_on_after_it) {
    Door door(with_detector(), DoorMode::always_open);
    static_cast<void>(door.handle(DoorStarted{}, start));
    static_cast<void>(contact(door, Level::active, {1s}));
    EXPECT_FALSE(door.next_deadline().has_value());
    static_cast<void>(door.handle(DoorCommanded{DoorCommand::normal}, {200s}));
    EXPECT_EQ(door.next_deadline(), base::Instant{260s});
}

TEST(Door, D3_without_a_detector_alarms_of_the_contact_end) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(contact(door, Level::active, start));
    EXPECT_TRUE(door.alarmed(Alarm::intrusion));
    EXPECT_TRUE(has(door.handle(DoorConfigured{{}}, {1s}), RecordKind::alarm_ended));
    EXPECT_EQ(door.contact(), ContactState::unknown);
}

TEST(Door, D2_a_detector_that_is_turned_on_finds_the_door_open) {
    Door door({}, DoorMode::normal);
    static_cast<void>(contact(door, Level::active, start));
    static_cast<void>(door.handle(DoorConfigured{with_detector()}, {1s}));
    EXPECT_EQ(door.contact(), ContactState::open);
    static_cast<void>(door.handle_timeout({61s}));
    EXPECT_TRUE(door.alarmed(Alarm::overtime));
}

TEST(Door, D5_a_restart_releases_nothing_but_a_persisted_always_open) {
    for (const DoorMode mode : {DoorMode::normal, DoorMode::always_closed, DoorMode::lockdown}) {
        Door door({}, mode);
        EXPECT_EQ(std::get<Lock>(door.handle(DoorStarted{}, start).at(0)), Lock::locked);
    }
    Door door({}, DoorMode::always_open);
    EXPECT_EQ(std::get<Lock>(door.handle(DoorStarted{}, start).at(0)), Lock::released);
}

TEST(Door, D5_nothing_but_its_hold_ends_what_the_exit_button_released) {
    for (const auto command :
         {DoorCommand::close, DoorCommand::lockdown, DoorCommand::always_closed, DoorCommand::normal}) {
        Door door({}, DoorMode::normal);
        static_cast<void>(door.handle(DoorInput{Input::exit_button, Level::active}, start));
        static_cast<void>(door.handle(DoorCommanded{command}, {1s}));
        EXPECT_EQ(door.lock(), Lock::released) << static_cast<int>(command);
        static_cast<void>(door.handle_timeout({3s}));
        EXPECT_EQ(door.lock(), Lock::locked);
    }
}

TEST(Door, an_input_that_repeats_itself_is_no_event) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(contact(door, Level::active, start));
    EXPECT_TRUE(contact(door, Level::active, {1s}).empty());
}

TEST(Door, D3_a_silenced_alarm_stands_and_is_heard_when_it_comes_anew) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(contact(door, Level::active, start));
    EXPECT_TRUE(door.handle(DoorCommanded{DoorCommand::silence}, {1s}).empty());
    EXPECT_TRUE(door.alarmed(Alarm::intrusion));
    EXPECT_TRUE(door.silenced(Alarm::intrusion));
    EXPECT_FALSE(door.silenced(Alarm::tamper));
    static_cast<void>(contact(door, Level::inactive, {2s}));
    static_cast<void>(contact(door, Level::active, {3s}));
    EXPECT_TRUE(door.alarmed(Alarm::intrusion));
    EXPECT_FALSE(door.silenced(Alarm::intrusion));
}

TEST(Door, D3_a_broken_line_of_the_exit_button_releases_nothing) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(door.handle(DoorInput{Input::exit_button, Level::cut}, start));
    EXPECT_EQ(door.lock(), Lock::locked);
    EXPECT_TRUE(door.alarmed(Alarm::tamper));
    static_cast<void>(door.handle(DoorInput{Input::exit_button, Level::active}, {1s}));
    EXPECT_EQ(door.lock(), Lock::released) << "nothing blocks a press";
    EXPECT_FALSE(door.alarmed(Alarm::tamper));
}

TEST(Door, A6_a_schedule_that_ends_takes_nothing_from_a_command) {
    Door door(with_detector(), DoorMode::normal);
    static_cast<void>(door.handle(ModeScheduled{DoorMode::always_open}, start));
    EXPECT_EQ(door.lock(), Lock::released);
    static_cast<void>(door.handle(DoorCommanded{DoorCommand::always_closed}, {1s}));
    static_cast<void>(door.handle(DoorCommanded{DoorCommand::open}, {2s}));
    static_cast<void>(door.handle(ModeScheduled{DoorMode::normal}, {3s}));
    EXPECT_EQ(door.lock(), Lock::released) << "an operator's open lasts its hold";
    EXPECT_EQ(door.mode(), DoorMode::always_closed);
    EXPECT_EQ(door.scheduled(), DoorMode::normal);
}

}  // namespace
}  // namespace sallyport::core
