#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/permissions/holidays.hpp"
#include "server/permissions/permissions.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

Status add_devices(Connection& connection, Id group, std::set<Id>& devices) {
    auto some = devices_of_group(connection, group);
    if (!some) return std::unexpected(some.error());
    devices.merge(*some);
    return {};
}

constexpr std::string_view columns = "id, name, remark, template_id, effect, valid_to, revision";

std::string department_seen(const Part& seen, std::string_view id) {
    if (!seen.departments) return "1 = 1";
    return fmt::format("{} {}", id, in_branches(*seen.departments));
}

/// Groups with a member inside. Those that are empty are in no branch: they belong to the whole site.
std::string group_seen(const Part& seen) {
    if (seen.whole()) return "1 = 1";
    return fmt::format(
        "(EXISTS (SELECT 1 FROM permission_group_door m WHERE m.group_id = permission_group.id AND {}) OR "
        "EXISTS (SELECT 1 FROM permission_group_person m WHERE m.group_id = permission_group.id AND {}) OR "
        "EXISTS (SELECT 1 FROM permission_group_department m WHERE m.group_id = permission_group.id AND {}))",
        door_seen(seen.areas, "m.door_id"), person_seen(seen.departments, "m.person_id"),
        department_seen(seen, "m.department_id"));
}

Outcome check_inside(Connection& connection, Id group, const Part& seen) {
    if (seen.whole()) return {};
    const auto outside = connection.query(
        fmt::format("SELECT 1 FROM permission_group_door m WHERE m.group_id = $1 AND NOT {} UNION ALL "
                    "SELECT 1 FROM permission_group_person m WHERE m.group_id = $1 AND NOT {} UNION ALL "
                    "SELECT 1 FROM permission_group_department m WHERE m.group_id = $1 AND NOT {} LIMIT 1",
                    door_seen(seen.areas, "m.door_id"), person_seen(seen.departments, "m.person_id"),
                    department_seen(seen, "m.department_id")),
        {group});
    if (!outside) return std::unexpected(outside.error());
    if (outside->empty()) return {};
    return refuse(
        ErrorKind::forbidden, "beyond_your_part",
        "This group also holds doors or people outside of your part of the site. Make a group of your "
        "own, or ask somebody who sees all of it.");
}

Result<json::array> members(Connection& connection, std::string_view table, std::string_view column, Id group,
                            const std::string& is_seen) {
    const auto rows =
        connection.query(fmt::format("SELECT m.{0} FROM {1} m WHERE m.group_id = $1 AND {2} ORDER BY m.{0}",
                                     column, table, is_seen),
                         {group});
    if (!rows) return std::unexpected(rows.error());
    json::array ids;
    ids.reserve(rows->size());
    for (const auto& row : *rows) ids.emplace_back(id_text(row.integer(0)));
    return ids;
}

Result<json::object> group_json(Connection& connection, const Row& row, const Part& seen) {
    const auto id = row.integer(0);
    auto doors =
        members(connection, "permission_group_door", "door_id", id, door_seen(seen.areas, "m.door_id"));
    if (!doors) return std::unexpected(doors.error());
    auto people = members(connection, "permission_group_person", "person_id", id,
                          person_seen(seen.departments, "m.person_id"));
    if (!people) return std::unexpected(people.error());
    auto departments = members(connection, "permission_group_department", "department_id", id,
                               department_seen(seen, "m.department_id"));
    if (!departments) return std::unexpected(departments.error());
    const auto all = connection.query(
        fmt::format("SELECT count(DISTINCT m.person_id) FROM permission_group_member m WHERE m.group_id = $1 "
                    "AND {}",
                    person_seen(seen.departments, "m.person_id")),
        {id});
    if (!all) return std::unexpected(all.error());
    const auto week = row.integer_or_null(3);
    const auto end = row.time_or_null(5);
    return json::object{{"id", id_text(id)},
                        {"name", row.text(1)},
                        {"remark", row.text(2)},
                        {"effect", row.text(4)},
                        {"template_id", week ? json::value(id_text(*week)) : json::value(nullptr)},
                        {"valid_to", end ? json::value(time_text(*end)) : json::value(nullptr)},
                        {"doors", *std::move(doors)},
                        {"people", *std::move(people)},
                        {"departments", *std::move(departments)},
                        {"members", all->front().integer(0)},
                        {"revision", row.integer(6)}};
}

Answer<json::object> find(Connection& connection, Id id, const Part& seen) {
    const auto rows = connection.query(
        fmt::format("SELECT {} FROM permission_group WHERE id = $1 AND {}", columns, group_seen(seen)), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("permission group");
    auto group = group_json(connection, rows->front(), seen);
    if (!group) return std::unexpected(group.error());
    return *std::move(group);
}

Outcome place_after(Conditions& where, Connection& connection, const std::string& cursor) {
    const auto id = id_from(cursor);
    if (!id) return bad_cursor();
    const auto rows = connection.query("SELECT lower(name) FROM permission_group WHERE id = $1", {*id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return bad_cursor();
    where.add("(lower(name), id) > (?, ?)", {rows->front().text(0), *id});
    return {};
}

/// One kind of members of a group, and what of a change of them does not exist.
class Members {
  public:
    /// `what` is a door, a person or a department. Those that are not seen are as if they were not there.
    Members(Connection& connection, Id group, std::string_view what, std::string is_seen,
            std::vector<FieldError>& missing)
        : connection_(connection),
          group_(group),
          what_(what),
          is_seen_(std::move(is_seen)),
          missing_(missing) {}

    Status replace(std::string_view field, const std::vector<Id>& ids) {
        const auto sql = fmt::format("DELETE FROM permission_group_{} WHERE group_id = $1", what_);
        if (auto cleared = ran(connection_.execute(sql, {group_})); !cleared) return cleared;
        return take(field, ids);
    }
    Status add(std::string_view field, const std::vector<Id>& ids) {
        if (auto gone = remove(ids); !gone) return gone;
        return take(field, ids);
    }
    Status remove(const std::vector<Id>& ids) {
        const auto sql =
            fmt::format("DELETE FROM permission_group_{0} WHERE group_id = $1 AND {0}_id = $2", what_);
        for (const auto id : ids)
            if (auto gone = ran(connection_.execute(sql, {group_, id})); !gone) return gone;
        return {};
    }

  private:
    /// Each id is looked up in the same statement that takes it.
    Status take(std::string_view field, const std::vector<Id>& ids) {
        const auto sql = fmt::format(
            "INSERT INTO permission_group_{0} (group_id, {0}_id) SELECT $1, o.id FROM {0} o WHERE o.id = $2 "
            "AND {1}",
            what_, is_seen_);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto taken = connection_.execute(sql, {group_, ids[i]});
            if (!taken) return std::unexpected(taken.error());
            if (*taken == 0)
                missing_.push_back({fmt::format("{}.{}", field, i), "not_found",
                                    fmt::format("There is no such {}. It may have been removed.", what_)});
        }
        return {};
    }

    Connection& connection_;
    Id group_;
    std::string_view what_;
    std::string is_seen_;
    std::vector<FieldError>& missing_;
};

Status store_members(Connection& connection, Id id, const GroupPatch& patch, const Part& seen,
                     std::vector<FieldError>& missing) {
    Members doors(connection, id, "door", door_seen(seen.areas, "o.id"), missing);
    Members people(connection, id, "person", person_seen(seen.departments, "o.id"), missing);
    Members departments(connection, id, "department", department_seen(seen, "o.id"), missing);
    Status outcome;
    if (patch.doors) outcome = doors.replace("doors", *patch.doors);
    if (outcome && patch.people) outcome = people.replace("people", *patch.people);
    if (outcome) outcome = people.add("add_people", patch.add_people);
    if (outcome) outcome = people.remove(patch.remove_people);
    if (outcome && patch.departments) outcome = departments.replace("departments", *patch.departments);
    return outcome;
}

Outcome check_name(Connection& connection, Id id, const std::string& name) {
    const auto rows =
        connection.query("SELECT 1 FROM permission_group WHERE name = $1 AND id <> $2", {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a permission group \"{}\" already. Choose another name.", name));
}

Outcome check_template(Connection& connection, Id id) {
    const auto rows = connection.query("SELECT 1 FROM time_template WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty()) return {};
    return wrong_field("template_id", "not_found",
                       "There is no such time template. It may have been removed.");
}

Subject subject_of(const json::object& group) {
    return {"permission_group", std::string(group.at("id").as_string()),
            std::string(group.at("name").as_string())};
}

/// {"id", "name"} of each, as they are called now: an entry of the audit log is read when they may be gone.
/// Long lists would drown it: it keeps their lengths.
Result<json::value> named(Connection& connection, std::string_view table, const json::array& ids) {
    constexpr std::size_t told = 100;
    if (ids.size() > told) return json::object{{"count", ids.size()}};
    const auto sql = fmt::format("SELECT name FROM {} WHERE id = $1", table);
    json::array list;
    for (const auto& id : ids) {
        const auto rows = connection.query(sql, {id_from(id.as_string()).value_or(0)});
        if (!rows) return std::unexpected(rows.error());
        list.push_back(json::object{
            {"id", id}, {"name", rows->empty() ? json::value(nullptr) : json::value(rows->front().text(0))}});
    }
    return list;
}

/// Of two lists of ids, what is in the first only.
json::array only_in(const json::array& ids, const json::object& other, std::string_view list) {
    std::set<std::string_view> others;
    if (const auto* there = other.if_contains(list); there != nullptr)
        for (const auto& id : there->as_array()) others.insert(id.as_string());
    json::array only;
    for (const auto& id : ids)
        if (!others.contains(id.as_string())) only.push_back(id);
    return only;
}

/// What the audit log tells of a group, or of those of its members that differ from `other`.
Result<json::object> told_of(Connection& connection, json::object group, const json::object& other) {
    for (const auto& [list, table] : {std::pair<std::string_view, std::string_view>{"doors", "door"},
                                      {"people", "person"},
                                      {"departments", "department"}}) {
        const auto* ids = group.if_contains(list);
        if (ids == nullptr) continue;
        auto names = named(connection, table, only_in(ids->as_array(), other, list));
        if (!names) return std::unexpected(names.error());
        group[list] = *std::move(names);
    }
    group.erase("members");  // follows from the lists, and from what happens in the departments
    if (const auto* id = group.if_contains("template_id"); id != nullptr) {
        auto names = named(connection, "time_template", id->is_null() ? json::array{} : json::array{*id});
        if (!names) return std::unexpected(names.error());
        const auto& list = names->as_array();
        group["template"] = list.empty() ? json::value(nullptr) : list.front();
        group.erase("template_id");
    }
    return group;
}

}  // namespace

Answer<json::object> PermissionGroups::list(const GroupFilter& filter, const Part& seen,
                                            const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (!seen.whole()) where.add(group_seen(seen), {});
        if (filter.person && seen.departments)
            where.add(person_seen(seen.departments, "?"), {*filter.person});
        if (filter.door && seen.areas) where.add(door_seen(seen.areas, "?"), {*filter.door});
        if (filter.person)
            where.add("id IN (SELECT group_id FROM permission_group_member WHERE person_id = ?)",
                      {*filter.person});
        if (filter.door)
            where.add("id IN (SELECT group_id FROM permission_group_door WHERE door_id = ?)", {*filter.door});
        if (page.cursor)
            if (auto placed = place_after(where, connection, *page.cursor); !placed)
                return std::unexpected(placed.error());
        const auto rows = connection.query(
            fmt::format("SELECT {} FROM permission_group{} ORDER BY lower(name), id LIMIT {}", columns,
                        where.text(), page.limit + 1),
            where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit,
                          [&](const Row& row) { return group_json(connection, row, seen); });
    });
}

Answer<json::object> PermissionGroups::get(Id id, const Part& seen) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
}

Answer<json::object> PermissionGroups::store(Connection& connection, Id id, const GroupPatch& patch,
                                             const Part& seen) {
    if (patch.name)
        if (auto is_free = check_name(connection, id, *patch.name); !is_free)
            return std::unexpected(is_free.error());
    if (patch.template_id && *patch.template_id)
        if (auto known = check_template(connection, **patch.template_id); !known)
            return std::unexpected(known.error());
    Status outcome;
    const auto set = [&](bool sent, std::string_view column, const ports::Parameter& value) {
        if (sent && outcome)
            outcome = ran(connection.execute(
                fmt::format("UPDATE permission_group SET {} = $1 WHERE id = $2", column), {value, id}));
    };
    set(patch.name.has_value(), "name", patch.name);
    set(patch.remark.has_value(), "remark", patch.remark);
    set(patch.template_id.has_value(), "template_id", patch.template_id.value_or(std::nullopt));
    set(patch.effect.has_value(), "effect", patch.effect);
    set(patch.valid_to.has_value(), "valid_to", patch.valid_to.value_or(std::nullopt));
    std::vector<FieldError> missing;
    if (outcome) outcome = store_members(connection, id, patch, seen, missing);
    if (!outcome) return std::unexpected(outcome.error());
    if (!missing.empty()) return std::unexpected(Problem(std::move(missing)));
    if (auto fits = check_shares(connection); !fits) return std::unexpected(fits.error());
    auto group = find(connection, id, seen);
    if (!group && group.error().code == "not_found")
        return refuse(ErrorKind::forbidden, "group_without_members",
                      "A group without doors and people belongs to the whole site. Choose some of your part, "
                      "or remove the group.");
    return group;
}

Answer<json::object> PermissionGroups::add(const GroupPatch& patch, const Part& seen, const Actor& actor) {
    const auto id = ids_.next();
    std::set<Id> devices;
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto is_free = check_name(connection, id, *patch.name); !is_free)
            return std::unexpected(is_free.error());
        const auto made = connection.execute(
            "INSERT INTO permission_group (id, name, remark) VALUES ($1, $2, '')", {id, patch.name});
        if (!made) return std::unexpected(made.error());
        auto group = store(connection, id, patch, seen);
        if (!group) return group;
        const auto told = told_of(connection, *group, {});
        if (!told) return std::unexpected(told.error());
        const auto noted =
            audit_.append(connection, actor, "permission_group.added", subject_of(*group), nullptr, &*told);
        if (!noted) return std::unexpected(noted.error());
        if (auto found = add_devices(connection, id, devices); !found) return std::unexpected(found.error());
        return group;
    });
    if (added && on_change) on_change({Changed::permissions, std::move(devices)});
    return added;
}

Answer<json::object> PermissionGroups::change(Id id, const GroupPatch& patch, const Part& seen,
                                              const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, seen);
        if (!before) return before;
        if (auto inside = check_inside(connection, id, seen); !inside) return std::unexpected(inside.error());
        const Revised row{"permission_group", id, before->at("name").as_string()};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        if (auto found = add_devices(connection, id, devices); !found) return std::unexpected(found.error());
        auto group = store(connection, id, patch, seen);
        if (!group) return group;
        if (auto found = add_devices(connection, id, devices); !found) return std::unexpected(found.error());
        const auto changed = changes(*before, *group);
        if (changed.none()) return group;
        const auto was = told_of(connection, changed.before, changed.after);
        if (!was) return std::unexpected(was.error());
        const auto is = told_of(connection, changed.after, changed.before);
        if (!is) return std::unexpected(is.error());
        const auto noted =
            audit_.append(connection, actor, "permission_group.changed", subject_of(*group), &*was, &*is);
        if (!noted) return std::unexpected(noted.error());
        return group;
    });
    if (after && on_change) on_change({Changed::permissions, std::move(devices)});
    return after;
}

Outcome PermissionGroups::remove(Id id, const Part& seen, const Actor& actor) {
    std::set<Id> devices;
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto group = find(connection, id, seen);
        if (!group) return std::unexpected(group.error());
        if (auto inside = check_inside(connection, id, seen); !inside) return inside;
        if (auto found = add_devices(connection, id, devices); !found) return std::unexpected(found.error());
        const auto told = told_of(connection, *group, {});
        if (!told) return std::unexpected(told.error());
        auto outcome = ran(connection.execute("DELETE FROM permission_group WHERE id = $1", {id}));
        if (outcome)
            outcome = audit_.append(connection, actor, "permission_group.removed", subject_of(*group), &*told,
                                    nullptr);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (removed && on_change) on_change({Changed::permissions, std::move(devices)});
    return removed;
}

}  // namespace sallyport::server
