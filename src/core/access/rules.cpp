#include "core/access/rules.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace sallyport::core {

namespace {

constexpr std::size_t most_interlocks = 64;
constexpr std::size_t most_unlock_periods = 4;
constexpr std::int32_t longest_extension_s = 600;

std::unexpected<base::Error> refuse(std::string sentence) {
    return base::fail(base::ErrorKind::invalid, "rules", std::move(sentence));
}

base::Status check_door(const DoorRules& door, std::size_t number) {
    if (door.extended_s < 1 || door.extended_s > longest_extension_s) {
        return refuse(fmt::format("Door {}: the extended hold is {} s, but must be 1 to {} s.", number,
                                  door.extended_s, longest_extension_s));
    }
    if (door.unlock_periods.size() > most_unlock_periods) {
        return refuse(fmt::format("Door {} has {} unlock periods; the limit is {}.", number,
                                  door.unlock_periods.size(), most_unlock_periods));
    }
    return {};
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
    return {reader, wired, reader.value % 2 == 1 ? Direction::entry : Direction::exit};
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
    return check_interlocks(rules.interlocks, doors);
}

}  // namespace sallyport::core
