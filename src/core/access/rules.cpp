#include "core/access/rules.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>

namespace sallyport::core {

namespace {

constexpr std::size_t most_interlocks = 64;
constexpr std::size_t most_unlock_periods = 4;
constexpr std::int32_t longest_extension_s = 600;
constexpr std::int32_t longest_pre_alarm_s = 9'999;
constexpr std::size_t most_groups = 4;
constexpr std::size_t most_of_a_group = 64;
constexpr std::int32_t longest_window_s = 600;
constexpr std::int32_t longest_verification_s = 120;
constexpr std::int32_t minutes_of_a_day = 1'440;

std::unexpected<base::Error> refuse(std::string sentence) {
    return base::fail(base::ErrorKind::invalid, "rules", std::move(sentence));
}

base::Status check_groups(const GroupRules& rules, std::size_t door) {
    if (rules.groups.size() > most_groups) {
        return refuse(
            fmt::format("Door {} has {} groups; the limit is {}.", door, rules.groups.size(), most_groups));
    }
    if (rules.window_s < 1 || rules.window_s > longest_window_s) {
        return refuse(
            fmt::format("Door {}: the time between people of a group is {} s, but must be 1 to {} s.", door,
                        rules.window_s, longest_window_s));
    }
    for (std::size_t i = 0; i < rules.groups.size(); ++i) {
        const PeopleGroup& group = rules.groups[i];
        if (group.people.empty() || group.people.size() > most_of_a_group) {
            return refuse(fmt::format("Door {}, group {} has {} people, but must have 1 to {}.", door, i + 1,
                                      group.people.size(), most_of_a_group));
        }
        if (group.needed < 1 || static_cast<std::size_t>(group.needed) > group.people.size()) {
            return refuse(fmt::format("Door {}, group {} needs {} people, but must need 1 to {}.", door,
                                      i + 1, group.needed, group.people.size()));
        }
    }
    return {};
}

base::Status check_door(const DoorRules& door, std::size_t number) {
    const std::int32_t verification_s = door.verification_s.value_or(1);
    if (verification_s < 1 || verification_s > longest_verification_s) {
        return refuse(fmt::format("Door {}: an operator is asked for {} s, but must be for 1 to {} s.",
                                  number, verification_s, longest_verification_s));
    }
    if (door.extended_s < 1 || door.extended_s > longest_extension_s) {
        return refuse(fmt::format("Door {}: the extended hold is {} s, but must be 1 to {} s.", number,
                                  door.extended_s, longest_extension_s));
    }
    if (door.pre_alarm_s < 0 || door.pre_alarm_s > longest_pre_alarm_s) {
        return refuse(
            fmt::format("Door {}: the warning before overtime comes {} s before, but must be 0 to {} s.",
                        number, door.pre_alarm_s, longest_pre_alarm_s));
    }
    if (door.unlock_periods.size() > most_unlock_periods) {
        return refuse(fmt::format("Door {} has {} unlock periods; the limit is {}.", number,
                                  door.unlock_periods.size(), most_unlock_periods));
    }
    return check_groups(door.groups, number);
}

base::Status check_readers(const std::vector<ReaderRules>& readers, std::size_t doors) {
    for (auto reader = readers.begin(); reader != readers.end(); ++reader) {
        if (reader->number.value < 1) return refuse("A reader has no number; they count from 1.");
        if (reader->door.value < 1 || reader->door.value > doors) {
            return refuse(fmt::format("Reader {} is at door {}, but there are only {} doors.",
                                      reader->number.value, reader->door.value, doors));
        }
        if (std::ranges::count(readers.begin(), reader, reader->number, &ReaderRules::number) != 0)
            return refuse(fmt::format("Reader {} is named twice.", reader->number.value));
    }
    return {};
}

base::Status check_areas(const std::vector<AreaRules>& areas) {
    for (auto area = areas.begin(); area != areas.end(); ++area) {
        const int number = area->number.value;
        if (area->number == outside) return refuse("Area 0 is the outside: rules are for areas from 1 on.");
        if (std::ranges::count(areas.begin(), area, area->number, &AreaRules::number) != 0)
            return refuse(fmt::format("Area {} is named twice.", number));
        if (area->minutes < 1 || area->minutes > minutes_of_a_day) {
            return refuse(fmt::format("Area {}: the time is {} min, but must be 1 to {} min.", number,
                                      area->minutes, minutes_of_a_day));
        }
        const std::int32_t reset = area->reset_at_s.value_or(0);
        if (reset < 0 || reset >= seconds_per_day)
            return refuse(fmt::format("Area {} is reset at second {}, but a day has {}.", number, reset,
                                      seconds_per_day));
    }
    return {};
}

base::Status check_interlocks(const std::vector<Interlock>& interlocks, std::size_t doors) {
    if (interlocks.size() > most_interlocks) {
        return refuse(
            fmt::format("There are {} interlocks; the limit is {}.", interlocks.size(), most_interlocks));
    }
    for (std::size_t i = 0; i < interlocks.size(); ++i) {
        const base::DoorSet set = interlocks[i].doors;
        if (set.size() < 2)
            return refuse(
                fmt::format("Interlock {} needs at least two doors, but has {}.", i + 1, set.size()));
        for (std::size_t door = doors + 1; door <= base::max_doors; ++door) {
            if (!set.contains({static_cast<std::uint8_t>(door)})) continue;
            return refuse(
                fmt::format("Interlock {} names door {}, but there are only {} doors.", i + 1, door, doors));
        }
    }
    return {};
}

}  // namespace

const DoorRules& rules_of(const Rules& rules, base::DoorNumber door) {
    static const DoorRules none;
    return door.value >= 1 && door.value <= rules.doors.size() ? rules.doors[door.value - 1U] : none;
}

ReaderRules rules_of(const Rules& rules, base::ReaderNumber reader, base::DoorNumber wired) {
    const auto found = std::ranges::find(rules.readers, reader, &ReaderRules::number);
    if (found != rules.readers.end()) return *found;
    return {reader, wired, reader.value % 2 == 1 ? Direction::entry : Direction::exit, {}};
}

Passage passage_of(const Rules& rules, base::ReaderNumber reader, base::DoorNumber door) {
    const auto is_meant = [&](const ReaderRules& one) {
        if (reader.value != 0) return one.number == reader;
        return one.door == door && one.direction == Direction::entry;
    };
    const auto found = std::ranges::find_if(rules.readers, is_meant);
    return found == rules.readers.end() ? Passage{} : found->passage;
}

bool is_there(const Rules& rules, AreaNumber area) {
    return area == outside || std::ranges::any_of(rules.readers, [area](const ReaderRules& reader) {
               return reader.passage.leads() && (reader.passage.from == area || reader.passage.to == area);
           });
}

const AreaRules* area_of(const Rules& rules, const Passage& passage) {
    for (const AreaNumber number : {passage.to, passage.from}) {
        const auto found = std::ranges::find(rules.areas, number, &AreaRules::number);
        if (found != rules.areas.end()) return &*found;
    }
    return nullptr;
}

base::Status check(const Rules& rules, std::size_t doors) {
    if (rules.doors.size() > doors) {
        return refuse(
            fmt::format("There are rules for door {}, but only {} doors.", rules.doors.size(), doors));
    }
    for (std::size_t i = 0; i < rules.doors.size(); ++i) {
        if (auto status = check_door(rules.doors[i], i + 1); !status) return status;
    }
    if (auto status = check_readers(rules.readers, doors); !status) return status;
    if (auto status = check_areas(rules.areas); !status) return status;
    return check_interlocks(rules.interlocks, doors);
}

}  // namespace sallyport::core
