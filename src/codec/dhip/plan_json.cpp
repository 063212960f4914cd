#include "codec/dhip/plan_json.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "codec/dhip/person_json.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/rules_json.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

// Far above what a controller takes by default: they bound memory, not plans.
constexpr std::size_t schedules_limit = 255;
constexpr std::size_t holidays_limit = 256;
constexpr std::size_t periods_limit = 64;
constexpr std::size_t dates_limit = 1'024;
constexpr std::size_t public_passwords_limit = 10'000;

json::array day_json(const core::Day& day) {
    json::array result;
    for (const auto& period : day) result.push_back(json::array{period.from_s, period.to_s});
    return result;
}

json::object schedule_json(const core::WeeklySchedule& schedule) {
    json::array week;
    for (const auto& day : schedule.week) week.push_back(day_json(day));
    json::array holidays;
    for (const auto index : schedule.holidays) holidays.emplace_back(index);
    return {{"week", std::move(week)}, {"holidays", std::move(holidays)}};
}

json::object holiday_json(const core::Holiday& holiday) {
    json::array dates;
    for (const auto& range : holiday.dates) {
        dates.push_back(json::array{date_text(range.first), date_text(range.last)});
    }
    return {{"dates", std::move(dates)}, {"periods", day_json(holiday.periods)}};
}

json::object calendar_json(const core::Calendar& calendar) {
    json::array schedules;
    for (const auto& schedule : calendar.schedules) schedules.push_back(schedule_json(schedule));
    json::array holidays;
    for (const auto& holiday : calendar.holidays) holidays.push_back(holiday_json(holiday));
    return {{"schedules", std::move(schedules)}, {"holidays", std::move(holidays)}};
}

json::object door_json(const WireDoorSettings& door) {
    json::object object{{"number", door.number.value}};
    if (door.hold_s) object["hold_s"] = *door.hold_s;
    if (door.unlock_mode) object["unlock_mode"] = base::text_of(*door.unlock_mode);
    if (door.detector) object["detector"] = base::text_of(*door.detector);
    if (door.overtime_s) object["overtime_s"] = *door.overtime_s;
    if (door.schedule) object["schedule"] = door.schedule->value;
    return object;
}

json::object public_password_json(const WirePublicPassword& password) {
    json::object object{{"number", password.number}, {"code", password.code.reveal()}};
    put_doors(object, password.doors);
    put_validity(object, password.validity);
    put_uses(object, password.uses_left, password.uses_series);
    return object;
}

core::Day read_day(const Reader& from) {
    core::Day day;
    from.each(periods_limit, [&day](const Reader& period) {
        if (!period.has_elements(2)) return;
        const auto begin = period.at(0).integer(0, core::seconds_per_day - 1);
        const auto end = period.at(1).integer(begin + 1, core::seconds_per_day);
        day.push_back({static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end)});
    });
    return day;
}

core::WeeklySchedule read_schedule(const Reader& from) {
    core::WeeklySchedule schedule;
    const auto week = from["week"];
    if (!week.has_elements(schedule.week.size())) return schedule;
    for (std::size_t i = 0; i < schedule.week.size(); ++i) schedule.week[i] = read_day(week.at(i));
    if (const auto holidays = from["holidays"]; holidays.present()) {
        holidays.each(holidays_limit, [&](const Reader& index) {
            schedule.holidays.push_back(static_cast<std::uint8_t>(index.integer(0, 255)));
        });
    }
    return schedule;
}

core::Holiday read_holiday(const Reader& from) {
    core::Holiday holiday;
    from["dates"].each(dates_limit, [&](const Reader& range) {
        if (!range.has_elements(2)) return;
        holiday.dates.push_back({range.at(0).date(), range.at(1).date()});
        if (holiday.dates.back().first > holiday.dates.back().last) range.complain("ends before it begins");
    });
    if (const auto periods = from["periods"]; periods.present()) holiday.periods = read_day(periods);
    return holiday;
}

core::Calendar read_calendar(const Reader& from) {
    core::Calendar calendar;
    from["schedules"].each(schedules_limit,
                           [&](const Reader& one) { calendar.schedules.push_back(read_schedule(one)); });
    from["holidays"].each(holidays_limit,
                          [&](const Reader& one) { calendar.holidays.push_back(read_holiday(one)); });
    return calendar;
}

WireDoorSettings read_door(const Reader& from) {
    WireDoorSettings door;
    door.number.value = static_cast<std::uint8_t>(from["number"].integer(1, base::max_doors));
    if (const auto hold = from["hold_s"]; hold.present()) {
        door.hold_s = static_cast<std::int32_t>(hold.integer(1, 600));
    }
    if (const auto mode = from["unlock_mode"]; mode.present()) {
        door.unlock_mode = mode.word<core::UnlockMode>();
    }
    if (const auto detector = from["detector"]; detector.present()) {
        door.detector = detector.word<core::Detector>();
    }
    if (const auto overtime = from["overtime_s"]; overtime.present()) {
        door.overtime_s = static_cast<std::int32_t>(overtime.integer(1, 9'999));
    }
    if (const auto schedule = from["schedule"]; schedule.present()) {
        door.schedule = read_schedule_index(schedule);
    }
    return door;
}

void read_doors_into(const Reader& from, std::vector<WireDoorSettings>& doors) {
    if (!from.present()) return;
    from.each(base::max_doors, [&doors](const Reader& one) {
        const auto door = read_door(one);
        if (std::ranges::count(doors, door.number, &WireDoorSettings::number) != 0) {
            one.complain("names a door for the second time");
        }
        doors.push_back(door);
    });
}

WirePublicPassword read_public_password(const Reader& from) {
    WirePublicPassword password;
    const auto number = from["number"].count(std::numeric_limits<std::uint32_t>::max());
    password.number = static_cast<std::uint32_t>(number);
    password.code = read_code(from["code"], 1);
    password.doors = read_doors(from);
    password.validity = read_validity(from);
    read_uses(from, password.uses_left, password.uses_series);
    return password;
}

}  // namespace

core::DoorSettings merged(core::DoorSettings settings, const WireDoorSettings& door) {
    settings.hold_s = door.hold_s.value_or(settings.hold_s);
    settings.unlock_mode = door.unlock_mode.value_or(settings.unlock_mode);
    settings.detector = door.detector.value_or(settings.detector);
    settings.overtime_s = door.overtime_s.value_or(settings.overtime_s);
    settings.schedule = door.schedule.value_or(settings.schedule);
    return settings;
}

json::object to_json(const WirePlan& plan) {
    json::object object{{"revision", plan.revision}};
    if (plan.zone) object["zone"] = *plan.zone;
    if (plan.duress) object["duress"] = base::text_of(*plan.duress);
    if (plan.rules) object["rules"] = to_json(*plan.rules);
    if (plan.calendar) object["calendar"] = calendar_json(*plan.calendar);
    json::array doors;
    for (const auto& door : plan.doors) doors.push_back(door_json(door));
    if (!doors.empty()) object["doors"] = std::move(doors);
    json::array seen;
    for (const auto& door : plan.made_from) seen.push_back(door_json(door));
    if (!seen.empty()) object["made_from"] = std::move(seen);
    if (plan.public_passwords) {
        json::array passwords;
        for (const auto& password : *plan.public_passwords) {
            passwords.push_back(public_password_json(password));
        }
        object["public_passwords"] = std::move(passwords);
    }
    if (plan.keypad_password) object["keypad_password"] = plan.keypad_password->reveal();
    return object;
}

base::Result<WirePlan> plan_from(const json::value& value) {
    Fault fault;
    const Reader from(value, "plan", fault);
    WirePlan plan;
    plan.revision = from["revision"].count();
    if (const auto zone = from["zone"]; zone.present()) plan.zone = std::string(zone.text(64));
    if (const auto duress = from["duress"]; duress.present()) plan.duress = duress.word<core::Duress>();
    if (const auto rules = from["rules"]; rules.present()) plan.rules = read_rules(rules);
    if (const auto calendar = from["calendar"]; calendar.present()) plan.calendar = read_calendar(calendar);
    read_doors_into(from["doors"], plan.doors);
    read_doors_into(from["made_from"], plan.made_from);
    if (const auto passwords = from["public_passwords"]; passwords.present()) {
        auto& list = plan.public_passwords.emplace();
        passwords.each(public_passwords_limit,
                       [&list](const Reader& one) { list.push_back(read_public_password(one)); });
    }
    if (const auto password = from["keypad_password"]; password.present()) {
        plan.keypad_password = read_code(password, 6);
    }
    if (fault) return std::unexpected(*std::move(fault));
    return plan;
}

}  // namespace sallyport::codec::dhip
