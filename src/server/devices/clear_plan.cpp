#include "server/devices/clear_plan.hpp"

#include <algorithm>

#include <boost/asio/use_awaitable.hpp>

#include "codec/cgi/numbers.hpp"
#include "codec/cgi/schedule_rows.hpp"
#include "server/devices/clear_calls.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

/// What a door can be set to.
constexpr std::uint64_t hold_most_s = 600;
constexpr std::uint64_t overtime_most_s = 9'999;
constexpr std::size_t periods_of_dialect = 4;  ///< lines of a day that are written at least

/// Puts `value` where it differs from what stands there.
enum class Row : std::uint8_t { as_it_was, changed };
void put(json::object& row, std::string_view member, json::value value, Row& state) {
    auto* there = row.if_contains(member);
    if (there != nullptr && *there == value) return;
    row[member] = std::move(value);
    state = Row::changed;
}

bool has(const json::object& row, std::string_view member) {
    return row.contains(member);
}

/// Which periods are meant, however many lines there are.
core::Day day_in(const json::value* lines) {
    cgi::Fault fault;
    const json::object around{{"day", lines == nullptr ? json::value() : *lines}};
    return cgi::read_day(cgi::Loose(around, fault)["day"]);
}

void put_day(json::array& days, std::size_t at, const core::Day& day, Row& state) {
    while (days.size() <= at) days.push_back(json::array());
    if (day_in(&days[at]) == day && days[at].is_array() && !days[at].get_array().empty()) return;
    days[at] = cgi::day_json(day, periods_of_dialect);
    state = Row::changed;
}

json::object& row_at(json::array& rows, std::size_t index) {
    while (rows.size() <= index) rows.push_back(json::object());
    if (!rows[index].is_object()) rows[index] = json::object();
    return rows[index].get_object();
}

void put_schedule(json::object& row, const core::WeeklySchedule& schedule, const core::Calendar& calendar,
                  bool links_days, Row& state) {
    json::array days;
    if (const auto* there = row.if_contains("TimeSchedule"); there != nullptr && there->is_array())
        days = there->get_array();
    for (std::size_t day = 0; day < 7; ++day) put_day(days, day, schedule.week[cgi::weekday_of(day)], state);
    if (links_days) {
        put(row, "SallyportSpecialDays", json::array(schedule.holidays.begin(), schedule.holidays.end()),
            state);
        days.resize(7);  // the line of the holiday follows from it
    } else if (!schedule.holidays.empty() && schedule.holidays.front() < calendar.holidays.size()) {
        put_day(days, 7, calendar.holidays[schedule.holidays.front()].periods, state);
    }
    if (!has(row, "Enable")) put(row, "Enable", true, state);
    row["TimeSchedule"] = std::move(days);
}

asio::awaitable<base::Status> bring_schedules(Conversation& link, const core::Calendar& calendar) {
    auto read = co_await read_table(link, "AccessTimeSchedule");
    if (!read) co_return std::unexpected(read.error());
    auto rows = rows_of_table(*std::move(read));
    const bool links_days = rows.empty() || has(row_at(rows, 0), "SallyportSpecialDays");
    Row state = Row::as_it_was;
    for (std::size_t i = 0; i < calendar.schedules.size(); ++i)
        put_schedule(row_at(rows, i), calendar.schedules[i], calendar, links_days, state);
    if (state == Row::as_it_was) co_return base::Status{};
    co_return co_await write_table(link, "AccessTimeSchedule", std::move(rows));
}

/// Whether two lists of dates are the same days, whatever they are called.
bool same_days(const json::value* there, const json::array& wanted) {
    const auto* days = there == nullptr ? nullptr : there->if_array();
    return days != nullptr &&
           std::ranges::equal(*days, wanted, [](const json::value& a, const json::value& b) {
               const auto text = [](const json::value& day, std::string_view member) {
                   const auto* row = day.if_object();
                   return row == nullptr ? std::string() : text_in(*row, member);
               };
               return text(a, "StartTime") == text(b, "StartTime") &&
                      text(a, "EndTime") == text(b, "EndTime");
           });
}

/// A holiday is the group of its dates and its periods, of the same index. What is not wanted any more has no
/// days.
asio::awaitable<base::Status> bring_holidays(Conversation& link, const std::vector<core::Holiday>& holidays) {
    auto read_days = co_await read_table(link, "SpecialDayGroup");
    auto read_periods = read_days ? co_await read_table(link, "SpecialDaysSchedule") : read_days;
    if (!read_periods) {
        if (holidays.empty() && is_refusal(read_periods.error())) co_return base::Status{};
        co_return std::unexpected(read_periods.error());
    }
    auto groups = rows_of_table(*std::move(read_days));
    auto schedules = rows_of_table(*std::move(read_periods));
    Row days = Row::as_it_was;
    Row periods = Row::as_it_was;
    for (std::size_t i = 0; i < std::max(holidays.size(), groups.size()); ++i) {
        auto& group = row_at(groups, i);
        const auto wanted = i < holidays.size() ? cgi::days_json(holidays[i].dates) : json::array();
        if (!same_days(group.if_contains("Days"), wanted)) put(group, "Days", wanted, days);
        if (i >= holidays.size()) continue;
        auto& schedule = row_at(schedules, i);
        if (!has(schedule, "GroupNo")) put(schedule, "GroupNo", i, periods);
        const auto* lines = schedule.if_contains("TimeSections");
        if (lines == nullptr || day_in(lines) != holidays[i].periods)
            put(schedule, "TimeSections", cgi::day_json(holidays[i].periods, periods_of_dialect), periods);
    }
    if (days == Row::changed)
        if (auto written = co_await write_table(link, "SpecialDayGroup", std::move(groups)); !written)
            co_return written;
    if (periods == Row::as_it_was) co_return base::Status{};
    co_return co_await write_table(link, "SpecialDaysSchedule", std::move(schedules));
}

/// The site's zone and duress, where the controller has words for them.
asio::awaitable<base::Status> bring_general(Conversation& link, const codec::dhip::WirePlan& plan) {
    auto read = co_await read_table(link, "AccessControlGeneral");
    if (!read && !is_refusal(read.error())) co_return std::unexpected(read.error());
    auto* row = read ? read->if_object() : nullptr;
    if (row == nullptr) co_return base::Status{};
    Row state = Row::as_it_was;
    if (plan.zone && has(*row, "TimeZone"))
        put(*row, "TimeZone", json::value(json::string(*plan.zone)), state);
    if (plan.duress && has(*row, "DuressPasswordEnable"))
        put(*row, "DuressPasswordEnable", *plan.duress == core::Duress::on, state);
    if (state == Row::as_it_was) co_return base::Status{};
    co_return co_await write_table(link, "AccessControlGeneral", *std::move(read));
}

asio::awaitable<base::Status> bring_doors(Conversation& link,
                                          const std::vector<codec::dhip::WireDoorSettings>& doors,
                                          json::array rows) {
    Row state = Row::as_it_was;
    for (const auto& door : doors) {
        const std::size_t index = door.number.value - 1;
        if (index >= rows.size() || !rows[index].is_object()) continue;
        auto& row = rows[index].get_object();
        const auto is = door_from(index, rows[index]);
        if (door.hold_s && *door.hold_s != is.hold_s)
            put(row, "UnlockHoldInterval", *door.hold_s * 1'000, state);
        if (door.unlock_mode && *door.unlock_mode != is.unlock_mode)
            put(row, "Method", cgi::unlock_mode_number(*door.unlock_mode, {}), state);
        if (door.detector && *door.detector != is.detector) {
            const bool on = *door.detector == core::Detector::on;
            put(row, "SensorEnable", on, state);
            // What goes with the contact.
            for (const auto* alarm : {"BreakInAlarmEnable", "DoorNotClosedAlarmEnable"})
                if (has(row, alarm)) put(row, alarm, on, state);
        }
        if (door.overtime_s && *door.overtime_s != is.overtime_s)
            put(row, "CloseTimeout", *door.overtime_s, state);
    }
    if (state == Row::as_it_was) co_return base::Status{};
    co_return co_await write_table(link, "AccessControl", std::move(rows));
}

}  // namespace

json::array rows_of_table(json::value table) {
    if (table.is_array()) return std::move(table.get_array());
    return table.is_object() ? json::array{std::move(table)} : json::array();
}

asio::awaitable<base::Result<json::array>> read_door_rows(Conversation& link) {
    auto table = co_await read_table(link, "AccessControl");
    if (!table) co_return std::unexpected(table.error());
    auto rows = rows_of_table(*std::move(table));
    for (const auto& row : rows) {
        const auto* said = row.if_object();
        if (said == nullptr) continue;
        if (count_in(*said, "UnlockHoldInterval", 0) > hold_most_s * 1'000 ||
            count_in(*said, "CloseTimeout", 0) > overtime_most_s)
            co_return std::unexpected(not_understood("it says a time that no door can have."));
    }
    co_return rows;
}

codec::dhip::DoorState door_from(std::size_t index, const json::value& row) {
    codec::dhip::DoorState door;
    door.number = base::DoorNumber{static_cast<std::uint8_t>(index + 1)};
    const auto* said = row.if_object();
    if (said == nullptr) return door;
    const auto seconds = [](std::uint64_t value, std::uint64_t most) {
        return static_cast<std::int32_t>(std::clamp<std::uint64_t>(value, 1, most));
    };
    door.hold_s = seconds(count_in(*said, "UnlockHoldInterval", 3'000) / 1'000, hold_most_s);
    door.overtime_s = seconds(count_in(*said, "CloseTimeout", 60), overtime_most_s);
    const auto method = static_cast<std::int64_t>(count_in(*said, "Method", 1));
    door.unlock_mode = cgi::unlock_mode_from(method).value_or(core::UnlockMode::card);
    cgi::Fault fault;
    const auto sensor = cgi::Loose(*said, fault)["SensorEnable"];
    if (sensor.present() && sensor.yes_or_no()) door.detector = core::Detector::on;
    door.mode = cgi::door_mode_from(text_in(*said, "State")).value_or(core::DoorMode::normal);
    return door;
}

asio::awaitable<base::Status> bring_plan(Conversation& link, const codec::dhip::WirePlan& plan,
                                         json::array doors) {
    if (auto done = co_await bring_general(link, plan); !done) co_return done;
    if (plan.calendar) {
        if (auto done = co_await bring_holidays(link, plan.calendar->holidays); !done) co_return done;
        if (auto done = co_await bring_schedules(link, *plan.calendar); !done) co_return done;
    }
    co_return co_await bring_doors(link, plan.doors, std::move(doors));
}

asio::awaitable<base::Status> set_door_mode(Conversation& link, std::size_t index, core::DoorMode mode) {
    auto read = co_await read_table(link, "AccessControl");
    if (!read) co_return std::unexpected(read.error());
    auto rows = rows_of_table(*std::move(read));
    if (index >= rows.size() || !rows[index].is_object())
        co_return base::fail(base::ErrorKind::not_found, "not_found", "The controller has no such door.");
    rows[index].get_object()["State"] = cgi::door_state_word(mode);
    co_return co_await write_table(link, "AccessControl", std::move(rows));
}

}  // namespace sallyport::server
