// configManager: tables of settings. A table can be written as it was read: fields that cannot be set here
// have to have the value that they have, so that nobody believes to have changed what was not.
#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "codec/cgi/numbers.hpp"
#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::size_t days_of_dialect = 8;  ///< Sunday first, then the holiday

/// The dialect's day as ours: Monday is 0.
std::size_t weekday_of(std::size_t day) {
    return (day + 6) % 7;
}

json::array day_json(const core::Day& day, std::size_t periods) {
    json::array lines;
    for (std::size_t i = 0; i < std::max(periods, day.size()); ++i)
        lines.emplace_back(i < day.size() ? cgi::period_text(day[i]) : std::string(cgi::no_period));
    return lines;
}

core::Day read_day(const cgi::Loose& lines) {
    core::Day day;
    lines.each(64, [&](const cgi::Loose& line) {
        if (!line.present()) return;
        const auto period = cgi::parse_period(line.text(64));
        if (!period) line.complain("has to be a period such as 1 08:00:00-17:59:59");
        if (period && period->enabled) day.push_back(period->period);
    });
    std::ranges::sort(day, {}, &core::Period::from_s);
    return day;
}

/// As it would read: "1" and 1, "true" and true are the same.
std::string plain(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    return json::serialize(value);
}

/// What was written differs from what stands there.
void refuse_changes(const cgi::Loose& said, const json::value& present) {
    if (said.value() == nullptr || said.value()->is_null()) return;
    if (const auto* object = present.if_object(); object != nullptr && said.is_object()) {
        for (const auto& [name, value] : said.value()->get_object()) {
            const auto* known = object->if_contains(name);
            if (known == nullptr) {
                said[name].complain("is not known here");
            } else {
                refuse_changes(said[name], *known);
            }
        }
    } else if (const auto* array = present.if_array(); array != nullptr && said.is_array()) {
        for (std::size_t i = 0; i < said.value()->get_array().size(); ++i)
            refuse_changes(said.at(i), i < array->size() ? (*array)[i] : json::value());
    } else if (plain(*said.value()) != plain(present)) {
        said.complain(fmt::format("is {} and cannot be set here", plain(present)));
    }
}

/// Sets what a table has changed and nothing else: a keypad may set another field at the same moment.
ports::SettingsChange members_that_differ(core::Settings was, core::Settings is) {
    return [was = std::move(was), is = std::move(is)](core::Settings& settings) {
        const auto take = [](auto& into, const auto& before, const auto& after) {
            if (!(before == after)) into = after;
        };
        for (std::size_t i = 0; i < is.doors.size(); ++i) {
            const auto &before = was.doors[i], &after = is.doors[i];
            auto& door = core::door_of(settings, {static_cast<std::uint8_t>(i + 1)});
            take(door.hold_s, before.hold_s, after.hold_s);
            take(door.unlock_mode, before.unlock_mode, after.unlock_mode);
            take(door.detector, before.detector, after.detector);
            take(door.overtime_s, before.overtime_s, after.overtime_s);
            take(door.schedule, before.schedule, after.schedule);
        }
        take(settings.working_mode, was.working_mode, is.working_mode);
        take(settings.duress, was.duress, is.duress);
        take(settings.zone, was.zone, is.zone);
        take(settings.rules, was.rules, is.rules);
    };
}

}  // namespace

void Operations::add_config() {
    add("configManager.getConfig", Right::viewer, &Operations::get_config);
    add("configManager.setConfig", Right::admin, &Operations::set_config);
}

void Operations::get_config(const Call& call, Answer answer) {
    cgi::Fault fault;
    const auto name = cgi::Loose(call.params, fault)["name"].text(64);
    auto table = config_table(name);
    if (fault) return answer(std::unexpected(*fault));
    if (!table) return answer(std::unexpected(table.error()));
    answer(Reply{{{"table", *std::move(table)}}});
}

base::Result<json::value> Operations::config_table(std::string_view name) {
    const auto& settings = station().settings();
    const auto& calendar = station().calendar();
    json::array rows;
    if (name == "AccessControl") {
        for (std::size_t i = 0; i < settings.doors.size(); ++i) rows.push_back(door_config(i));
        return rows;
    }
    if (name == "AccessTimeSchedule") {
        for (const auto& schedule : calendar.schedules) rows.push_back(schedule_config(schedule));
        return rows;
    }
    if (name == "SpecialDayGroup" || name == "SpecialDaysSchedule") {
        for (std::size_t i = 0; i < calendar.holidays.size(); ++i)
            rows.push_back(name == "SpecialDayGroup" ? holiday_dates(i) : holiday_periods(i));
        return rows;
    }
    if (name == "AccessControlGeneral")
        return json::object{{"AccessProperty", "unidirect"},
                            {"ButtonExitEnable", true},
                            {"CustomPasswordEnable", true},
                            {"DuressPasswordEnable", settings.duress == core::Duress::on},
                            {"TimeZone", settings.zone}};
    if (name == "General") return json::object{{"MachineName", controller().serial()}, {"LocalNo", 8}};
    if (name == "NTP")
        return json::object{{"Enable", false}, {"Address", ""}, {"Port", 123}, {"UpdatePeriod", 60}};
    if (name == "T2UServer") return json::object{{"Enable", false}};
    if (name == "Network") {
        const json::object address{{"IPAddress", service_.identity().listen.address},
                                   {"SubnetMask", ""},
                                   {"DefaultGateway", ""},
                                   {"DhcpEnable", false},
                                   {"PhysicalAddress", ""}};
        return json::object{
            {"DefaultInterface", "eth0"}, {"Hostname", controller().serial()}, {"eth0", address}};
    }
    return base::fail(
        base::ErrorKind::not_found, "not_found",
        fmt::format("There is no table {}: AccessControl, AccessControlGeneral, AccessTimeSchedule, "
                    "SpecialDayGroup, SpecialDaysSchedule, NTP, Network, General and T2UServer are "
                    "there.",
                    codec::dhip::json_text(name, 64)));
}

json::object Operations::door_config(std::size_t index) {
    const auto& door = station().settings().doors[index];
    const auto mode = controller().view(base::DoorNumber{static_cast<std::uint8_t>(index + 1)}).mode;
    const bool detector = door.detector == core::Detector::on;
    return {{"Name", fmt::format("Door{}", index + 1)},
            {"Enable", true},
            {"Method", cgi::unlock_mode_number(door.unlock_mode)},
            {"SallyportUnlockMode", base::text_of(door.unlock_mode)},
            {"UnlockHoldInterval", door.hold_s * 1'000},
            {"CloseTimeout", door.overtime_s},
            {"SensorEnable", detector},
            {"BreakInAlarmEnable", detector},
            {"DoorNotClosedAlarmEnable", detector},
            {"DuressAlarmEnable", station().settings().duress == core::Duress::on},
            {"TimeSection", door.schedule.value},
            {"State", mode == core::DoorMode::always_open     ? "OpenAlways"
                      : mode == core::DoorMode::always_closed ? "CloseAlways"
                      : mode == core::DoorMode::lockdown      ? "Lockdown"
                                                              : "Normal"}};
}

json::object Operations::schedule_config(const core::WeeklySchedule& schedule) {
    const auto periods = controller().options().calendar.periods_per_day;
    json::array days;
    for (std::size_t day = 0; day < 7; ++day)
        days.push_back(day_json(schedule.week[weekday_of(day)], periods));
    core::Day holiday;
    const auto& holidays = station().calendar().holidays;
    if (!schedule.holidays.empty() && schedule.holidays.front() < holidays.size())
        holiday = holidays[schedule.holidays.front()].periods;
    days.push_back(day_json(holiday, periods));
    json::array special(schedule.holidays.begin(), schedule.holidays.end());
    return {
        {"Enable", true}, {"Name", ""}, {"TimeSchedule", std::move(days)}, {"SallyportSpecialDays", special}};
}

json::object Operations::holiday_dates(std::size_t index) {
    json::array days;
    for (const auto& range : station().calendar().holidays[index].dates) {
        const std::int64_t first = std::int64_t{range.first.days} * core::seconds_per_day;
        const std::int64_t last = (std::int64_t{range.last.days} + 1) * core::seconds_per_day - 1;
        days.push_back(json::object{{"SpecialDayName", ""},
                                    {"StartTime", cgi::wall_text({first})},
                                    {"EndTime", cgi::wall_text({last})}});
    }
    return {{"Enable", true}, {"SpecialDayGroupName", ""}, {"Days", std::move(days)}};
}

json::object Operations::holiday_periods(std::size_t index) {
    const auto periods = controller().options().calendar.periods_per_day;
    return {{"Enable", true},
            {"Name", ""},
            {"GroupNo", index},
            {"TimeSections", day_json(station().calendar().holidays[index].periods, periods)}};
}

void Operations::set_config(const Call& call, Answer answer) {
    Call by;
    by.caller = call.caller;
    auto prepare = [this, by, params = call.params]() -> base::Result<PolicyChange> {
        if (!controller().running())
            return base::fail(base::ErrorKind::unavailable, "busy", "The controller is starting.");
        return config_change(by, params);
    };
    controller().change_policy(std::move(prepare),
                               [answer = std::move(answer)](const base::Status& status) mutable {
                                   if (!status) return answer(std::unexpected(status.error()));
                                   answer(Reply{});
                               });
}

base::Result<PolicyChange> Operations::config_change(const Call& by, const json::object& params) {
    cgi::Fault fault;
    const cgi::Loose said(params, fault);
    const auto name = config_name(said);
    const auto present = config_table(name);
    if (!present) return std::unexpected(present.error());
    // CGI names the table in each path, JSON in `name`.
    const auto inner = said["table"][name];
    const auto table = inner.value() != nullptr ? inner : said["table"];
    auto settings = station().settings();
    auto calendar = station().calendar();
    if (name == "AccessControl") {
        read_door_configs(table, *present, settings);
    } else if (name == "AccessControlGeneral") {
        read_general(table, *present, settings);
    } else if (name == "AccessTimeSchedule") {
        read_schedules(table, *present, calendar);
    } else if (name == "SpecialDayGroup" || name == "SpecialDaysSchedule") {
        read_holidays(table, name, calendar);
    } else {
        refuse_changes(table, *present);
    }
    if (fault) return std::unexpected(*fault);
    auto status = check_owner(by);
    if (status) status = core::check(settings);
    if (status) status = core::check(calendar, controller().options().calendar);
    if (status && !service_.zones().local(settings.zone, {0}))
        status = std::unexpected(service_.zones().local(settings.zone, {0}).error());
    if (!status) return std::unexpected(status.error());
    PolicyChange change;
    const auto set = members_that_differ(station().settings(), std::move(settings));
    change.write.settings = set;
    change.write.calendar = calendar;
    change.write.records.push_back(
        record_of(by, core::RecordKind::settings_changed,
                  {core::DetailTerm::table_set, {{core::DetailName::part, name}}}));
    change.take_up = [set, calendar](core::Station& holder) {
        auto now = holder.settings();
        set(now);
        holder.set_settings(std::move(now));
        holder.set_calendar(calendar);
    };
    return change;
}

std::string Operations::config_name(const cgi::Loose& said) {
    if (said["name"].present()) return said["name"].text(64);
    const auto table = said["table"];
    if (table.is_object() && table.value()->get_object().size() == 1)
        return std::string(table.value()->get_object().begin()->key());
    table.complain("has to be one table: AccessControl[0].Method=1, or name and table in JSON");
    return {};
}

void Operations::read_door_configs(const cgi::Loose& table, const json::value& present,
                                   core::Settings& settings) {
    std::size_t index = 0;
    table.each(base::max_doors, [&](const cgi::Loose& row) {
        const auto at = index++;
        if (!row.present()) return;
        if (at >= settings.doors.size()) return row.complain("is no door of this controller");
        if (!row.is_object())
            return row.complain("has to name its fields, such as AccessControl[0].Method=1");
        auto& door = settings.doors[at];
        auto rest = row.value()->get_object();
        if (const auto hold = row["UnlockHoldInterval"]; hold.present())
            door.hold_s = static_cast<std::int32_t>((hold.integer(1'000, 600'000) + 999) / 1'000);
        if (const auto limit = row["CloseTimeout"]; limit.present())
            door.overtime_s = static_cast<std::int32_t>(limit.integer(1, 9'999));
        if (const auto sensor = row["SensorEnable"]; sensor.present())
            door.detector = sensor.yes_or_no() ? core::Detector::on : core::Detector::off;
        if (const auto schedule = row["TimeSection"]; schedule.present())
            door.schedule = {static_cast<std::uint8_t>(schedule.integer(0, 255))};
        if (const auto method = row["Method"]; method.present()) {
            const auto mode = cgi::unlock_mode_from(method.integer(0, 255));
            if (!mode)
                method.complain(
                    "has to be 1 card, 2 card or (user ID + password), 3 card + password or 16 "
                    "user ID + password");
            door.unlock_mode = mode.value_or(door.unlock_mode);
        }
        const auto own = row["SallyportUnlockMode"].text(64);
        if (!own.empty() && own != base::text_of(door.unlock_mode) &&
            own != plain(present.at(at).at("SallyportUnlockMode")))
            row["SallyportUnlockMode"].complain("follows Method: set that");
        for (const auto* known :
             {"UnlockHoldInterval", "CloseTimeout", "SensorEnable", "TimeSection", "Method",
              "BreakInAlarmEnable", "DoorNotClosedAlarmEnable", "SallyportUnlockMode"})
            rest.erase(known);
        cgi::Fault other;
        refuse_changes(cgi::Loose(json::object{{row.path(), rest}}, other)[row.path()], present.at(at));
        if (other) row.complain(other->message);
    });
}

void Operations::read_general(const cgi::Loose& table, const json::value& present, core::Settings& settings) {
    if (!table.is_object()) return table.complain("has to be an object");
    if (const auto duress = table["DuressPasswordEnable"]; duress.present())
        settings.duress = duress.yes_or_no() ? core::Duress::on : core::Duress::off;
    if (const auto zone = table["TimeZone"]; zone.present()) settings.zone = zone.text(64);
    auto unchanged = present;
    for (const auto* name : {"DuressPasswordEnable", "TimeZone"})
        if (const auto* value = table.value()->get_object().if_contains(name))
            unchanged.get_object()[name] = *value;
    refuse_changes(table, unchanged);
}

void Operations::read_schedules(const cgi::Loose& table, const json::value& present,
                                core::Calendar& calendar) {
    std::size_t index = 0;
    table.each(controller().options().calendar.schedules, [&](const cgi::Loose& row) {
        const auto at = index++;
        if (!row.present()) return;
        if (!row.is_object()) return row.complain("has to name its fields, such as TimeSchedule");
        if (calendar.schedules.size() <= at) calendar.schedules.resize(at + 1);
        auto& schedule = calendar.schedules[at];
        if (const auto special = row["SallyportSpecialDays"]; special.is_array()) {
            schedule.holidays.clear();
            special.each(256, [&](const cgi::Loose& one) {
                schedule.holidays.push_back(static_cast<std::uint8_t>(one.integer(0, 255)));
            });
        }
        const auto days = row["TimeSchedule"];
        if (!days.is_array()) return;
        const auto count = days.array_size(days_of_dialect);
        for (std::size_t day = 0; day < std::min<std::size_t>(count, 7); ++day)
            if (days.at(day).present()) schedule.week[weekday_of(day)] = read_day(days.at(day));
        // The holiday's periods are SpecialDaysSchedule's: here they may only be repeated.
        if (count < days_of_dialect || !days.at(7).present()) return;
        const auto said = read_day(days.at(7));
        const auto& rows = present.as_array();
        const bool known = at < rows.size();
        const auto before = known ? read_holiday_line(rows[at]) : core::Day{};
        if (!said.empty() && said != before)
            days.at(7).complain("is the holiday: set SpecialDaysSchedule instead");
    });
}

core::Day Operations::read_holiday_line(const json::value& row) {
    cgi::Fault ignored;
    return read_day(cgi::Loose(row.as_object(), ignored)["TimeSchedule"].at(7));
}

// A holiday of ours is a group of dates and its periods: group and schedule of the same index.
void Operations::read_holidays(const cgi::Loose& table, std::string_view name, core::Calendar& calendar) {
    std::size_t index = 0;
    table.each(controller().options().calendar.holidays, [&](const cgi::Loose& row) {
        const auto at = index++;
        if (!row.present()) return;
        if (calendar.holidays.size() <= at) calendar.holidays.resize(at + 1);
        auto& holiday = calendar.holidays[at];
        if (name == "SpecialDaysSchedule") {
            if (const auto group = row["GroupNo"];
                group.present() && group.integer(0, 255) != static_cast<int>(at))
                group.complain(
                    fmt::format("has to be {}: a schedule goes with the group of its own index", at));
            if (row["TimeSections"].is_array()) holiday.periods = read_day(row["TimeSections"]);
            return;
        }
        if (!row["Days"].is_array()) return;
        holiday.dates.clear();
        row["Days"].each(controller().options().calendar.ranges_per_holiday, [&](const cgi::Loose& day) {
            const auto from = day["StartTime"].time().wall;
            const auto to = day["EndTime"].time().wall;
            if (!from || !to)
                return day["StartTime"].complain("has to be a date such as 2026-12-24 00:00:00");
            const auto date = [](cgi::WallTime wall) {
                const auto before = wall.seconds < 0 ? core::seconds_per_day - 1 : 0;
                return base::LocalDate{
                    static_cast<std::int32_t>((wall.seconds - before) / core::seconds_per_day)};
            };
            holiday.dates.push_back({date(*from), date(*to)});
        });
    });
}

}  // namespace sallyport::controller::dialect
