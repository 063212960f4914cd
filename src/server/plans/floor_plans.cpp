#include "server/plans/floor_plans.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/picture/picture.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::string_view selected =
    "SELECT f.id, f.name, f.area_id, f.position, f.revision, p.changed_at, p.kind, p.width, p.height "
    "FROM floor_plan f LEFT JOIN floor_plan_picture p ON p.plan_id = f.id";

std::string plan_seen(const Branches& seen, std::string_view id) {
    if (!seen) return "1 = 1";
    return fmt::format("EXISTS (SELECT 1 FROM floor_plan seen WHERE seen.id = {} AND seen.area_id {})", id,
                       in_branches(*seen));
}

void tell_spot(json::object& told, const Spot& spot) {
    const auto share = [](std::int64_t millionths) {
        return static_cast<double>(millionths) / static_cast<double>(whole_side);
    };
    told["x"] = share(spot.x);
    told["y"] = share(spot.y);
}

using Placed = FloorPlans::Placed;

Result<Placed> placed_doors(Connection& connection, Id plan, const Branches& seen) {
    const auto rows = connection.query(
        fmt::format("SELECT door_id, x, y, rotation FROM floor_plan_door WHERE plan_id = $1 AND {}",
                    door_seen(seen, "door_id")),
        {plan});
    if (!rows) return std::unexpected(rows.error());
    Placed placed;
    for (const auto& row : *rows)
        placed[row.integer(0)] = {row.integer(0), {row.integer(1), row.integer(2)}, row.integer(3)};
    return placed;
}

json::value picture_json(const Row& row) {
    if (row.is_null(5)) return nullptr;
    return json::object{{"tag", id_text(row.integer(5))},
                        {"type", "image/" + row.text(6)},
                        {"width", row.integer(7)},
                        {"height", row.integer(8)}};
}

Result<json::object> plan_json(Connection& connection, const Row& row, const Branches& seen) {
    const auto id = row.integer(0);
    const auto area = row.integer_or_null(2);
    json::object plan{{"id", id_text(id)},
                      {"name", row.text(1)},
                      {"area_id", area ? json::value(id_text(*area)) : json::value(nullptr)},
                      {"position", row.integer(3)},
                      {"picture", picture_json(row)}};
    const auto doors = placed_doors(connection, id, seen);
    if (!doors) return std::unexpected(doors.error());
    json::array placed;
    for (const auto& [door, where] : *doors) {
        json::object one{{"door_id", id_text(door)}, {"rotation", where.rotation}};
        tell_spot(one, where.at);
        placed.push_back(std::move(one));
    }
    plan["doors"] = std::move(placed);
    const auto links =
        connection.query(fmt::format("SELECT to_plan_id, x, y FROM floor_plan_link WHERE plan_id = $1 AND {} "
                                     "ORDER BY to_plan_id",
                                     plan_seen(seen, "to_plan_id")),
                         {id});
    if (!links) return std::unexpected(links.error());
    json::array linked;
    for (const auto& link : *links) {
        json::object one{{"plan_id", id_text(link.integer(0))}};
        tell_spot(one, {link.integer(1), link.integer(2)});
        linked.push_back(std::move(one));
    }
    plan["links"] = std::move(linked);
    plan["revision"] = row.integer(4);
    return plan;
}

Answer<json::object> find(Connection& connection, Id id, const Branches& seen) {
    const auto rows =
        connection.query(fmt::format("{} WHERE f.id = $1 AND {}", selected, plan_seen(seen, "f.id")), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("floor plan");
    auto plan = plan_json(connection, rows->front(), seen);
    if (!plan) return std::unexpected(plan.error());
    return *std::move(plan);
}

/// As it is, unless somebody else was quicker.
Answer<json::object> find(Connection& connection, Id id, std::optional<std::int64_t> revision,
                          const Branches& seen) {
    auto plan = find(connection, id, seen);
    if (plan && revision && *revision != plan->at("revision").as_int64())
        return changed_meanwhile(std::string(plan->at("name").as_string()));
    return plan;
}

Subject subject_of(const json::object& plan) {
    return {"floor_plan", std::string(plan.at("id").as_string()), std::string(plan.at("name").as_string())};
}

Answer<codec::Picture> let_in(std::string_view file) {
    if (file.size() > FloorPlans::picture_bytes)
        return refuse(ErrorKind::invalid, "picture_too_large",
                      "A plan's picture has 4 MB at most. Save it smaller, or with fewer colours.");
    if (file.starts_with("<") || file.starts_with("\xEF\xBB\xBF<"))
        return refuse(ErrorKind::invalid, "picture_is_drawing",
                      "SVG drawings can carry scripts and are not taken. Save it as PNG and choose that.");
    auto picture = codec::clean_picture(file, FloorPlans::picture_side);
    if (!picture)
        return refuse(ErrorKind::invalid, "picture_unreadable",
                      fmt::format("This is no PNG, JPEG or WebP picture of at most {0} x {0} pixels. Choose "
                                  "another file.",
                                  FloorPlans::picture_side));
    return *std::move(picture);
}

Outcome check_name(Connection& connection, Id id) {
    const auto rows = connection.query(
        "SELECT a.name FROM floor_plan a JOIN floor_plan b ON lower(b.name) = lower(a.name) AND "
        "coalesce(b.area_id, 0) = coalesce(a.area_id, 0) AND b.id <> a.id WHERE a.id = $1",
        {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(
        ErrorKind::conflict, "name_taken",
        fmt::format("There is a \"{}\" at this place already. Choose another name.", rows->front().text(0)));
}

/// invalid, with each of the ids that `query` does not find.
Outcome check_there(Connection& connection, const std::string& query, const std::vector<Id>& ids,
                    std::string_view list, std::string_view what) {
    const auto rows = connection.query(query);
    if (!rows) return std::unexpected(rows.error());
    std::set<Id> known;
    for (const auto& row : *rows) known.insert(row.integer(0));
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (!known.contains(ids[i]))
            errors.push_back({fmt::format("{}.{}", list, i), "not_found",
                              fmt::format("There is no such {}. It may have been removed.", what)});
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    return {};
}

Outcome place_doors(Connection& connection, Id plan, const std::vector<PlacedDoor>& doors,
                    const Branches& seen) {
    std::vector<Id> ids;
    for (const auto& door : doors) ids.push_back(door.door);
    const auto all = fmt::format("SELECT id FROM door WHERE {}", door_seen(seen, "door.id"));
    if (auto there = check_there(connection, all, ids, "doors", "door"); !there) return there;
    auto done = ran(connection.execute(
        fmt::format("DELETE FROM floor_plan_door WHERE plan_id = $1 AND {}", door_seen(seen, "door_id")),
        {plan}));
    for (const auto& door : doors)
        if (done)
            done = ran(connection.execute(
                "INSERT INTO floor_plan_door (plan_id, door_id, x, y, rotation) VALUES ($1, $2, $3, $4, $5)",
                {plan, door.door, door.at.x, door.at.y, door.rotation}));
    if (!done) return std::unexpected(done.error());
    return {};
}

Outcome place_links(Connection& connection, Id plan, const std::vector<PlanLink>& links,
                    const Branches& seen) {
    std::vector<Id> ids;
    for (const auto& link : links) ids.push_back(link.plan);
    if (const auto own = std::ranges::find(ids, plan); own != ids.end())
        return wrong_field(fmt::format("links.{}", own - ids.begin()), "cycle",
                           "A plan does not lead to itself.");
    const auto all = fmt::format("SELECT id FROM floor_plan WHERE {}", plan_seen(seen, "floor_plan.id"));
    if (auto there = check_there(connection, all, ids, "links", "floor plan"); !there) return there;
    auto done = ran(connection.execute(
        fmt::format("DELETE FROM floor_plan_link WHERE plan_id = $1 AND {}", plan_seen(seen, "to_plan_id")),
        {plan}));
    for (const auto& link : links)
        if (done)
            done = ran(connection.execute(
                "INSERT INTO floor_plan_link (plan_id, to_plan_id, x, y) VALUES ($1, $2, $3, $4)",
                {plan, link.plan, link.at.x, link.at.y}));
    if (!done) return std::unexpected(done.error());
    return {};
}

/// What is written of a plan: its members, without the doors, which are named as they come and go.
json::object told_of(json::object plan) {
    for (const auto* member : {"id", "doors"}) plan.erase(member);
    const auto& links = plan.at("links").as_array();
    plan["links"] = links.size();
    return plan;
}

Result<json::array> named(Connection& connection, const std::vector<Id>& doors) {
    json::array all;
    for (const auto id : doors) {
        const auto rows = connection.query("SELECT name FROM door WHERE id = $1", {id});
        if (!rows) return std::unexpected(rows.error());
        if (!rows->empty()) all.push_back(json::object{{"id", id_text(id)}, {"name", rows->front().text(0)}});
    }
    return all;
}

/// Adds the doors that came to `after`, those that went to `before`, and those that were moved.
Status tell_doors(Connection& connection, const Placed& before, const Placed& after, Changes& said) {
    std::vector<Id> came;
    std::vector<Id> moved;
    std::vector<Id> went;
    for (const auto& [id, door] : after) {
        const auto was = before.find(id);
        if (was == before.end())
            came.push_back(id);
        else if (was->second != door)
            moved.push_back(id);
    }
    for (const auto& [id, door] : before)
        if (!after.contains(id)) went.push_back(id);
    const auto tell = [&](json::object& side, const char* member, const std::vector<Id>& doors) -> Status {
        if (doors.empty()) return {};
        auto names = named(connection, doors);
        if (!names) return std::unexpected(names.error());
        side[member] = *std::move(names);
        return {};
    };
    auto told = tell(said.after, "doors_placed", came);
    if (told) told = tell(said.after, "doors_moved", moved);
    if (told) told = tell(said.before, "doors_placed", went);
    return told;
}

/// What an operator did: `before` is empty where there was none.
Status note(Connection& connection, Audit& audit, const Actor& actor, const json::object& before,
            const Placed& doors_before, const json::object& after, const Placed& doors_after) {
    auto said = changes(before.empty() ? before : told_of(before), told_of(after));
    auto outcome = tell_doors(connection, doors_before, doors_after, said);
    for (auto* side : {&said.before, &said.after}) {
        if (outcome) outcome = name_branch(connection, TreeOf::areas, *side, "area_id", "area");
        if (auto* picture = side->if_contains("picture"))
            *picture = picture->is_null() ? json::value(nullptr) : json::value("changed");
    }
    if (!outcome || said.none()) return outcome;
    return audit.append(connection, actor, before.empty() ? "floor_plan.added" : "floor_plan.changed",
                        subject_of(after), before.empty() ? nullptr : &said.before, &said.after);
}

}  // namespace

Answer<json::object> FloorPlans::list(const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        where.add(plan_seen(seen, "f.id"), {});
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            const auto last =
                connection.query("SELECT position, lower(name) FROM floor_plan WHERE id = $1", {*id});
            if (!last) return std::unexpected(last.error());
            if (last->empty()) return bad_cursor();
            where.add("(f.position, lower(f.name), f.id) > (?, ?, ?)",
                      {last->front().integer(0), last->front().text(1), *id});
        }
        const auto rows =
            connection.query(fmt::format("{}{} ORDER BY f.position, lower(f.name), f.id LIMIT {}", selected,
                                         where.text(), page.limit + 1),
                             where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit,
                          [&](const Row& row) { return plan_json(connection, row, seen); });
    });
}

Answer<json::object> FloorPlans::get(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
}

Outcome FloorPlans::store(Connection& connection, Id id, const FloorPlanPatch& patch, const Branches& seen) {
    const auto stored = ran(connection.execute(
        "UPDATE floor_plan SET name = coalesce($2, name), position = coalesce($3, position), "
        "revision = revision + 1 WHERE id = $1",
        {id, patch.name, patch.position}));
    if (!stored) return std::unexpected(stored.error());
    if (patch.area_id) {
        if (auto known = check_branch(connection, TreeOf::areas, *patch.area_id, seen, "area_id"); !known)
            return known;
        const auto moved =
            ran(connection.execute("UPDATE floor_plan SET area_id = $2 WHERE id = $1", {id, *patch.area_id}));
        if (!moved) return std::unexpected(moved.error());
    }
    if (auto is_free = check_name(connection, id); !is_free) return is_free;
    if (patch.doors)
        if (auto placed = place_doors(connection, id, *patch.doors, seen); !placed) return placed;
    if (patch.links)
        if (auto placed = place_links(connection, id, *patch.links, seen); !placed) return placed;
    return {};
}

Answer<json::object> FloorPlans::add(const FloorPlanPatch& patch, const Branches& seen, const Actor& actor) {
    const auto id = ids_.next();
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto made = ran(connection.execute(
            "INSERT INTO floor_plan (id, name, area_id, position, revision) VALUES ($1, '', NULL, 0, 0)",
            {id}));
        if (!made) return std::unexpected(made.error());
        auto whole = patch;
        whole.area_id = patch.area_id.value_or(std::nullopt);
        if (auto stored = store(connection, id, whole, seen); !stored) return std::unexpected(stored.error());
        return noted(connection, id, {}, {}, seen, actor);
    });
}

Answer<json::object> FloorPlans::noted(Connection& connection, Id id, const json::object& before,
                                       const Placed& doors_before, const Branches& seen, const Actor& actor) {
    auto after = find(connection, id, seen);
    if (!after) return after;
    const auto doors = placed_doors(connection, id, seen);
    if (!doors) return std::unexpected(doors.error());
    const auto done = note(connection, audit_, actor, before, doors_before, *after, *doors);
    if (!done) return std::unexpected(done.error());
    return after;
}

Answer<json::object> FloorPlans::change(Id id, const FloorPlanPatch& patch, const Branches& seen,
                                        const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, patch.revision, seen);
        if (!before) return before;
        const auto doors = placed_doors(connection, id, seen);
        if (!doors) return std::unexpected(doors.error());
        if (auto stored = store(connection, id, patch, seen); !stored) return std::unexpected(stored.error());
        return noted(connection, id, *before, *doors, seen, actor);
    });
}

Outcome FloorPlans::remove(Id id, const Branches& seen, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto plan = find(connection, id, seen);
        if (!plan) return std::unexpected(plan.error());
        auto told = told_of(*plan);
        auto outcome = ran(connection.execute("DELETE FROM floor_plan WHERE id = $1", {id}));
        if (outcome) outcome = name_branch(connection, TreeOf::areas, told, "area_id", "area");
        told.erase("picture");
        if (outcome)
            outcome =
                audit_.append(connection, actor, "floor_plan.removed", subject_of(*plan), &told, nullptr);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
}

Answer<FloorPlans::File> FloorPlans::picture(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<File> {
        const auto rows = connection.query(
            fmt::format("SELECT kind, bytes FROM floor_plan_picture WHERE plan_id = $1 AND {}",
                        plan_seen(seen, "plan_id")),
            {id});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return no_such("picture");
        return File{"image/" + rows->front().text(0), rows->front().blob(1)};
    });
}

Answer<json::object> FloorPlans::set_picture(Id id, std::string_view file,
                                             std::optional<std::int64_t> revision, const Branches& seen,
                                             const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, revision, seen);
        if (!before) return before;
        const auto kept = let_in(file);
        if (!kept) return std::unexpected(kept.error());
        auto stored = ran(connection.execute(
            "INSERT INTO floor_plan_picture (plan_id, changed_at, kind, width, height, bytes) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (plan_id) DO UPDATE SET changed_at = "
            "excluded.changed_at, kind = excluded.kind, width = excluded.width, height = excluded.height, "
            "bytes = excluded.bytes",
            {id, clock_.utc(), base::text_of(kept->kind), static_cast<std::int64_t>(kept->width),
             static_cast<std::int64_t>(kept->height), ports::Blob{kept->bytes}}));
        if (stored)
            stored =
                ran(connection.execute("UPDATE floor_plan SET revision = revision + 1 WHERE id = $1", {id}));
        if (!stored) return std::unexpected(stored.error());
        const auto doors = placed_doors(connection, id, seen);
        if (!doors) return std::unexpected(doors.error());
        return noted(connection, id, *before, *doors, seen, actor);
    });
}

}  // namespace sallyport::server
