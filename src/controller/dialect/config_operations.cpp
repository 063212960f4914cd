// configManager: tables of settings. A table can be written as it was read: fields that cannot be set here
// have to have the value that they have, so that nobody believes to have changed what was not.
#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "codec/cgi/numbers.hpp"
#include "codec/cgi/schedule_rows.hpp"
#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 9> config_names{"AccessControl",
                                                       "AccessControlGeneral",
                                                       "AccessTimeSchedule",
                                                       "SpecialDayGroup",
                                                       "SpecialDaysSchedule",
                                                       "NTP",
                                                       "Network",
                                                       "General",
                                                       "T2UServer"};

core::DoorCommand command_to(core::DoorMode mode) {
    switch (mode) {
        case core::DoorMode::normal: break;
        case core::DoorMode::always_open: return core::DoorCommand::always_open;
        case core::DoorMode::always_closed: return core::DoorCommand::always_closed;
        case core::DoorMode::lockdown: return core::DoorCommand::lockdown;
    }
    return core::DoorCommand::normal;
}

/// As it would read: "1" and 1, "true" and true are the same.
std::string plain(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    return json::serialize(value);
}

/// What was written differs from what stands there.
void refuse_changes(const cgi::Loose& said, const json::value& present,
                    std::string_view words = "cannot be set here") {
    if (said.value() == nullptr || said.value()->is_null()) return;
    if (const auto* object = present.if_object(); object != nullptr && said.is_object()) {
        for (const auto& [name, value] : said.value()->get_object()) {
            const auto* known = object->if_contains(name);
            if (known == nullptr) {
                said[name].complain("is not known here");
            } else {
                refuse_changes(said[name], *known, words);
            }
        }
    } else if (const auto* array = present.if_array(); array != nullptr && said.is_array()) {
        for (std::size_t i = 0; i < said.value()->get_array().size(); ++i)
            refuse_changes(said.at(i), i < array->size() ? (*array)[i] : json::value(), words);
    } else if (plain(*said.value()) != plain(present)) {
        said.complain(fmt::format("is {} and {}", plain(present), words));
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
    service_.config_watch().offer({config_names.begin(), config_names.end()}, [this](std::string_view name) {
        return config_table(name).value_or(json::value());
    });
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
    if (name == "NTP") return time_config();
    if (name == "T2UServer") return json::object{{"Enable", false}};
    if (name == "Network") return network_config();
    return base::fail(base::ErrorKind::not_found, "not_found",
                      fmt::format("There is no table {}: there are {}.", codec::dhip::json_text(name, 64),
                                  fmt::join(config_names, ", ")));
}

/// Where the time comes from is the machine's business; how well it keeps it is told.
json::object Operations::time_config() {
    const auto time = service_.network_time();
    const bool synchronised = time.state == base::NetworkTime::State::synchronised;
    return {{"Enable", synchronised},
            {"Address", ""},
            {"SallyportSynchronised", synchronised},
            {"SallyportOffsetUs", time.offset.count()},
            {"SallyportMaxErrorUs", time.max_error.count()}};
}

json::object Operations::network_config() {
    const auto here = service_.interface();
    json::object table{{"DefaultInterface", here.name}, {"Hostname", controller().serial()}};
    if (here.name.empty()) return table;
    const auto* network = service_.network();
    const bool owned = network != nullptr && network->owned() == here.name;
    json::object described{{"IPAddress", here.address},
                           {"SubnetMask", here.subnet_mask},
                           {"DefaultGateway", here.default_gateway},
                           {"PhysicalAddress", here.mac}};
    // Of a network of the host nobody here knows who gives it its address.
    if (owned) described["DhcpEnable"] = false;
    if (owned) described["GatewayMac"] = network->given().gateway_mac;
    table[here.name] = std::move(described);
    return table;
}

json::object Operations::door_config(std::size_t index) {
    const auto& door = station().settings().doors[index];
    const auto& rules = station().settings().rules;
    const base::DoorNumber number{static_cast<std::uint8_t>(index + 1)};
    const auto mode = controller().view(number).mode;
    const bool detector = door.detector == core::Detector::on;
    return {{"Name", fmt::format("Door{}", index + 1)},
            {"Enable", true},
            {"Method", cgi::unlock_mode_number(door.unlock_mode, core::rules_of(rules, number))},
            {"SallyportUnlockMode", base::text_of(door.unlock_mode)},
            {"UnlockHoldInterval", door.hold_s * 1'000},
            {"CloseTimeout", door.overtime_s},
            {"SensorEnable", detector},
            {"BreakInAlarmEnable", detector},
            {"DoorNotClosedAlarmEnable", detector},
            {"DuressAlarmEnable", station().settings().duress == core::Duress::on},
            {"TimeSection", door.schedule.value},
            {"State", cgi::door_state_word(mode)}};
}

json::object Operations::schedule_config(const core::WeeklySchedule& schedule) {
    const auto periods = controller().options().calendar.periods_per_day;
    auto days = cgi::week_json(schedule, periods);
    core::Day holiday;
    const auto& holidays = station().calendar().holidays;
    if (!schedule.holidays.empty() && schedule.holidays.front() < holidays.size())
        holiday = holidays[schedule.holidays.front()].periods;
    days.push_back(cgi::day_json(holiday, periods));
    json::array special(schedule.holidays.begin(), schedule.holidays.end());
    return {
        {"Enable", true}, {"Name", ""}, {"TimeSchedule", std::move(days)}, {"SallyportSpecialDays", special}};
}

json::object Operations::holiday_dates(std::size_t index) {
    return {{"Enable", true},
            {"SpecialDayGroupName", ""},
            {"Days", cgi::days_json(station().calendar().holidays[index].dates)}};
}

json::object Operations::holiday_periods(std::size_t index) {
    const auto periods = controller().options().calendar.periods_per_day;
    return {{"Enable", true},
            {"Name", ""},
            {"GroupNo", index},
            {"TimeSections", cgi::day_json(station().calendar().holidays[index].periods, periods)}};
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
    DoorCommands commands;
    std::optional<ports::NetworkAddress> address;
    if (name == "AccessControl") {
        read_door_configs(table, *present, settings);
        commands = read_commands(table);
    } else if (name == "AccessControlGeneral") {
        read_general(table, *present, settings);
    } else if (name == "AccessTimeSchedule") {
        read_schedules(table, *present, calendar);
    } else if (name == "SpecialDayGroup" || name == "SpecialDaysSchedule") {
        read_holidays(table, name, calendar);
    } else if (name == "Network") {
        address = read_network(table, *present);
    } else if (name == "NTP") {
        read_time(table, *present);
    } else {
        refuse_changes(table, *present);
    }
    if (fault) return std::unexpected(*fault);
    if (address)
        if (auto status = service_.check_address(*address); !status) return std::unexpected(status.error());
    // Doors are commanded, and the network is set, whoever owns the roster.
    const bool sets = settings != station().settings() || calendar != station().calendar();
    auto status = sets ? check_owner(by) : base::Status{};
    if (status) status = core::check(settings);
    if (status) status = core::check(calendar, controller().options().calendar);
    if (status && !service_.zones().local(settings.zone, {0}))
        status = std::unexpected(service_.zones().local(settings.zone, {0}).error());
    if (!status) return std::unexpected(status.error());
    PolicyChange change;
    const auto set = members_that_differ(station().settings(), std::move(settings));
    change.write.settings = set;
    change.write.calendar = calendar;
    if (!address)  // whose change is recorded with it
        change.write.records.push_back(
            record_of(by, core::RecordKind::settings_changed,
                      {core::DetailTerm::table_set, {{core::DetailName::part, name}}}));
    change.take_up = [this, set, calendar, commands, address,
                      account = by.caller.account](core::Station& holder) {
        auto now = holder.settings();
        set(now);
        holder.set_settings(std::move(now));
        holder.set_calendar(calendar);
        for (const auto& [door, command] : commands)
            controller().handle(core::CommandReceived{door, command, account, std::nullopt});
        if (address) service_.change_address(*address, account);
    };
    return change;
}

/// A door's State is what it was told last; another one is a command.
Operations::DoorCommands Operations::read_commands(const cgi::Loose& table) {
    DoorCommands commands;
    std::uint8_t number = 0;
    table.each(base::max_doors, [&](const cgi::Loose& row) {
        const base::DoorNumber door{++number};
        if (!row.is_object() || !row["State"].present()) return;
        const auto mode = cgi::door_mode_from(row["State"].text(64));
        if (!mode) return row["State"].complain("has to be Normal, OpenAlways, CloseAlways or Lockdown");
        if (*mode != controller().view(door).mode) commands.emplace_back(door, command_to(*mode));
    });
    return commands;
}

std::optional<ports::NetworkAddress> Operations::read_network(const cgi::Loose& table,
                                                              const json::value& present) const {
    const auto name = service_.interface().name;
    const auto row = table[name];
    if (name.empty() || !row.is_object()) {
        refuse_changes(table, present);
        return std::nullopt;
    }
    const auto wanted = service_.wanted_address(row);
    auto as_set = present;
    auto& fields = as_set.at(name).as_object();
    const auto put = [&](std::string_view field, const std::string& value) {
        if (fields.contains(field)) fields[field] = value;
    };
    put("IPAddress", wanted.address);
    put("SubnetMask", wanted.subnet_mask);
    put("DefaultGateway", wanted.default_gateway);
    put("GatewayMac", wanted.gateway_mac);
    refuse_changes(table, as_set);
    if (as_set == present) return std::nullopt;
    return wanted;
}

void Operations::read_time(const cgi::Loose& table, const json::value& present) {
    auto as_said = present;
    // What was measured may be written back after it has changed.
    for (const auto* measured : {"SallyportSynchronised", "SallyportOffsetUs", "SallyportMaxErrorUs"})
        if (const auto* said = table[measured].value()) as_said.get_object()[measured] = *said;
    refuse_changes(table, as_said, "comes from the machine, where network time is set");
}

std::string Operations::config_name(const cgi::Loose& said) {
    if (said["name"].present()) return said["name"].text(64);
    const auto table = said["table"];
    if (table.is_object() && table.value()->get_object().size() == 1)
        return std::string(table.value()->get_object().begin()->key());
    table.complain("has to be one table: AccessControl[0].Method=1, or name and table in JSON");
    return {};
}

/// What the owner's rules make of a door is written back as it was read, and changed where the rules are.
core::UnlockMode Operations::read_method(const cgi::Loose& said, const json::value& present,
                                         core::UnlockMode mode) {
    const auto number = said.integer(0, 255);
    const auto now = present.at("Method").as_int64();
    if (number == now) return mode;
    const auto wanted = cgi::unlock_mode_from(number);
    if (!wanted) {
        said.complain(
            "has to be 1 card, 2 card or (user ID + password), 3 card + password or 16 user ID + password");
    } else if (!cgi::unlock_mode_from(now)) {
        said.complain(fmt::format("is {} by rules for periods or groups, and cannot be set here", now));
    }
    return wanted.value_or(mode);
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
        if (const auto hold = row["UnlockHoldInterval"]; hold.present()) {
            const auto ms = hold.integer(1'000, 600'000);
            if (ms % 1'000 != 0)
                hold.complain("is in milliseconds and has to be whole seconds, such as 3000");
            door.hold_s = static_cast<std::int32_t>(ms / 1'000);
        }
        if (const auto limit = row["CloseTimeout"]; limit.present())
            door.overtime_s = static_cast<std::int32_t>(limit.integer(1, 9'999));
        if (const auto sensor = row["SensorEnable"]; sensor.present())
            door.detector = sensor.yes_or_no() ? core::Detector::on : core::Detector::off;
        if (const auto schedule = row["TimeSection"]; schedule.present())
            door.schedule = read_schedule_index(schedule);
        if (row["Method"].present())
            door.unlock_mode = read_method(row["Method"], present.at(at), door.unlock_mode);
        const auto own = row["SallyportUnlockMode"].text(64);
        if (!own.empty() && own != base::text_of(door.unlock_mode) &&
            own != plain(present.at(at).at("SallyportUnlockMode")))
            row["SallyportUnlockMode"].complain("follows Method: set that");
        for (const auto* known :
             {"UnlockHoldInterval", "CloseTimeout", "SensorEnable", "TimeSection", "Method", "State",
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
        const auto count = days.array_size(cgi::days_of_dialect);
        for (std::size_t day = 0; day < std::min<std::size_t>(count, 7); ++day)
            if (days.at(day).present()) schedule.week[cgi::weekday_of(day)] = cgi::read_day(days.at(day));
        // The holiday's periods are SpecialDaysSchedule's: here they may only be repeated.
        if (count < cgi::days_of_dialect || !days.at(7).present()) return;
        const auto said = cgi::read_day(days.at(7));
        const auto& rows = present.as_array();
        const bool known = at < rows.size();
        const auto before = known ? read_holiday_line(rows[at]) : core::Day{};
        if (!said.empty() && said != before)
            days.at(7).complain("is the holiday: set SpecialDaysSchedule instead");
    });
}

core::Day Operations::read_holiday_line(const json::value& row) {
    cgi::Fault ignored;
    return cgi::read_day(cgi::Loose(row.as_object(), ignored)["TimeSchedule"].at(7));
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
            if (row["TimeSections"].is_array()) holiday.periods = cgi::read_day(row["TimeSections"]);
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
