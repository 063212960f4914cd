#include "server/permissions/holidays.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/dhip/time_text.hpp"
#include "server/permissions/day_text.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::Row;

namespace {

constexpr std::string_view columns = "id, name, first_day, last_day, yearly, periods, revision";
constexpr std::int64_t days_of_a_year = 365;
constexpr std::size_t per_controller = 128;  // of templates and of holidays (controller.md section 2)

json::object holiday_json(const Row& row) {
    boost::system::error_code failed;
    const auto day = day_from(json::parse(row.text(5), failed)).value_or(core::Day());
    const auto date = [&](std::size_t column) {
        return codec::dhip::date_text({static_cast<std::int32_t>(row.integer(column))});
    };
    return {{"id", id_text(row.integer(0))},
            {"name", row.text(1)},
            {"from", date(2)},
            {"to", date(3)},
            {"yearly", row.integer(4) == 1},
            {"periods", day_json(day)},
            {"revision", row.integer(6)}};
}

Answer<json::object> find(Connection& connection, Id id) {
    const auto rows = connection.query(fmt::format("SELECT {} FROM holiday WHERE id = $1", columns), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("holiday");
    return holiday_json(rows->front());
}

Outcome check_name(Connection& connection, Id id, const std::string& name) {
    const auto rows = connection.query("SELECT 1 FROM holiday WHERE name = $1 AND id <> $2", {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a holiday \"{}\" already. Choose another name.", name));
}

Outcome check_dates(Connection& connection, Id id) {
    const auto rows =
        connection.query("SELECT last_day - first_day, yearly FROM holiday WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    const auto& row = rows->front();
    if (row.integer(0) < 0) return wrong_field("to", "order", "The last day must not be before the first.");
    if (row.integer(1) == 1 && row.integer(0) >= days_of_a_year)
        return wrong_field("to", "too_long", "A holiday that comes each year is shorter than a year.");
    return {};
}

Subject subject_of(const json::object& one) {
    return {"holiday", std::string(one.at("id").as_string()), std::string(one.at("name").as_string())};
}

struct Share {
    std::string_view what;
    std::string_view counted;  ///< of each controller, the most first
};
constexpr Share shares[] = {
    {"time templates",
     "SELECT v.name, count(*) AS used FROM device_template t JOIN device v ON v.id = t.device_id "
     "GROUP BY v.id, v.name ORDER BY used DESC LIMIT 1"},
    {"holidays",
     "SELECT v.name, count(DISTINCT h.holiday_id) AS used FROM device_template t JOIN time_template_holiday "
     "h "
     "ON h.template_id = t.template_id JOIN device v ON v.id = t.device_id GROUP BY v.id, v.name ORDER BY "
     "used DESC LIMIT 1"}};

}  // namespace

Outcome check_shares(Connection& connection) {
    for (const auto& share : shares) {
        const auto rows = connection.query(share.counted);
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty() || rows->front().integer(1) <= static_cast<std::int64_t>(per_controller)) continue;
        return refuse(
            ErrorKind::conflict, "controller_share",
            fmt::format("The controller {} would need {} {}, and it can hold {}: let the groups and rules of "
                        "its doors share them.",
                        rows->front().text(0), rows->front().integer(1), share.what, per_controller));
    }
    return {};
}

Answer<json::object> Holidays::list(const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            const auto last = connection.query("SELECT first_day FROM holiday WHERE id = $1", {*id});
            if (!last) return std::unexpected(last.error());
            if (last->empty()) return bad_cursor();
            where.add("(first_day, id) > (?, ?)", {last->front().integer(0), *id});
        }
        const auto rows =
            connection.query(fmt::format("SELECT {} FROM holiday{} ORDER BY first_day, id LIMIT {}", columns,
                                         where.text(), page.limit + 1),
                             where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_of(*rows, page.limit, holiday_json,
                       [](const Row& row) { return id_text(row.integer(0)); });
    });
}

Answer<json::object> Holidays::get(Id id) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id); });
}

Answer<json::object> Holidays::store(Connection& connection, Id id, const HolidayPatch& patch) {
    if (patch.name)
        if (auto is_free = check_name(connection, id, *patch.name); !is_free)
            return std::unexpected(is_free.error());
    const auto days = [](const std::optional<base::LocalDate>& date) {
        return date ? std::optional<std::int64_t>(date->days) : std::nullopt;
    };
    std::optional<std::string> periods;
    if (patch.periods) periods = json::serialize(stored_day(*patch.periods));
    const auto yearly = patch.yearly ? std::optional<std::int64_t>(*patch.yearly) : std::nullopt;
    const auto stored = connection.execute(
        "INSERT INTO holiday (id, name, first_day, last_day, yearly, periods) VALUES ($1, coalesce($2, ''), "
        "coalesce($3, 0), coalesce($4, 0), coalesce($5, 0), coalesce($6, '[]')) ON CONFLICT (id) DO UPDATE "
        "SET name = coalesce($2, holiday.name), first_day = coalesce($3, holiday.first_day), last_day = "
        "coalesce($4, holiday.last_day), yearly = coalesce($5, holiday.yearly), periods = coalesce($6, "
        "holiday.periods)",
        {id, patch.name, days(patch.from), days(patch.to), yearly, periods});
    if (!stored) return std::unexpected(stored.error());
    if (auto dates = check_dates(connection, id); !dates) return std::unexpected(dates.error());
    return find(connection, id);
}

Answer<json::object> Holidays::add(const HolidayPatch& patch, const Actor& actor) {
    const auto id = ids_.next();
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto noted =
            audit_.append(connection, actor, "holiday.added", subject_of(*made), nullptr, &*made);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
}

Answer<json::object> Holidays::change(Id id, const HolidayPatch& patch, const Actor& actor) {
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id);
        if (!before) return before;
        const Revised row{"holiday", id, before->at("name").as_string()};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto told = changes(*before, *made);
        if (told.none()) return made;
        const auto noted =
            audit_.append(connection, actor, "holiday.changed", subject_of(*made), &told.before, &told.after);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (after && on_change) on_change({Changed::permissions, {}});
    return after;
}

Outcome Holidays::remove(Id id, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto one = find(connection, id);
        if (!one) return std::unexpected(one.error());
        const auto used = connection.query(
            "SELECT t.name FROM time_template_holiday h JOIN time_template t ON t.id = h.template_id WHERE "
            "h.holiday_id = $1 ORDER BY t.name LIMIT 1",
            {id});
        if (!used) return std::unexpected(used.error());
        if (!used->empty())
            return refuse(ErrorKind::conflict, "holiday_in_use",
                          fmt::format("The time template \"{}\" keeps this holiday. Take it out there first.",
                                      used->front().text(0)));
        const auto gone = connection.execute("DELETE FROM holiday WHERE id = $1", {id});
        if (!gone) return std::unexpected(gone.error());
        const auto noted =
            audit_.append(connection, actor, "holiday.removed", subject_of(*one), &*one, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
}

}  // namespace sallyport::server
