#include "core/station/station.hpp"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

constexpr base::DoorNumber front{1};
constexpr base::CardNumber card{0x04A1B2C3};

base::Moment at(base::Duration since_start) {
    base::Moment now;
    now.instant = {since_start};
    now.utc = {since_start.count()};
    return now;
}

Person person_with_card() {
    Person person;
    person.user_id = *base::UserId::from("1001");
    person.cards.push_back({.number = card});
    person.rights.push_back({DoorSet::all(), always, RightKind::allow});
    return person;
}

Station station_for(Person person) {
    StationState state;
    EXPECT_TRUE(state.roster.upsert(std::move(person), state.pin_key));
    return Station(std::move(state));
}

template <class Effect>
std::vector<Effect> only(const Effects& effects) {
    std::vector<Effect> found;
    for (const auto& effect : effects) {
        if (const auto* one = std::get_if<Effect>(&effect)) found.push_back(*one);
    }
    return found;
}

TEST(Station, releases_for_a_card_and_relocks_after_the_hold) {
    Station station = station_for(person_with_card());
    const Effects granted = station.handle(CardRead{front, {1}, card}, at(1s));
    ASSERT_EQ(only<SetLock>(granted).size(), 1U);
    EXPECT_EQ(only<SetLock>(granted)[0].lock, Lock::released);
    ASSERT_EQ(only<Append>(granted).size(), 1U);
    EXPECT_EQ(only<Append>(granted)[0].record.result, AccessResult::granted);
    EXPECT_EQ(station.view(front, at(2s)).hold_left, 2s);
    EXPECT_TRUE(only<SetLock>(station.handle_timeout(at(3'999ms))).empty());
    ASSERT_EQ(only<SetLock>(station.handle_timeout(at(4s))).size(), 1U);
    EXPECT_EQ(station.view(front, at(4s)).lock, Lock::locked);
}

TEST(Station, E2_a_limited_use_is_durable_before_the_same_person_is_decided_on_again) {
    Person guest = person_with_card();
    guest.uses_left = 1;
    Station station = station_for(guest);
    const auto writes = only<Write>(station.handle(CardRead{front, {1}, card}, at(1s)));
    ASSERT_EQ(writes.size(), 1U);
    ASSERT_EQ(writes[0].records.size(), 1U);
    EXPECT_TRUE(only<Append>(station.handle(CardRead{front, {1}, card}, at(3s))).empty());
    station.apply(writes[0].changes[0]);
    const auto then = only<Append>(station.handle(WriteDone{writes[0].write, {}}, at(4s)));
    ASSERT_EQ(then.size(), 1U);
    EXPECT_EQ(then[0].record.reason, Reason::uses_exhausted);
}

TEST(Station, E3_a_use_counts_although_the_disk_failed) {
    Person guest = person_with_card();
    guest.uses_left = 1;
    Station station = station_for(guest);
    const auto writes = only<Write>(station.handle(CardRead{front, {1}, card}, at(1s)));
    ASSERT_EQ(writes.size(), 1U);
    const auto failed =
        base::fail(base::ErrorKind::storage, "disk_full", "The disk is full; free some space.");
    static_cast<void>(station.handle(WriteDone{writes[0].write, failed}, at(2s)));
    const auto then = only<Append>(station.handle(CardRead{front, {1}, card}, at(3s)));
    ASSERT_EQ(then.size(), 1U);
    EXPECT_EQ(then[0].record.reason, Reason::uses_exhausted);
}

TEST(Station, E2_a_use_of_somebody_who_left_before_it_was_durable_counts_when_he_comes_back) {
    Person guest = person_with_card();
    guest.uses_left = 2;
    guest.uses_series = {5};
    Station station = station_for(guest);
    const auto writes = only<Write>(station.handle(CardRead{front, {1}, card}, at(1s)));
    ASSERT_EQ(writes.size(), 1U);
    station.apply(RemovePerson{guest.user_id});
    for (const auto& change : writes[0].changes) station.apply(change);
    auto back = guest;
    station.keep_spent(back);
    EXPECT_EQ(back.uses_left, 1U);
}

TEST(Station, doors_follow_the_settings) {
    Station station = station_for(person_with_card());
    Settings settings = station.settings();
    settings.doors.resize(2);
    settings.doors[0].hold_s = 10;
    station.set_settings(settings);
    static_cast<void>(station.handle(PolicyChanged{}, at(1s)));
    EXPECT_EQ(station.doors(), 2);
    static_cast<void>(station.handle(CardRead{{2}, {3}, card}, at(2s)));
    static_cast<void>(station.handle(CardRead{front, {1}, card}, at(2s)));
    EXPECT_EQ(station.view(front, at(2s)).hold_left, 10s);
    settings.doors.resize(1);
    station.set_settings(settings);
    const auto locks = only<SetLock>(station.handle(PolicyChanged{}, at(3s)));
    ASSERT_EQ(locks.size(), 1U);
    EXPECT_EQ(locks[0].door.value, 2);
    EXPECT_EQ(locks[0].lock, Lock::locked);
    EXPECT_EQ(station.doors(), 1);
}

TEST(Station, A7_a_first_card_that_came_under_another_rule_opens_nothing) {
    Person person = person_with_card();
    person.rights[0].kind = RightKind::first_card;
    Station station = station_for(person);
    Settings settings = station.settings();
    settings.rules.doors.resize(1);
    settings.rules.doors[0].first_card = FirstCardRule{always};
    station.set_settings(settings);
    auto now = at(1s);
    now.trust = base::ClockTrust::set;
    static_cast<void>(station.handle(PolicyChanged{}, now));
    ASSERT_FALSE(only<SetLock>(station.handle(CardRead{front, {1}, card}, now)).empty());
    now.instant.since_start += 10s;
    static_cast<void>(station.handle_timeout(now));
    const auto before = settings;
    settings.rules.doors[0].first_card->then = AfterFirstCard::door_stays_open;
    EXPECT_EQ(first_cards_ended(before, settings).size(), 1U);
    EXPECT_TRUE(first_cards_ended(before, before).empty());
    station.set_settings(settings);
    EXPECT_TRUE(only<SetLock>(station.handle(PolicyChanged{}, now)).empty());
    EXPECT_EQ(station.view(front, now).lock, Lock::locked);
    ASSERT_FALSE(only<SetLock>(station.handle(CardRead{front, {1}, card}, now)).empty());
    EXPECT_EQ(station.view(front, now).lock, Lock::released);
}

TEST(Station, A7_who_came_with_what_was_taken_away_since_has_not_come) {
    Person other = person_with_card();
    other.user_id = *base::UserId::from("1002");
    other.cards[0].number = {0x04A1B2C4};
    for (const bool changed : {false, true}) {
        Station station = station_for(person_with_card());
        ASSERT_TRUE(station.roster().upsert(other, station.pin_key()));
        Settings settings = station.settings();
        settings.rules.doors.resize(1);
        settings.rules.doors[0].groups.groups = {{{person_with_card().user_id, other.user_id}, 2}};
        station.set_settings(settings);
        static_cast<void>(station.handle(PolicyChanged{}, at(1s)));
        EXPECT_TRUE(only<SetLock>(station.handle(CardRead{front, {1}, card}, at(2s))).empty());
        if (changed) station.forget_arrivals(person_with_card().user_id);
        const auto second = station.handle(CardRead{front, {1}, other.cards[0].number}, at(6s));
        EXPECT_EQ(only<SetLock>(second).empty(), changed);
    }
}

TEST(Station, A4_duress_is_in_the_records_and_in_no_view) {
    Person person = person_with_card();
    person.cards[0].type = CardType::duress;
    Station station = station_for(person);
    const auto records = only<Append>(station.handle(CardRead{front, {1}, card}, at(1s)));
    EXPECT_TRUE(
        std::ranges::any_of(records, [](const Append& a) { return a.record.alarm == Alarm::duress; }));
    EXPECT_TRUE(station.view(front, at(1s)).alarms.empty());
}

}  // namespace
}  // namespace sallyport::core
