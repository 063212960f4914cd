#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/permissions/day_text.hpp"
#include "server/permissions/holidays.hpp"
#include "server/permissions/permissions.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::Row;

namespace {

json::array week_json(const Week& week) {
    json::array days;
    for (const auto& day : week) days.push_back(day_json(day));
    return days;
}

Result<json::object> template_json(Connection& connection, const Row& row) {
    const auto holidays = connection.query(
        "SELECT holiday_id FROM time_template_holiday WHERE template_id = $1 ORDER BY holiday_id",
        {row.integer(0)});
    if (!holidays) return std::unexpected(holidays.error());
    json::array ids;
    for (const auto& holiday : *holidays) ids.emplace_back(id_text(holiday.integer(0)));
    return json::object{{"id", id_text(row.integer(0))},
                        {"name", row.text(1)},
                        {"week", week_json(week_from(row.text(2)).value_or(Week()))},
                        {"holiday_ids", std::move(ids)},
                        {"revision", row.integer(3)}};
}

Answer<json::object> find(Connection& connection, Id id) {
    const auto rows =
        connection.query("SELECT id, name, week, revision FROM time_template WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("time template");
    auto found = template_json(connection, rows->front());
    if (!found) return std::unexpected(found.error());
    return *std::move(found);
}

Outcome check_name(Connection& connection, Id id, const std::string& name) {
    const auto rows =
        connection.query("SELECT 1 FROM time_template WHERE name = $1 AND id <> $2", {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a time template \"{}\" already. Choose another name.", name));
}

Outcome keep_holidays(Connection& connection, Id id, const std::vector<Id>& holidays) {
    const auto cleared = connection.execute("DELETE FROM time_template_holiday WHERE template_id = $1", {id});
    if (!cleared) return std::unexpected(cleared.error());
    std::vector<FieldError> missing;
    for (std::size_t i = 0; i < holidays.size(); ++i) {
        const auto taken = connection.execute(
            "INSERT INTO time_template_holiday (template_id, holiday_id) SELECT $1, h.id FROM holiday h "
            "WHERE "
            "h.id = $2",
            {id, holidays[i]});
        if (!taken) return std::unexpected(taken.error());
        if (*taken == 0)
            missing.push_back({fmt::format("holiday_ids.{}", i), "not_found",
                               "There is no such holiday. It may have been removed."});
    }
    if (!missing.empty()) return std::unexpected(Problem(std::move(missing)));
    return {};
}

/// The audit log names holidays: it is read when they may be gone.
Result<json::object> told_of(Connection& connection, json::object one) {
    const auto* ids = one.if_contains("holiday_ids");
    if (ids == nullptr) return one;
    json::array names;
    for (const auto& id : ids->as_array()) {
        const auto rows =
            connection.query("SELECT name FROM holiday WHERE id = $1", {id_from(id.as_string()).value_or(0)});
        if (!rows) return std::unexpected(rows.error());
        if (!rows->empty()) names.push_back(json::object{{"id", id}, {"name", rows->front().text(0)}});
    }
    one["holidays"] = std::move(names);
    one.erase("holiday_ids");
    return one;
}

Subject subject_of(const json::object& one) {
    return {"time_template", std::string(one.at("id").as_string()), std::string(one.at("name").as_string())};
}

}  // namespace

std::string week_text(const Week& week) {
    json::array days;
    for (const auto& day : week) days.push_back(stored_day(day));
    return json::serialize(days);
}

std::optional<Week> week_from(std::string_view stored) {
    boost::system::error_code failed;
    const auto parsed = json::parse(stored, failed);
    if (failed || !parsed.is_array() || parsed.get_array().size() != 7) return std::nullopt;
    Week week;
    for (std::size_t i = 0; i < week.size(); ++i) {
        auto day = day_from(parsed.get_array()[i]);
        if (!day) return std::nullopt;
        week[i] = *std::move(day);
    }
    return week;
}

Answer<json::object> TimeTemplates::list(const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            const auto last = connection.query("SELECT lower(name) FROM time_template WHERE id = $1", {*id});
            if (!last) return std::unexpected(last.error());
            if (last->empty()) return bad_cursor();
            where.add("(lower(name), id) > (?, ?)", {last->front().text(0), *id});
        }
        const auto rows = connection.query(
            fmt::format(
                "SELECT id, name, week, revision FROM time_template{} ORDER BY lower(name), id LIMIT {}",
                where.text(), page.limit + 1),
            where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit, [&](const Row& row) { return template_json(connection, row); });
    });
}

Answer<json::object> TimeTemplates::get(Id id) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id); });
}

Answer<json::object> TimeTemplates::store(Connection& connection, Id id, const TemplatePatch& patch) {
    if (patch.name)
        if (auto is_free = check_name(connection, id, *patch.name); !is_free)
            return std::unexpected(is_free.error());
    std::optional<std::string> week;
    if (patch.week) week = week_text(*patch.week);
    const auto stored = connection.execute(
        "INSERT INTO time_template (id, name, week) VALUES ($1, coalesce($2, ''), coalesce($3, '')) "
        "ON CONFLICT (id) DO UPDATE SET name = coalesce($2, time_template.name), "
        "week = coalesce($3, time_template.week)",
        {id, patch.name, week});
    if (!stored) return std::unexpected(stored.error());
    if (patch.holidays)
        if (auto kept = keep_holidays(connection, id, *patch.holidays); !kept)
            return std::unexpected(kept.error());
    if (auto fits = check_shares(connection); !fits) return std::unexpected(fits.error());
    return find(connection, id);
}

Answer<json::object> TimeTemplates::add(const TemplatePatch& patch, const Actor& actor) {
    const auto id = ids_.next();
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto told = told_of(connection, *made);
        if (!told) return std::unexpected(told.error());
        const auto noted =
            audit_.append(connection, actor, "time_template.added", subject_of(*made), nullptr, &*told);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (added && on_change) on_change({Changed::permissions, {}});
    return added;
}

Answer<json::object> TimeTemplates::change(Id id, const TemplatePatch& patch, const Actor& actor) {
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id);
        if (!before) return before;
        const Revised row{"time_template", id, before->at("name").as_string()};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto told = changes(*before, *made);
        if (told.none()) return made;
        const auto was = told_of(connection, told.before);
        if (!was) return std::unexpected(was.error());
        const auto is = told_of(connection, told.after);
        if (!is) return std::unexpected(is.error());
        const auto noted =
            audit_.append(connection, actor, "time_template.changed", subject_of(*made), &*was, &*is);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (after && on_change) on_change({Changed::permissions, {}});
    return after;
}

Outcome TimeTemplates::remove(Id id, const Actor& actor) {
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto one = find(connection, id);
        if (!one) return std::unexpected(one.error());
        const auto used = connection.query(
            "SELECT name FROM permission_group WHERE template_id = $1 ORDER BY name LIMIT 1", {id});
        if (!used) return std::unexpected(used.error());
        if (!used->empty())
            return refuse(
                ErrorKind::conflict, "template_in_use",
                fmt::format("The permission group \"{}\" uses this time template. Give it another one first.",
                            used->front().text(0)));
        const auto of_door = connection.query(
            "SELECT d.name FROM door_schedule s JOIN door d ON d.id = s.door_id WHERE s.template_id = $1 "
            "ORDER BY d.name LIMIT 1",
            {id});
        if (!of_door) return std::unexpected(of_door.error());
        if (!of_door->empty())
            return refuse(
                ErrorKind::conflict, "template_in_use",
                fmt::format("The rules of the door \"{}\" use this time template. Give them another "
                            "one first.",
                            of_door->front().text(0)));
        const auto told = told_of(connection, *one);
        if (!told) return std::unexpected(told.error());
        const auto gone = connection.execute("DELETE FROM time_template WHERE id = $1", {id});
        if (!gone) return std::unexpected(gone.error());
        const auto noted =
            audit_.append(connection, actor, "time_template.removed", subject_of(*one), &*told, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (removed && on_change) on_change({Changed::permissions, {}});
    return removed;
}

}  // namespace sallyport::server
