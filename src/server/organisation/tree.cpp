#include "server/organisation/tree.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::Row;

namespace {

/// What differs between the two trees.
struct Shape {
    std::string_view table;
    std::string_view selected;  ///< the columns of a branch, then what lives directly in it
    std::string_view counts;    ///< joined to it
};
constexpr Shape areas{
    "area", "b.id, b.name, b.parent_id, b.revision, coalesce(v.n, 0), coalesce(o.n, 0)",
    "LEFT JOIN (SELECT area_id, count(*) AS n FROM device GROUP BY area_id) v ON v.area_id = b.id "
    "LEFT JOIN (SELECT coalesce(d.area_id, c.area_id) AS area_id, count(*) AS n FROM door d "
    "JOIN device c ON c.id = d.device_id GROUP BY 1) o ON o.area_id = b.id"};
constexpr Shape departments{
    "department", "b.id, b.name, b.parent_id, b.revision, coalesce(p.n, 0)",
    "LEFT JOIN (SELECT department_id, count(*) AS n FROM person GROUP BY department_id) p "
    "ON p.department_id = b.id"};

constexpr const Shape& shape_of(TreeOf what) {
    return what == TreeOf::areas ? areas : departments;
}

json::object branch_json(TreeOf what, const Row& row) {
    const auto parent = row.integer_or_null(2);
    json::object branch{{"id", id_text(row.integer(0))},
                        {"name", row.text(1)},
                        {"parent_id", parent ? json::value(id_text(*parent)) : json::value(nullptr)},
                        {"revision", row.integer(3)}};
    if (what == TreeOf::areas) {
        branch["devices"] = row.integer(4);
        branch["doors"] = row.integer(5);
    } else {
        branch["people"] = row.integer(4);
    }
    return branch;
}

/// The counts are no part of what an operator did.
json::object told_of(json::object branch) {
    for (const auto* member : {"devices", "doors", "people"}) branch.erase(member);
    return branch;
}

}  // namespace

Outcome check_branch(Connection& connection, TreeOf what, std::optional<Id> id, const Branches& seen,
                     std::string_view field) {
    const auto& table = shape_of(what).table;
    if (!id && !seen) return {};
    if (!id)
        return wrong_field(std::string(field), "missing",
                           fmt::format("Choose the {}: you work in a part of the site.", table));
    if (holds(seen, id)) {
        const auto rows = connection.query(fmt::format("SELECT 1 FROM {} WHERE id = $1", table), {*id});
        if (!rows) return std::unexpected(rows.error());
        if (!rows->empty()) return {};
    }
    return wrong_field(std::string(field), "not_found",
                       fmt::format("There is no such {}. It may have been removed.", table));
}

Result<json::value> named_branch(Connection& connection, TreeOf what, std::optional<Id> id) {
    if (!id) return nullptr;
    const auto rows =
        connection.query(fmt::format("SELECT name FROM {} WHERE id = $1", shape_of(what).table), {*id});
    if (!rows) return std::unexpected(rows.error());
    return json::object{{"id", id_text(*id)},
                        {"name", rows->empty() ? json::value(nullptr) : json::value(rows->front().text(0))}};
}

Status name_branch(Connection& connection, TreeOf what, json::object& told, std::string_view member,
                   std::string_view name) {
    const auto* id = told.if_contains(member);
    if (id == nullptr) return {};
    auto named = named_branch(connection, what, id->is_string() ? id_from(id->get_string()) : std::nullopt);
    if (!named) return std::unexpected(named.error());
    told.erase(member);
    told[name] = *std::move(named);
    return {};
}

Result<Tree::Parents> Tree::read(Connection& connection) const {
    const auto rows = connection.query(fmt::format("SELECT id, parent_id FROM {}", shape_of(what_).table));
    if (!rows) return std::unexpected(rows.error());
    Parents parents;
    for (const auto& row : *rows) parents[row.integer(0)] = row.integer_or_null(1);
    return parents;
}

Status Tree::load() {
    auto parents = ports::read_from(database_, [&](Connection& connection) { return read(connection); });
    if (!parents) return std::unexpected(parents.error());
    const std::lock_guard lock(mutex_);
    parents_ = *std::move(parents);
    return {};
}

std::set<Id> Tree::below(const std::vector<Id>& branches) const {
    const std::set<Id> roots(branches.begin(), branches.end());
    std::set<Id> found;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, parent] : parents_) {
        for (std::optional<Id> at = id; at; at = parents_.at(*at)) {
            if (!roots.contains(*at)) continue;
            found.insert(id);
            break;
        }
    }
    return found;
}

Answer<json::object> Tree::find(Connection& connection, Id id) const {
    const auto& shape = shape_of(what_);
    const auto rows = connection.query(
        fmt::format("SELECT {} FROM {} b {} WHERE b.id = $1", shape.selected, shape.table, shape.counts),
        {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such(shape.table);
    return branch_json(what_, rows->front());
}

Answer<json::object> Tree::list(const Branches& seen, const Page& page) const {
    const auto& shape = shape_of(what_);
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        add_branches(where, "b.id", seen);
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            const auto rows =
                connection.query(fmt::format("SELECT lower(name) FROM {} WHERE id = $1", shape.table), {*id});
            if (!rows) return std::unexpected(rows.error());
            if (rows->empty()) return bad_cursor();
            where.add("(lower(b.name), b.id) > (?, ?)", {rows->front().text(0), *id});
        }
        const auto rows = connection.query(
            fmt::format("SELECT {} FROM {} b {}{} ORDER BY lower(b.name), b.id LIMIT {}", shape.selected,
                        shape.table, shape.counts, where.text(), page.limit + 1),
            where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_of(
            *rows, page.limit, [&](const Row& row) { return branch_json(what_, row); },
            [](const Row& row) { return id_text(row.integer(0)); });
    });
}

Outcome Tree::check_seen(Id id, const Branches& seen) const {
    if (holds(seen, id)) return {};
    return no_such(shape_of(what_).table);
}

Answer<json::object> Tree::get(Id id, const Branches& seen) const {
    if (auto visible = check_seen(id, seen); !visible) return std::unexpected(visible.error());
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id); });
}

Outcome Tree::check_place(Connection& connection, Id id, std::optional<Id> parent) const {
    if (!parent) return {};
    const auto parents = read(connection);
    if (!parents) return std::unexpected(parents.error());
    int depth = 0;
    for (auto at = parent; at; ++depth) {
        if (*at == id)
            return wrong_field("parent_id", "cycle",
                               fmt::format("The {} cannot be moved into itself or what is below it.",
                                           shape_of(what_).table));
        const auto found = parents->find(*at);
        if (found == parents->end()) return check_branch(connection, what_, at, std::nullopt, "parent_id");
        at = found->second;
    }
    int height = 0;
    for (const auto& [other, above] : *parents) {
        int steps = 0;
        for (std::optional<Id> at = other; at; at = parents->at(*at), ++steps)
            if (*at == id) height = std::max(height, steps);
    }
    if (depth + 1 + height > levels)
        return wrong_field("parent_id", "too_deep", fmt::format("A tree has at most {} levels.", levels));
    return {};
}

Outcome Tree::check_name(Connection& connection, Id id, const Place& place) const {
    const auto rows = connection.query(
        fmt::format("SELECT 1 FROM {} WHERE lower(name) = lower($1) AND coalesce(parent_id, 0) = "
                    "coalesce($2, 0) AND id <> $3",
                    shape_of(what_).table),
        {place.name, place.parent, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a \"{}\" at this place already. Choose another name.", place.name));
}

Outcome Tree::check_empty(Connection& connection, const json::object& branch) const {
    const auto& table = shape_of(what_).table;
    const auto id = id_from(branch.at("id").get_string()).value_or(0);
    const auto rows =
        connection.query(fmt::format("SELECT count(*) FROM {} WHERE parent_id = $1", table), {id});
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> held;
    const auto add = [&](std::int64_t count, std::string_view one, std::string_view many) {
        if (count > 0) held.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
    };
    add(rows->front().integer(0), table, fmt::format("{}s", table));
    if (what_ == TreeOf::areas) {
        add(branch.at("devices").as_int64(), "device", "devices");
        add(branch.at("doors").as_int64(), "door", "doors");
        const auto plans = connection.query("SELECT count(*) FROM floor_plan WHERE area_id = $1", {id});
        if (!plans) return std::unexpected(plans.error());
        add(plans->front().integer(0), "floor plan", "floor plans");
    } else {
        add(branch.at("people").as_int64(), "person", "people");
    }
    if (held.empty()) return {};
    return refuse(ErrorKind::conflict, "not_empty",
                  fmt::format("{} still holds {}. Move or remove them first.",
                              std::string_view(branch.at("name").get_string()), fmt::join(held, ", ")));
}

Status Tree::note(Connection& connection, const Actor& actor, std::string_view verb,
                  const json::object* before, const json::object* after) const {
    const auto& branch = after != nullptr ? *after : *before;
    const Subject subject{std::string(shape_of(what_).table), std::string(branch.at("id").as_string()),
                          std::string(branch.at("name").as_string())};
    const auto action = fmt::format("{}.{}", shape_of(what_).table, verb);
    json::object was = before != nullptr ? told_of(*before) : json::object();
    json::object is = after != nullptr ? told_of(*after) : json::object();
    if (before != nullptr && after != nullptr) {
        auto found = changes(was, is);
        if (found.none()) return {};
        was = std::move(found.before);
        is = std::move(found.after);
    }
    for (auto* told : {&was, &is})
        if (auto done = name_branch(connection, what_, *told, "parent_id", "parent"); !done) return done;
    return audit_.append(connection, actor, action, subject, before != nullptr ? &was : nullptr,
                         after != nullptr ? &is : nullptr);
}

Answer<json::object> Tree::add(const BranchPatch& patch, const Branches& seen, const Actor& actor) {
    const auto id = ids_.next();
    const Place place{*patch.name, patch.parent_id.value_or(std::nullopt)};
    return write([&](Connection& connection) -> Answer<json::object> {
        if (auto visible = check_branch(connection, what_, place.parent, seen, "parent_id"); !visible)
            return std::unexpected(visible.error());
        if (auto placed = check_place(connection, id, place.parent); !placed)
            return std::unexpected(placed.error());
        if (auto is_free = check_name(connection, id, place); !is_free)
            return std::unexpected(is_free.error());
        const auto made = connection.execute(
            fmt::format("INSERT INTO {} (id, name, parent_id, revision) VALUES ($1, $2, $3, 1)",
                        shape_of(what_).table),
            {id, place.name, place.parent});
        if (!made) return std::unexpected(made.error());
        auto branch = find(connection, id);
        if (!branch) return branch;
        if (auto noted = note(connection, actor, "added", nullptr, &*branch); !noted)
            return std::unexpected(noted.error());
        return branch;
    });
}

Answer<json::object> Tree::change(Id id, const BranchPatch& patch, const Branches& seen, const Actor& actor) {
    if (auto visible = check_seen(id, seen); !visible) return std::unexpected(visible.error());
    auto changed = write([&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id);
        if (!before) return before;
        Place place{std::string(before->at("name").as_string()), std::nullopt};
        if (const auto& parent = before->at("parent_id"); parent.is_string())
            place.parent = id_from(parent.get_string());
        const Revised row{shape_of(what_).table, id, place.name};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        place.name = patch.name.value_or(place.name);
        if (patch.parent_id) {
            place.parent = *patch.parent_id;
            if (auto visible = check_branch(connection, what_, place.parent, seen, "parent_id"); !visible)
                return std::unexpected(visible.error());
            if (auto placed = check_place(connection, id, place.parent); !placed)
                return std::unexpected(placed.error());
        }
        if (auto is_free = check_name(connection, id, place); !is_free)
            return std::unexpected(is_free.error());
        const auto done = connection.execute(
            fmt::format("UPDATE {} SET name = $2, parent_id = $3 WHERE id = $1", shape_of(what_).table),
            {id, place.name, place.parent});
        if (!done) return std::unexpected(done.error());
        auto branch = find(connection, id);
        if (!branch) return branch;
        if (auto noted = note(connection, actor, "changed", &*before, &*branch); !noted)
            return std::unexpected(noted.error());
        return branch;
    });
    if (changed && patch.parent_id && on_change) on_change({Changed::permissions, {}});
    return changed;
}

Outcome Tree::remove(Id id, const Branches& seen, const Actor& actor) {
    if (auto visible = check_seen(id, seen); !visible) return visible;
    const auto gone = write([&](Connection& connection) -> Answer<json::object> {
        auto branch = find(connection, id);
        if (!branch) return branch;
        if (auto empty = check_empty(connection, *branch); !empty) return std::unexpected(empty.error());
        const auto done =
            connection.execute(fmt::format("DELETE FROM {} WHERE id = $1", shape_of(what_).table), {id});
        if (!done) return std::unexpected(done.error());
        if (auto noted = note(connection, actor, "removed", &*branch, nullptr); !noted)
            return std::unexpected(noted.error());
        return branch;
    });
    if (!gone) return std::unexpected(gone.error());
    return {};
}

Answer<json::object> Tree::write(const std::function<Answer<json::object>(Connection&)>& work) {
    auto done = ports::write_to(database_, work);
    if (!done) return done;
    if (auto loaded = load(); !loaded) return std::unexpected(loaded.error());
    return done;
}

}  // namespace sallyport::server
