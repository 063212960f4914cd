#pragma once
// For the tests of `decide`: one person, one door and all that a decision reads, to be spoiled piece by
// piece.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/access/decide.hpp"

namespace sallyport::core {

inline constexpr std::int32_t hour = 3'600;
inline constexpr base::LocalDate monday{20'605};  // 2026-06-01
inline constexpr base::DoorNumber door_1{1};
inline constexpr base::CardNumber card_a{0xA1};
inline constexpr ScheduleIndex working_hours{0};  // Mondays 08-18
inline constexpr ScheduleIndex closed_today{1};   // as 0, but this Monday is a holiday without periods
inline constexpr ScheduleIndex never{2};

inline base::Secret digits(std::string_view text) {
    return base::Secret(std::string(text));
}

inline base::UserId user(std::string_view text) {
    return base::UserId::from(text).value();
}

inline base::Moment monday_at(std::int32_t second) {
    base::Moment now;
    now.local = {monday, second, 0};
    now.utc = {(std::int64_t{monday.days} * seconds_per_day + second) * 1'000'000};
    return now;
}

inline Calendar three_schedules() {
    Calendar calendar;
    calendar.schedules.resize(3);
    calendar.schedules[0].week[0] = {{8 * hour, 18 * hour}};
    calendar.schedules[1] = calendar.schedules[0];
    calendar.schedules[1].holidays = {0};
    calendar.holidays.push_back({{{monday, monday}}, {}});
    return calendar;
}

/// One person, one door, all well: user 1001 with card A1 and PIN 12345 may open door 1 at any time.
struct World {
    Person person;
    std::vector<PublicPassword> public_passwords;
    Settings settings;
    Calendar calendar = three_schedules();
    DoorSituation situation;
    Positions positions;
    base::Moment now = monday_at(12 * hour);
    Attempt attempt;
    PinKey key;
    FacilityFallback fallback;  ///< what counts while `people` is lost
    bool people_lost = false;   ///< nobody is on the roster

    World() {
        person.user_id = user("1001");
        person.pin = hash_pin(key, person.user_id, digits("12345"));
        person.cards = {{card_a}};
        person.rights = {{DoorSet::only(door_1)}};
        attempt.door = door_1;
        attempt.reader = {1};
    }
    World& with_card() {
        attempt.method = Method::card;
        attempt.card = card_a;
        return *this;
    }
    World& with_card_and_pin(std::string_view pin = "12345") {
        with_card();
        attempt.method = Method::card_and_pin;
        attempt.pin = digits(pin);
        return mode(UnlockMode::card_and_pin);
    }
    World& with_user_and_pin(std::string_view pin = "12345") {
        attempt.method = Method::user_and_pin;
        attempt.user = user("1001");
        attempt.pin = digits(pin);
        return mode(UnlockMode::user_and_pin);
    }
    World& with_public_password(std::string_view code = "4711") {
        attempt.method = Method::public_password;
        attempt.pin = digits(code);
        public_passwords.resize(1);
        public_passwords[0].code = hash_public_password(key, digits("4711"));
        public_passwords[0].doors = DoorSet::only(door_1);
        return *this;
    }
    World& mode(UnlockMode unlock_mode) {
        settings.doors[0].unlock_mode = unlock_mode;
        return *this;
    }

    DoorRules& door_rules() {
        settings.rules.doors.resize(1);
        return settings.rules.doors[0];
    }

    /// What `decide` says, without the pointers that end with the roster.
    struct Answer {
        Outcome outcome;
        Reason reason;
        Flags flags;
        Trace trace;
        bool knows_person;
        std::optional<PeriodOfDay> first_card;
        friend bool operator==(const Answer&, const Answer&) = default;
    };
    [[nodiscard]] Answer decide() const {
        Roster roster;
        if (!people_lost) EXPECT_TRUE(roster.upsert(person, key));
        EXPECT_TRUE(roster.set_public_passwords(public_passwords, key));
        const Decision decision = core::decide(
            attempt, {roster, settings, calendar, key, &positions, people_lost ? &fallback : nullptr},
            situation, now);
        return {decision.outcome,           decision.reason,    decision.flags, decision.trace,
                decision.person != nullptr, decision.first_card};
    }
    [[nodiscard]] Reason reason() const { return decide().reason; }
};

}  // namespace sallyport::core
