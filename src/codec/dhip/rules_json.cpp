#include "codec/dhip/rules_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/person_json.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

constexpr std::size_t readers_limit = 128;
constexpr std::size_t areas_limit = 255;
constexpr std::size_t list_limit = 64;

template <class T>
json::array each_json(const std::vector<T>& all, json::object (*one)(const T&)) {
    json::array result;
    for (const T& value : all) result.push_back(one(value));
    return result;
}

void put_schedule(json::object& object, std::string_view name,
                  const std::optional<core::ScheduleIndex>& schedule) {
    if (schedule) object[name] = schedule->value;
}

json::object unlock_period_json(const core::UnlockPeriod& period) {
    return {{"schedule", period.schedule.value}, {"mode", base::text_of(period.mode)}};
}

json::object group_json(const core::PeopleGroup& group) {
    json::array people;
    for (const base::UserId& person : group.people) people.push_back(json::string(person.view()));
    return {{"people", std::move(people)}, {"needed", group.needed}};
}

/// Empty for a door without rules.
json::object door_json(const core::DoorRules& door) {
    json::object object;
    put_schedule(object, "always_open", door.always_open);
    put_schedule(object, "always_closed", door.always_closed);
    if (!door.unlock_periods.empty()) {
        object["unlock_periods"] = each_json(door.unlock_periods, unlock_period_json);
    }
    if (door.extended_s != core::DoorRules{}.extended_s) object["extended_s"] = door.extended_s;
    if (door.pre_alarm_s != 0) object["pre_alarm_s"] = door.pre_alarm_s;
    if (door.first_card) {
        object["first_card"] = {{"schedule", door.first_card->schedule.value},
                                {"then", base::text_of(door.first_card->then)}};
    }
    if (!door.groups.groups.empty()) object["groups"] = each_json(door.groups.groups, group_json);
    if (door.groups.window_s != core::GroupRules{}.window_s) object["group_window_s"] = door.groups.window_s;
    if (door.verification_s) object["verification_s"] = *door.verification_s;
    return object;
}

json::array doors_json(const std::vector<core::DoorRules>& doors) {
    json::array result;
    for (std::size_t i = 0; i < doors.size(); ++i) {
        json::object rules = door_json(doors[i]);
        if (rules.empty()) continue;
        json::object object{{"number", i + 1}};
        for (auto& [name, value] : rules) object[name] = std::move(value);
        result.push_back(std::move(object));
    }
    return result;
}

json::object reader_json(const core::ReaderRules& reader) {
    json::object object{{"number", reader.number.value},
                        {"door", reader.door.value},
                        {"direction", base::text_of(reader.direction)}};
    if (reader.passage.leads()) {
        object["from"] = reader.passage.from.value;
        object["to"] = reader.passage.to.value;
    }
    return object;
}

json::object area_json(const core::AreaRules& area) {
    json::object object{{"number", area.number.value}, {"passback", base::text_of(area.passback)}};
    if (area.minutes != core::AreaRules{}.minutes) object["minutes"] = area.minutes;
    if (area.reset_at_s) object["reset_at_s"] = *area.reset_at_s;
    return object;
}

json::object interlock_json(const core::Interlock& interlock) {
    json::array doors;
    for (std::uint8_t door = 1; door <= base::max_doors; ++door) {
        if (interlock.doors.contains({door})) doors.emplace_back(door);
    }
    return {{"doors", std::move(doors)}, {"blocks", base::text_of(interlock.blocks)}};
}

base::DoorNumber read_door_number(const Reader& from) {
    return {static_cast<std::uint8_t>(from.integer(1, base::max_doors))};
}

void read_schedule(const Reader& from, std::optional<core::ScheduleIndex>& into) {
    if (from.present()) into = read_schedule_index(from);
}

/// A list that may be left out.
template <std::invocable<const Reader&> F>
void each_of(const Reader& from, std::size_t most, F element) {
    if (from.present()) from.each(most, element);
}

void read_number(const Reader& from, std::int64_t least, std::int64_t most, std::int32_t& into) {
    if (from.present()) into = static_cast<std::int32_t>(from.integer(least, most));
}

core::PeopleGroup read_group(const Reader& from) {
    core::PeopleGroup group;
    from["people"].each(list_limit, [&](const Reader& one) { group.people.push_back(read_user_id(one)); });
    read_number(from["needed"], 1, list_limit, group.needed);
    return group;
}

core::DoorRules read_door(const Reader& from) {
    core::DoorRules door;
    read_schedule(from["always_open"], door.always_open);
    read_schedule(from["always_closed"], door.always_closed);
    each_of(from["unlock_periods"], list_limit, [&](const Reader& period) {
        door.unlock_periods.push_back(
            {read_schedule_index(period["schedule"]), period["mode"].word<core::UnlockMode>()});
    });
    read_number(from["extended_s"], 1, 600, door.extended_s);
    read_number(from["pre_alarm_s"], 0, 9'999, door.pre_alarm_s);
    if (const auto first = from["first_card"]; first.present()) {
        auto& rule = door.first_card.emplace();
        rule.schedule = read_schedule_index(first["schedule"]);
        if (const auto then = first["then"]; then.present()) rule.then = then.word<core::AfterFirstCard>();
    }
    each_of(from["groups"], list_limit,
            [&](const Reader& one) { door.groups.groups.push_back(read_group(one)); });
    read_number(from["group_window_s"], 1, 600, door.groups.window_s);
    if (const auto asked = from["verification_s"]; asked.present()) {
        door.verification_s = static_cast<std::int32_t>(asked.integer(1, 120));
    }
    return door;
}

void read_doors(const Reader& from, std::vector<core::DoorRules>& doors) {
    std::uint64_t seen = 0;
    each_of(from, base::max_doors, [&](const Reader& one) {
        const auto number = read_door_number(one["number"]);
        const auto bit = std::uint64_t{1} << (number.value % base::max_doors);
        if ((seen & bit) != 0) one.complain("names a door for the second time");
        seen |= bit;
        if (doors.size() < number.value) doors.resize(number.value);
        if (number.value >= 1) doors[number.value - 1U] = read_door(one);
    });
}

/// The outside where nothing is said.
core::AreaNumber read_area(const Reader& from) {
    if (!from.present()) return core::outside;
    return {static_cast<std::uint8_t>(from.integer(0, 255))};
}

core::ReaderRules read_reader(const Reader& from) {
    core::ReaderRules reader;
    reader.number.value = static_cast<std::uint8_t>(from["number"].integer(1, readers_limit));
    reader.door = read_door_number(from["door"]);
    const auto direction = from["direction"];
    reader.direction = direction.word<core::Direction>();
    if (reader.direction == core::Direction::none) direction.complain("has to be entry or exit");
    reader.passage = {read_area(from["from"]), read_area(from["to"])};
    return reader;
}

core::AreaRules read_area_rules(const Reader& from) {
    core::AreaRules area;
    area.number = read_area(from["number"]);
    if (const auto passback = from["passback"]; passback.present())
        area.passback = passback.word<core::Passback>();
    read_number(from["minutes"], 1, 1'440, area.minutes);
    if (const auto reset = from["reset_at_s"]; reset.present()) {
        area.reset_at_s = static_cast<std::int32_t>(reset.integer(0, core::seconds_per_day - 1));
    }
    return area;
}

core::Interlock read_interlock(const Reader& from) {
    core::Interlock interlock;
    from["doors"].each(base::max_doors, [&](const Reader& door) {
        const auto number = read_door_number(door);
        if (number.value >= 1) interlock.doors.insert(number);
    });
    if (const auto blocks = from["blocks"]; blocks.present()) interlock.blocks = blocks.word<core::Blocks>();
    return interlock;
}

}  // namespace

json::object to_json(const core::Rules& rules) {
    json::object object;
    if (auto doors = doors_json(rules.doors); !doors.empty()) object["doors"] = std::move(doors);
    if (!rules.readers.empty()) object["readers"] = each_json(rules.readers, reader_json);
    if (!rules.areas.empty()) object["areas"] = each_json(rules.areas, area_json);
    if (!rules.interlocks.empty()) object["interlocks"] = each_json(rules.interlocks, interlock_json);
    return object;
}

core::Rules read_rules(const Reader& from) {
    core::Rules rules;
    read_doors(from["doors"], rules.doors);
    each_of(from["readers"], readers_limit,
            [&](const Reader& one) { rules.readers.push_back(read_reader(one)); });
    each_of(from["areas"], areas_limit,
            [&](const Reader& one) { rules.areas.push_back(read_area_rules(one)); });
    each_of(from["interlocks"], list_limit,
            [&](const Reader& one) { rules.interlocks.push_back(read_interlock(one)); });
    return rules;
}

base::Result<core::Rules> rules_from(std::string_view text) {
    json::error_code error;
    const auto value = json::parse(text, error);
    if (error) {
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          fmt::format("The rules are not JSON: {}.", error.message()));
    }
    Fault fault;
    auto rules = read_rules(Reader(value, "rules", fault));
    if (fault) return std::unexpected(*std::move(fault));
    return rules;
}

}  // namespace sallyport::codec::dhip
