#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "server/permissions/permissions.hpp"
#include "server/wire/conditions.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::Row;

namespace {

std::string clock_text(std::int32_t second) {
    return fmt::format("{:02}:{:02}:{:02}", second / 3'600, second / 60 % 60, second % 60);
}

json::array week_json(const Week& week) {
    json::array days;
    for (const auto& day : week) {
        json::array periods;
        for (const auto& period : day)
            periods.push_back(
                json::object{{"from", clock_text(period.from_s)}, {"to", clock_text(period.to_s)}});
        days.push_back(std::move(periods));
    }
    return days;
}

json::object template_json(const Row& row) {
    return {{"id", id_text(row.integer(0))},
            {"name", row.text(1)},
            {"week", week_json(week_from(row.text(2)).value_or(Week()))}};
}

Answer<json::object> find(Connection& connection, Id id) {
    const auto rows = connection.query("SELECT id, name, week FROM time_template WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("time template");
    return template_json(rows->front());
}

Outcome check_name(Connection& connection, Id id, const std::string& name) {
    const auto rows =
        connection.query("SELECT 1 FROM time_template WHERE name = $1 AND id <> $2", {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a time template \"{}\" already. Choose another name.", name));
}

Subject subject_of(const json::object& one) {
    return {"time_template", std::string(one.at("id").as_string()), std::string(one.at("name").as_string())};
}

}  // namespace

std::string week_text(const Week& week) {
    json::array days;
    for (const auto& day : week) {
        json::array periods;
        for (const auto& period : day) periods.push_back(json::array{period.from_s, period.to_s});
        days.push_back(std::move(periods));
    }
    return json::serialize(days);
}

std::optional<Week> week_from(std::string_view stored) {
    boost::system::error_code failed;
    const auto parsed = json::parse(stored, failed);
    if (failed || !parsed.is_array() || parsed.get_array().size() != 7) return std::nullopt;
    Week week;
    for (std::size_t day = 0; day < week.size(); ++day) {
        const auto* periods = parsed.get_array()[day].if_array();
        if (periods == nullptr) return std::nullopt;
        for (const auto& period : *periods) {
            const auto* pair = period.if_array();
            if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64())
                return std::nullopt;
            week[day].push_back({static_cast<std::int32_t>((*pair)[0].get_int64()),
                                 static_cast<std::int32_t>((*pair)[1].get_int64())});
        }
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
            fmt::format("SELECT id, name, week FROM time_template{} ORDER BY lower(name), id LIMIT {}",
                        where.text(), page.limit + 1),
            where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_of(*rows, page.limit, template_json,
                       [](const Row& row) { return id_text(row.integer(0)); });
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
    return find(connection, id);
}

Answer<json::object> TimeTemplates::add(const TemplatePatch& patch, const Actor& actor) {
    const auto id = ids_.next();
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto noted =
            audit_.append(connection, actor, "time_template.added", subject_of(*made), nullptr, &*made);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (added && on_change) on_change(Change::permissions);
    return added;
}

Answer<json::object> TimeTemplates::change(Id id, const TemplatePatch& patch, const Actor& actor) {
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id);
        if (!before) return before;
        auto made = store(connection, id, patch);
        if (!made) return made;
        const auto told = changes(*before, *made);
        if (told.none()) return made;
        const auto noted = audit_.append(connection, actor, "time_template.changed", subject_of(*made),
                                         &told.before, &told.after);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (after && on_change) on_change(Change::permissions);
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
        const auto gone = connection.execute("DELETE FROM time_template WHERE id = $1", {id});
        if (!gone) return std::unexpected(gone.error());
        const auto noted =
            audit_.append(connection, actor, "time_template.removed", subject_of(*one), &*one, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (removed && on_change) on_change(Change::permissions);
    return removed;
}

}  // namespace sallyport::server
