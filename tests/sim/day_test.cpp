// Random traffic at 16 doors: people, keys, exit buttons, contacts, remote commands, schedules, clock steps,
// both daylight changes, power cuts, a disk of moods. The eight hours about the changes with one seed; 24
// hours with a hundred seeds with SALLYPORT_LONG. SALLYPORT_SEED runs one of them alone and prints what
// happened.
#include <array>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/linux/time_zones.hpp"
#include "sim/installation.hpp"

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t door_count = 16;
constexpr std::uint32_t people_count = 200;
const std::vector<std::string> secrets{"24680", "13579", "777777", "88888888"};

/// When its clocks change in 2026.
struct Place {
    const char* zone;
    std::int64_t spring_s;
    std::int64_t autumn_s;
};
constexpr std::array places{
    Place{"Europe/Berlin", 1'774'746'000, 1'792'890'000},        // 03-29T01:00Z, 10-25T01:00Z
    Place{"America/New_York", 1'772'953'200, 1'793'512'800},     // 03-08T07:00Z, 11-01T06:00Z
    Place{"Australia/Lord_Howe", 1'775'314'800, 1'791'041'400},  // 04-04T15:00Z, 10-03T15:30Z
};

base::UserId id_of(std::uint32_t number) {
    return *base::UserId::from(std::to_string(1'000 + number));
}

core::Person person(std::uint32_t number) {
    core::Person one;
    one.user_id = id_of(number);
    one.cards.push_back({.number = {number}});
    one.rights.push_back({base::DoorSet::all(), number % 5 == 0 ? core::ScheduleIndex{0} : core::always,
                          number % 11 == 0 ? core::RightKind::first_card : core::RightKind::allow});
    if (number % 7 == 0) one.uses_left = 20;
    if (number % 13 == 0) one.type = static_cast<core::UserType>(number / 13 % 6);
    if (number % 17 == 0) one.cards[0].type = core::CardType::duress;
    if (number % 19 == 0) one.cards[0].status = core::CardStatus::lost;
    return one;
}

core::Calendar calendar() {
    core::WeeklySchedule hours;  // by night as well: the clocks change then
    for (core::Day& day : hours.week) {
        for (std::int32_t hour = 0; hour < 24; hour += 4)
            day.push_back({hour * 3'600 + 900, hour * 3'600 + 9'000});
    }
    core::Calendar all;
    all.schedules = {hours};
    return all;
}

/// Every rule at some door.
core::Rules rules() {
    core::Rules all;
    all.doors.resize(door_count);
    all.doors[8].always_open = core::ScheduleIndex{0};
    all.doors[9].always_closed = core::ScheduleIndex{0};
    all.doors[10].unlock_periods = {{{0}, core::UnlockMode::card_and_pin}};
    all.doors[11].first_card = {{0}, core::AfterFirstCard::door_stays_open};
    all.doors[12].first_card = {core::always, core::AfterFirstCard::others_may_enter};
    all.doors[13].verification_s = 20;
    all.doors[14].groups.groups = {{{id_of(1), id_of(2), id_of(3)}, 2}};
    all.doors[15].pre_alarm_s = 20;
    all.interlocks = {{{0b11}, core::Blocks::unlocked}, {{0b1100}, core::Blocks::open}};
    for (std::uint8_t door = 5; door <= 8; ++door) {
        const core::AreaNumber area{static_cast<std::uint8_t>(door - 4)};
        const auto reader = static_cast<std::uint8_t>(door * 2 - 1);
        all.readers.push_back({{reader}, {door}, core::Direction::entry, {core::outside, area}});
        all.readers.push_back(
            {{static_cast<std::uint8_t>(reader + 1)}, {door}, core::Direction::exit, {area, core::outside}});
        all.areas.push_back({.number = area, .passback = static_cast<core::Passback>(door - 5)});
    }
    all.areas[1].reset_at_s = 4 * 3'600;
    return all;
}

ports::StoreWrite everything(const char* zone, const core::PinKey& key) {
    ports::StoreWrite write;
    write.pin_key = key;
    for (std::uint32_t number = 1; number <= people_count; ++number) {
        auto one = person(number);
        if (number % 3 == 0) one.pin = core::hash_pin(key, one.user_id, base::Secret{secrets[number % 2]});
        write.upsert.push_back(std::move(one));
    }
    core::PublicPassword code;
    code.code = core::hash_public_password(key, base::Secret{secrets[2]});
    code.doors = base::DoorSet::all();
    code.number = 1;
    code.uses_left = 50;
    write.public_passwords = {{code}};
    write.settings = [zone = std::string(zone)](core::Settings& settings) {
        settings.zone = zone;
        settings.duress = core::Duress::on;
        settings.doors.resize(door_count);
        for (std::size_t i = 0; i < door_count; ++i) {
            settings.doors[i].detector = i % 4 == 3 ? core::Detector::off : core::Detector::on;
            settings.doors[i].unlock_mode = static_cast<core::UnlockMode>(i % 8 == 5   ? 3
                                                                          : i % 8 == 6 ? 1
                                                                                       : 0);
            settings.doors[i].hold_s = static_cast<std::int32_t>(2 + i);
        }
        settings.rules = rules();
    };
    write.calendar = calendar();
    write.owner = {"platform", 1};
    write.records.resize(1);
    return write;
}

class Day {
  public:
    explicit Day(std::uint32_t seed)
        : random_(seed),
          place_(places[seed % places.size()]),
          site_(seed, door_count, everything(place_.zone, {}), secrets,
                [this](base::UtcTime at) { return *zones_.local(place_.zone, at); },
                {place_.spring_s * 1'000'000}) {}

    /// Both changes, with so many hours before and after the two about each of them.
    void pass(int hours) {
        for (const auto change_s : {place_.spring_s, place_.autumn_s}) {
            set_clock(change_s - (hours + 1) * 3'600);
            live_for(std::chrono::hours{hours});
            set_clock(change_s - 3'600);
            clock_steps_ = false;
            live_for(2h);
            clock_steps_ = true;
            live_for(std::chrono::hours{hours});
        }
        site_.cut_power();
    }
    [[nodiscard]] Installation& site() { return site_; }

  private:
    void set_clock(std::int64_t utc_s) {
        site_.step_clock(base::UtcTime{utc_s * 1'000'000} - site_.now().utc);
    }
    void live_for(base::Duration time) {
        const base::Instant end = site_.now().instant + time;
        while (site_.now().instant < end && site_.broken().empty()) {
            site_.wait(std::chrono::milliseconds{any(20'000)});
            happen();
        }
    }
    std::uint32_t any(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }
    base::DoorNumber door() { return {static_cast<std::uint8_t>(1 + any(door_count))}; }

    void happen() {
        const auto what = any(1'000);
        if (what < 550) return come(door());
        if (what < 680) return type(door());
        if (what < 760) return leave(door());
        if (what < 800) return command(door());
        if (what < 850) return touch(door());
        if (what < 880) return site_.change_people({person(1 + any(people_count))}, {});
        if (what < 890) return site_.change_people({}, {id_of(1 + any(people_count))});
        if (what < 930) return site_.acknowledge();
        if (what < 950) return answer();
        if (what < 952 && clock_steps_)
            return site_.step_clock((any(2) == 0 ? 24h : -24h) + std::chrono::seconds{any(3)});
        if (what < 953) return site_.cut_power();
        if (what < 957) return site_.disk().cut_power_after(1 + any(1'500));
        trouble();
    }
    /// Somebody with a card, who mostly goes through.
    void come(base::DoorNumber at) {
        const base::ReaderNumber reader{static_cast<std::uint8_t>(at.value * 2 - any(2))};
        const auto number = any(20) == 0 ? 900 + any(5) : 1 + any(people_count);
        site_.play(core::CardRead{at, reader, {number}});
        if (any(4) == 0) keys(at, secrets[any(2)] + "#");
        if (site_.station().view(at, site_.now()).lock == core::Lock::locked || any(6) == 0) return;
        go_through(at);
    }
    void go_through(base::DoorNumber at) {
        site_.wait(std::chrono::milliseconds{any(2'000)});
        site_.play(core::InputChanged{at, core::Input::contact, core::Level::active});
        if (any(30) == 0) return;  // stays open
        site_.wait(std::chrono::milliseconds{any(6'000)});
        site_.play(core::InputChanged{at, core::Input::contact, core::Level::inactive});
    }
    void leave(base::DoorNumber at) {
        site_.play(core::InputChanged{at, core::Input::exit_button, core::Level::active});
        if (any(40) == 0) site_.wait(70s);
        site_.play(core::InputChanged{at, core::Input::exit_button, core::Level::inactive});
        if (any(3) > 0) go_through(at);
    }
    void keys(base::DoorNumber at, std::string_view typed) {
        for (const char key : typed) site_.play(core::KeyPressed{at, key});
    }
    void type(base::DoorNumber at) {
        const auto id = id_of(1 + any(people_count)).text();
        const std::array<std::string, 9> typed{
            id + "#" + secrets[any(2)] + "#",
            id + "#" + secrets[any(2)].substr(0, 4) + "1#",
            secrets[2] + "#",
            "#" + secrets[3] + "#4#" + std::to_string(1 + any(30)) + "#**",
            "#" + secrets[3] + "#1#" + std::to_string(5'000 + any(9)) + "##" + secrets[0] + "#**",
            "#" + secrets[3] + "#2#" + id + "#**",
            "#" + secrets[3] + "#6#" + std::to_string(any(2)) + "#**",
            "#1111#",
            std::to_string(any(10'000)) + "*#"};
        keys(at, typed[any(typed.size())]);
    }
    void command(base::DoorNumber at) {
        const auto which = any(12);
        const auto wanted = which > 6 ? core::DoorCommand::normal : static_cast<core::DoorCommand>(which);
        site_.play(core::CommandReceived{at, wanted, "anna", {}});
    }
    void touch(base::DoorNumber at) {
        const auto input = static_cast<core::Input>(any(core::input_count));
        const auto level = static_cast<core::Level>(any(4));
        site_.play(core::InputChanged{at, input, level});
        site_.wait(std::chrono::seconds{any(30)});
        site_.play(core::InputChanged{at, input, core::Level::inactive});
        const base::ReaderNumber reader{static_cast<std::uint8_t>(at.value * 2)};
        if (any(3) == 0) site_.play(core::BadFrame{at, reader, "frame_parity_wrong bits=26 parity=even"});
        if (any(3) == 0)
            site_.play(core::ReaderLinkChanged{at, reader,
                                               any(2) == 0 ? core::Level::active : core::Level::inactive});
    }
    void answer() {
        const auto word = any(3) == 0 ? core::Verification::denied : core::Verification::granted;
        site_.play(core::OperatorAnswered{site_.question(), word, "anna"});
        if (any(3) == 0) site_.play(core::PositionForgotten{id_of(1 + any(people_count)), "anna"});
        if (any(9) == 0)
            site_.play(core::PositionForgotten{core::AreaNumber{static_cast<std::uint8_t>(any(5))}, "anna"});
    }
    /// For a while; two times of three the disk is well again.
    void trouble() {
        auto& disk = site_.disk();
        disk.set_health(any(3) == 0 ? DiskHealth::refuses : DiskHealth::works);
        disk.set_capacity(any(3) == 0 ? disk.used() + any(20'000) : UINT64_MAX);
        disk.fail_one_in(any(3) == 0 ? 3 + any(30) : 0);
        site_.set_slow(any(3) == 0);
    }

    std::mt19937 random_;
    Place place_;
    bool clock_steps_ = true;
    adapters::SystemTimeZones zones_;
    Installation site_;
};

bool wanted_long() {
    return std::getenv("SALLYPORT_LONG") != nullptr;
}

class Days : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Days, every_invariant_holds_and_nothing_is_lost) {
    Day day(GetParam());
    if (std::getenv("SALLYPORT_SEED") != nullptr)
        day.site().on_words = [](const std::string& words) { fmt::print("{}\n", words); };
    const int hours = wanted_long() ? 5 : 1;
    const int simulated = 2 * (2 * hours + 2);
    day.pass(hours);
    ASSERT_EQ(day.site().broken(), std::vector<std::string>{}) << "SALLYPORT_SEED=" << GetParam();
    EXPECT_GT(day.site().told(), static_cast<std::uint64_t>(simulated) * 200) << "quiet hours";
    EXPECT_GT(day.site().restarts(), simulated / 4) << "the power never went";
}

std::vector<std::uint32_t> seeds() {
    if (const char* only = std::getenv("SALLYPORT_SEED"))
        return {static_cast<std::uint32_t>(std::stoul(only))};
    std::vector<std::uint32_t> all;
    const std::uint32_t count = wanted_long() ? 100 : 1;
    for (std::uint32_t seed = 1; seed <= count; ++seed) all.push_back(seed);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Days, testing::ValuesIn(seeds()));

}  // namespace
}  // namespace sallyport::sim
