#include "scenario/setup.hpp"

#include <array>
#include <cstdio>

#include <date/date.h>

#include "codec/dhip/rules_json.hpp"

namespace sallyport::scenario {

namespace {

constexpr std::int32_t minute_s = 60;
constexpr std::int32_t hour_s = 3600;

/// "08:00-18:00".
core::Period read_period(const std::string& word) {
    std::array<int, 4> at{};
    if (std::sscanf(word.c_str(), "%2d:%2d-%2d:%2d", &at[0], &at[1], &at[2], &at[3]) != 4) {
        throw BadLine("\"" + word + "\" is no period: write 08:00-18:00");
    }
    return {at[0] * hour_s + at[1] * minute_s, at[2] * hour_s + at[3] * minute_s};
}

base::UserId read_user_id(const std::string& word) {
    if (const auto id = base::UserId::from(word)) return *id;
    throw BadLine("\"" + word + "\" is no user ID");
}

void need(const base::Status& status) {
    if (!status) throw BadLine(status.error().message);
}

core::Card& card_of(core::Person& person) {
    if (person.cards.empty()) throw BadLine("give the card's number before what it is like");
    return person.cards.back();
}

/// "person 1001 card 04A1B2C3 pin 2468 type guest uses 2".
void read_person(Words& words, Setup& setup) {
    core::Person person;
    person.user_id = read_user_id(words.next("user ID"));
    core::Right right{core::DoorSet::all(), core::always, core::RightKind::allow};
    for (std::string word = words.next_or_nothing(); !word.empty(); word = words.next_or_nothing()) {
        if (word == "card") {
            const auto number = base::CardNumber::from(words.next("card"));
            if (!number) throw BadLine("a card has 1 to 16 hexadecimal digits");
            person.cards.push_back({.number = *number});
        } else if (word == "pin") {
            const std::string pin = words.next("PIN");
            setup.secrets.push_back(pin);
            person.pin = core::hash_pin(setup.state.pin_key, person.user_id, base::Secret{pin});
        } else if (word == "type") {
            person.type = words.choice<core::UserType>("type");
        } else if (word == "card_type") {
            card_of(person).type = words.choice<core::CardType>("card type");
        } else if (word == "card_status") {
            card_of(person).status = words.choice<core::CardStatus>("card status");
        } else if (word == "uses") {
            person.uses_left = static_cast<std::uint32_t>(words.number("uses"));
        } else if (word == "schedule") {
            right.schedule = {static_cast<std::uint8_t>(words.number("schedule"))};
        } else if (word == "until") {
            person.validity.to = read_utc(words.next("end"));
        } else if (word == "first_card") {
            right.kind = core::RightKind::first_card;
        } else if (word == "door") {
            right.doors = core::DoorSet::only({static_cast<std::uint8_t>(words.number("door"))});
        } else {
            throw BadLine("a person has no \"" + word + "\"");
        }
    }
    person.rights.push_back(right);
    need(setup.state.roster.upsert(std::move(person), setup.state.pin_key));
}

/// "public_password 777777 number 3 uses 1".
void read_public_password(Words& words, Setup& setup) {
    core::PublicPassword password;
    const std::string code = words.next("public password");
    setup.secrets.push_back(code);
    password.code = core::hash_public_password(setup.state.pin_key, base::Secret{code});
    password.doors = core::DoorSet::all();
    for (std::string word = words.next_or_nothing(); !word.empty(); word = words.next_or_nothing()) {
        if (word == "number") {
            password.number = static_cast<std::uint32_t>(words.number("number"));
        } else if (word == "uses") {
            password.uses_left = static_cast<std::uint32_t>(words.number("uses"));
        } else {
            throw BadLine("a public password has no \"" + word + "\"");
        }
    }
    auto all = setup.state.roster.public_passwords();
    all.push_back(password);
    need(setup.state.roster.set_public_passwords(std::move(all), setup.state.pin_key));
}

/// "schedule 08:00-18:00 19:00-20:00": every day, the next index from 0.
void read_schedule(Words& words, Setup& setup) {
    core::WeeklySchedule schedule;
    for (std::string word = words.next("period"); !word.empty(); word = words.next_or_nothing()) {
        for (core::Day& day : schedule.week) day.push_back(read_period(word));
    }
    setup.state.calendar.schedules.push_back(std::move(schedule));
}

}  // namespace

core::Rules read_rules(Words& words) {
    auto rules = codec::dhip::rules_from(words.rest());
    if (!rules) throw BadLine(rules.error().message);
    return *std::move(rules);
}

base::UtcTime read_utc(const std::string& word) {
    std::istringstream in(word);
    date::sys_time<base::Duration> at;
    in >> date::parse("%FT%T", at);
    if (in.fail()) throw BadLine("\"" + word + "\" is no time: write 2026-03-29T00:59:50, in UTC");
    return {at.time_since_epoch().count()};
}

bool read_door_setting(const std::string& name, Words& words, core::DoorSettings& door) {
    if (name == "hold") {
        door.hold_s = static_cast<std::int32_t>(words.number("hold"));
    } else if (name == "overtime") {
        door.overtime_s = static_cast<std::int32_t>(words.number("overtime"));
    } else if (name == "detector") {
        door.detector = words.choice<core::Detector>("detector");
    } else if (name == "unlock_mode") {
        door.unlock_mode = words.choice<core::UnlockMode>("unlock mode");
    } else {
        return false;
    }
    return true;
}

bool read_setup(const std::string& line, Setup& setup) {
    Words words(line);
    const std::string name = words.next("word");
    core::Settings& settings = setup.state.settings;
    if (read_door_setting(name, words, settings.doors[0])) {
        for (core::DoorSettings& door : settings.doors) door = settings.doors[0];
    } else if (name == "doors") {
        settings.doors.resize(static_cast<std::size_t>(words.number("doors")), settings.doors[0]);
    } else if (name == "mode") {
        setup.state.door_modes.assign(settings.doors.size(), words.choice<core::DoorMode>("mode"));
    } else if (name == "duress") {
        settings.duress = words.choice<core::Duress>("duress");
    } else if (name == "zone") {
        settings.zone = words.next("zone");
    } else if (name == "starts") {
        setup.start = read_utc(words.next("time"));
    } else if (name == "clock_not_set") {
        setup.trust = base::ClockTrust::not_set;
    } else if (name == "power_on_codes") {
        setup.state.power_on_codes = words.choice<core::PowerOnCodes>("power_on_codes");
    } else if (name == "people_lost") {
        setup.state.people = core::People::lost;
    } else if (name == "facility_fallback") {
        auto& doors = setup.state.fallback.doors;
        doors.resize(settings.doors.size());
        auto& codes = doors.at(static_cast<std::size_t>(words.number("door") - 1));
        codes.push_back(static_cast<std::uint32_t>(words.number("facility")));
    } else if (name == "secret") {
        setup.secrets.push_back(words.next("secret"));
    } else if (name == "schedule") {
        read_schedule(words, setup);
    } else if (name == "rules") {
        settings.rules = read_rules(words);
    } else if (name == "person") {
        read_person(words, setup);
    } else if (name == "public_password") {
        read_public_password(words, setup);
    } else {
        return false;
    }
    return true;
}

}  // namespace sallyport::scenario
