// Whatever happens, in whatever order: the invariants over random events.
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/invariants.hpp"
#include "sim/site.hpp"
#include "sim/words.hpp"

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;

constexpr base::UtcTime monday_morning{1'767'596'400'000'000};  // 2026-01-05T07:00:00Z
constexpr std::uint32_t facility = 17;
constexpr std::array secrets{"2468", "12345", "12346", "777777", "88888888"};

core::Person person(std::string_view id, std::uint64_t card, std::string_view pin, const core::PinKey& key) {
    core::Person one;
    one.user_id = *base::UserId::from(id);
    one.cards.push_back({.number = {card}});
    if (!pin.empty()) one.pin = core::hash_pin(key, one.user_id, base::Secret{std::string(pin)});
    one.rights.push_back({core::DoorSet::all(), core::always, core::RightKind::allow});
    return one;
}

/// One of each kind of person, two doors of which the first has a detector, everything turned on.
core::StationState everybody(core::People known) {
    core::StationState state;
    state.people = known;
    state.fallback.doors = {{facility}, {facility}};
    std::vector<core::Person> people{
        person("1001", 1, "2468", state.pin_key), person("1002", 2, "12345", state.pin_key),
        person("1003", 3, "", state.pin_key), person("1004", 4, "", state.pin_key),
        person("1005", 5, "", state.pin_key)};
    people[1].cards[0].type = core::CardType::duress;
    people[2].uses_left = 3;
    people[3].type = core::UserType::blocklist;
    people[4].type = core::UserType::extended_time;
    people[4].rights[0].kind = core::RightKind::first_card;
    for (auto& one : people) EXPECT_TRUE(state.roster.upsert(std::move(one), state.pin_key));
    core::PublicPassword code;
    code.code = core::hash_public_password(state.pin_key, base::Secret{"777777"});
    code.doors = core::DoorSet::all();
    code.uses_left = 5;
    EXPECT_TRUE(state.roster.set_public_passwords({code}, state.pin_key));
    state.settings.doors.resize(2);
    state.settings.doors[0].detector = core::Detector::on;
    state.settings.doors[1].unlock_mode = core::UnlockMode::card_or_user_and_pin;
    state.settings.duress = core::Duress::on;
    core::WeeklySchedule minutes;  // every other minute of the first hours
    for (core::Day& day : minutes.week) {
        for (std::int32_t hour = 7; hour < 13; ++hour) day.push_back({hour * 3600 + 30, hour * 3600 + 90});
    }
    state.calendar.schedules = {minutes};
    return state;
}

/// A site that is watched, and everything it did.
class Rehearsal {
  public:
    explicit Rehearsal(core::People people = core::People::known)
        : invariants_({secrets.begin(), secrets.end()}), site_(everybody(people), utc_zone, monday_morning) {
        site_.watch(
            [this](const core::StationEvent* event, const core::Effects& effects, const base::Moment& now) {
                invariants_.see(site_.station(), event, effects, now);
                for (const core::StationEffect& effect : effects) {
                    transcript_ += words_of(effect) + "\n";
                    if (const auto* asked = std::get_if<core::AskOperator>(&effect))
                        question_ = asked->question;
                }
            });
        play(core::PoweredOn{});
    }

    void play(const core::StationEvent& event) { static_cast<void>(site_.play(event)); }
    void keys(base::DoorNumber door, std::string_view keys) {
        for (const char key : keys) play(core::KeyPressed{door, key});
    }
    void wait(base::Duration time) {
        const base::Instant until = site_.now().instant + time;
        do {
            static_cast<void>(site_.wait(until));
        } while (site_.now().instant < until);
    }
    /// What happens next, as a number says.
    void happen(std::uint32_t dice);

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] const std::string& transcript() const { return transcript_; }
    [[nodiscard]] const std::vector<std::string>& broken() const { return invariants_.broken(); }
    /// Sooner or later the menu opens: locks of the keypad end, menus that were left alone close.
    [[nodiscard]] bool menu_opens(base::DoorNumber door) {
        site_.set_store(StoreHealth::works);
        while (site_.unanswered() > 0) static_cast<void>(site_.answer_store());
        wait(31min);
        if (site_.station().view(door, site_.now()).awake) return false;
        site_.station().apply(core::RestoreAdminPassword{});
        keys(door, "#88888888#");
        return site_.station().view(door, site_.now()).menu;
    }

  private:
    void happen_at_door(base::DoorNumber door, std::uint32_t what, std::uint32_t which);
    void happen_around(std::uint32_t what, std::uint32_t which);

    Invariants invariants_;
    Site site_;
    std::uint64_t question_ = 0;  ///< the last one
    std::string transcript_;
};

void Rehearsal::happen(std::uint32_t dice) {
    const base::DoorNumber door{static_cast<std::uint8_t>(1 + dice % 2)};
    const std::uint32_t what = dice / 2 % 14;
    const std::uint32_t which = dice / 28 % 1000;
    if (what < 7) {
        happen_at_door(door, what, which);
    } else {
        happen_around(what, which);
    }
}

core::Level some_level(std::uint32_t which) {
    return which % 11 == 0 ? core::Level::cut : which % 2 == 0 ? core::Level::inactive : core::Level::active;
}

void Rehearsal::happen_at_door(base::DoorNumber door, std::uint32_t what, std::uint32_t which) {
    static constexpr std::array<std::string_view, 32> typed{"#",
                                                            "*",
                                                            "1",
                                                            "3#",
                                                            "4#",
                                                            "2#",
                                                            "600#",
                                                            "0#",
                                                            "1001#",
                                                            "1002#",
                                                            "2468#",
                                                            "12345#",
                                                            "12346#",
                                                            "777777#",
                                                            "9999#",
                                                            "0000#",
                                                            "88888888#",
                                                            "#88888888#",
                                                            "#88888888#3#1#",
                                                            "#88888888#4#2#",
                                                            "**",
                                                            "#1#",
                                                            "7",
                                                            "6",
                                                            "#88888888#1#5001#",
                                                            "#88888888#1#5002##12345#",
                                                            "#88888888#2#1001#",
                                                            "#88888888#2#0000#",
                                                            "#88888888#5#1#",
                                                            "#88888888#9#000#",
                                                            "*0*",
                                                            "*00000*"};
    using core::Input;
    const auto level = which % 2 == 0 ? core::Level::inactive : core::Level::active;
    const auto reader = static_cast<std::uint8_t>(door.value * 2 - which % 2);
    switch (what) {
        case 0:
        case 1: keys(door, typed[which % typed.size()]); break;
        case 2:
        case 3: play(core::CardRead{door, {reader}, {which / 2 % 7}, facility}); break;
        case 4: play(core::InputChanged{door, Input::contact, level}); break;
        case 5:
            if (which % 7 == 0) play(core::ReaderLinkChanged{door, {reader}, level});
            play(core::InputChanged{door, static_cast<Input>(which / 2 % core::input_count),
                                    some_level(which)});
            break;
        default:
            play(core::CommandReceived{door, static_cast<core::DoorCommand>(which % 7), "anna", {}});
            break;
    }
}

/// Each rule is on in some of them.
core::Rules some_rules(std::uint32_t which) {
    core::Rules rules;
    const auto has = [which](std::uint32_t bit) { return (which >> bit & 1) != 0; };
    rules.doors.resize(2);
    for (core::DoorRules& door : rules.doors) {
        if (has(0)) door.always_open = core::ScheduleIndex{0};
        if (has(1)) door.unlock_periods = {{{0}, core::UnlockMode::card_and_pin}};
        if (has(2)) door.extended_s = 9;
        if (has(3)) door.pre_alarm_s = 10;
    }
    if (has(3)) rules.doors[1].always_closed = core::ScheduleIndex{0};
    if (has(4)) rules.interlocks = {{{0b11}, has(5) ? core::Blocks::open : core::Blocks::unlocked}};
    if (has(6)) rules.readers = {{{2}, {2}, core::Direction::exit, {}}};
    if (has(7)) {
        rules.readers.push_back({{1}, {1}, core::Direction::entry, {{0}, {1}}});
        rules.readers.push_back({{3}, {2}, core::Direction::entry, {{1}, {0}}});
        rules.areas = {{.number = {1}, .passback = static_cast<core::Passback>(which % 4)}};
    }
    if (has(8)) {
        rules.doors[0].first_card = {core::always, which % 2 == 0 ? core::AfterFirstCard::others_may_enter
                                                                  : core::AfterFirstCard::door_stays_open};
    }
    if (has(9)) rules.doors[0].verification_s = 5;
    if (which % 7 == 0) {
        rules.doors[1].groups.groups = {{{*base::UserId::from("1001"), *base::UserId::from("1002")}, 2}};
    }
    return rules;
}

void Rehearsal::happen_around(std::uint32_t what, std::uint32_t which) {
    switch (what) {
        case 7:
        case 8: wait(std::chrono::milliseconds{which * 10}); break;
        case 9: site_.be_late(std::chrono::milliseconds{which * 20}); break;
        case 10: {
            static_cast<void>(site_.answer_store(which % 4 == 0 ? StoreHealth::failing : StoreHealth::works));
            site_.set_store(static_cast<StoreHealth>(which % 3));
            break;
        }
        case 11: {
            const bool grants = which % 3 != 0;
            play(core::OperatorAnswered{question_ - which % 2,
                                        grants ? core::Verification::granted : core::Verification::denied,
                                        "anna"});
            break;
        }
        case 12: {
            if (which % 4 == 0) static_cast<void>(site_.cut_power());
            if (which % 4 == 1) play(core::PositionForgotten{core::AreaNumber{1}, "anna"});
            if (which % 4 == 2) play(core::PositionForgotten{*base::UserId::from("1001"), "anna"});
            break;
        }
        default: {
            if (which % 3 == 0) site_.set_utc(monday_morning + std::chrono::hours{which});
            site_.set_trust(which % 4 == 0 ? base::ClockTrust::not_set : base::ClockTrust::set);
            core::Settings settings = site_.station().settings();
            settings.doors[0].detector = which % 5 == 0 ? core::Detector::off : core::Detector::on;
            settings.doors[1].hold_s = static_cast<std::int32_t>(1 + which % 10);
            settings.rules = some_rules(which);
            site_.station().set_settings(std::move(settings));
            play(core::PolicyChanged{});
        }
    }
}

rc::Gen<std::vector<std::uint32_t>> any_dice() {
    return rc::gen::resize(400, rc::gen::container<std::vector<std::uint32_t>>(
                                    rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 28'000))));
}

RC_GTEST_PROP(Station, invariants_hold_whatever_happens, ()) {
    Rehearsal rehearsal;
    for (const std::uint32_t dice : *any_dice()) rehearsal.happen(dice);
    if (!rehearsal.broken().empty()) RC_LOG() << rehearsal.transcript();
    RC_ASSERT(rehearsal.broken() == std::vector<std::string>{});
}

/// The invariants, which know when a facility may be enough; and that it ever is.
RC_GTEST_PROP(Station, invariants_hold_while_the_people_are_lost, ()) {
    Rehearsal rehearsal(core::People::lost);
    rehearsal.play(core::CardRead{{1}, {1}, {0xBAD}, facility});
    const bool was_enough = rehearsal.transcript().find("FACILITY ONLY") != std::string::npos;
    RC_ASSERT(was_enough);
    for (const std::uint32_t dice : *any_dice()) rehearsal.happen(dice);
    rehearsal.site().station().set_people_known();
    for (const std::uint32_t dice : *any_dice()) rehearsal.happen(dice);
    if (!rehearsal.broken().empty()) RC_LOG() << rehearsal.transcript();
    RC_ASSERT(rehearsal.broken() == std::vector<std::string>{});
}

RC_GTEST_PROP(Station, the_same_events_give_the_same_effects, ()) {
    const auto all = *any_dice();
    Rehearsal first;
    Rehearsal second;
    for (const std::uint32_t dice : all) first.happen(dice);
    for (const std::uint32_t dice : all) second.happen(dice);
    RC_ASSERT(first.transcript() == second.transcript());
    for (const base::DoorNumber door : {base::DoorNumber{1}, base::DoorNumber{2}}) {
        const base::Moment& now = first.site().now();
        RC_ASSERT(first.site().station().view(door, now) == second.site().station().view(door, now));
    }
}

RC_GTEST_PROP(Station, the_menu_can_be_reached_after_anything, ()) {
    Rehearsal rehearsal;
    for (const std::uint32_t dice : *any_dice()) rehearsal.happen(dice);
    RC_ASSERT(rehearsal.menu_opens({1}));
    RC_ASSERT(rehearsal.menu_opens({2}));
}

TEST(Station, a_hundred_thousand_random_keys_trap_it_nowhere) {
    Rehearsal rehearsal;
    std::mt19937 random(20260105);  // always the same keys
    constexpr std::string_view keys = "0123456789*#";
    for (int i = 0; i < 100'000; ++i) {
        rehearsal.play(core::KeyPressed{{1}, keys[random() % keys.size()]});
        if (random() % 16 == 0) rehearsal.wait(std::chrono::seconds{random() % 8});
    }
    EXPECT_EQ(rehearsal.broken(), std::vector<std::string>{});
    EXPECT_TRUE(rehearsal.menu_opens({1}));
}

/// Inside the menus as well: somebody who knows the password, cards at hand, a disk of moods.
TEST(Station, a_hundred_thousand_random_keys_in_the_menus_trap_it_nowhere) {
    Rehearsal rehearsal;
    std::mt19937 random(20260106);  // always the same keys
    constexpr std::string_view keys = "000112345679***#####";
    constexpr std::array<std::string_view, 3> whole{"**2#0000#", "**9#000#", "**0#654321#654321#"};
    for (int i = 0; i < 100'000; ++i) {
        const bool menu = rehearsal.site().station().view({1}, rehearsal.site().now()).menu;
        if (!menu && random() % 8 == 0) ASSERT_TRUE(rehearsal.menu_opens({1})) << i;
        rehearsal.play(core::KeyPressed{{1}, keys[random() % keys.size()]});
        if (random() % 128 == 0) rehearsal.keys({1}, whole[random() % whole.size()]);
        if (random() % 8 == 0) rehearsal.play(core::CardRead{{1}, {1}, {random() % 9}});
        if (random() % 64 == 0) rehearsal.site().set_store(static_cast<StoreHealth>(random() % 3));
        if (random() % 16 == 0) static_cast<void>(rehearsal.site().answer_store());
        if (random() % 16 == 0) rehearsal.wait(std::chrono::seconds{random() % 8});
    }
    EXPECT_EQ(rehearsal.broken(), std::vector<std::string>{});
    for (const auto* happened : {"user_added", "user_deleted", "all_users_deleted", "reset_in_menu",
                                 "setting=detector", "setting=working_mode", "admin_password_changed"})
        EXPECT_NE(rehearsal.transcript().find(happened), std::string::npos) << happened;
    EXPECT_TRUE(rehearsal.menu_opens({1}));
}

}  // namespace
}  // namespace sallyport::sim
