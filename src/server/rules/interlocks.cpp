#include "server/rules/interlocks.hpp"

#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/rules/one_controller.hpp"
#include "server/wire/conditions.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::int64_t most_of_a_controller = 64;
constexpr std::string_view columns = "id, name, device_id, blocks";

std::string interlock_seen(const Branches& seen) {
    return fmt::format(
        "NOT EXISTS (SELECT 1 FROM interlock_door m WHERE m.interlock_id = interlock.id AND NOT {})",
        door_seen(seen, "m.door_id"));
}

base::Result<json::object> interlock_json(Connection& connection, const Row& row) {
    const auto rows = connection.query(
        "SELECT m.door_id FROM interlock_door m JOIN door d ON d.id = m.door_id WHERE m.interlock_id = $1 "
        "ORDER BY d.number",
        {row.integer(0)});
    if (!rows) return std::unexpected(rows.error());
    json::array doors;
    for (const auto& door : *rows) doors.emplace_back(id_text(door.integer(0)));
    return json::object{{"id", id_text(row.integer(0))},
                        {"name", row.text(1)},
                        {"device_id", id_text(row.integer(2))},
                        {"blocks", row.text(3)},
                        {"doors", std::move(doors)}};
}

Answer<json::object> find(Connection& connection, Id id, const Branches& seen) {
    const auto rows = connection.query(
        fmt::format("SELECT {} FROM interlock WHERE id = $1 AND {}", columns, interlock_seen(seen)), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("interlock");
    auto found = interlock_json(connection, rows->front());
    if (!found) return std::unexpected(found.error());
    return *std::move(found);
}

Outcome check_room(Connection& connection, Id device) {
    const auto rows = connection.query("SELECT count(*) FROM interlock WHERE device_id = $1", {device});
    if (!rows) return std::unexpected(rows.error());
    if (rows->front().integer(0) <= most_of_a_controller) return {};
    return refuse(ErrorKind::conflict, "too_many_interlocks",
                  fmt::format("A controller holds {} interlocks at most.", most_of_a_controller));
}

Id device_of(const json::object& one) {
    return id_from(one.at("device_id").as_string()).value_or(0);
}

Subject subject_of(const json::object& one) {
    return {"interlock", std::string(one.at("id").as_string()), std::string(one.at("name").as_string())};
}

base::Result<json::object> told_of(Connection& connection, json::object one) {
    one.erase("device_id");  // that of its doors
    if (const auto* doors = one.if_contains("doors")) {
        std::vector<Id> ids;
        for (const auto& id : doors->as_array()) ids.push_back(id_from(id.as_string()).value_or(0));
        auto names = named_doors(connection, ids);
        if (!names) return std::unexpected(names.error());
        one["doors"] = *std::move(names);
    }
    return one;
}

}  // namespace

Answer<json::object> Interlocks::list(const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        where.add(interlock_seen(seen), {});
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            where.add("id > ?", {*id});
        }
        const auto rows = connection.query(fmt::format("SELECT {} FROM interlock{} ORDER BY id LIMIT {}",
                                                       columns, where.text(), page.limit + 1),
                                           where.parameters());
        if (!rows) return std::unexpected(rows.error());
        base::Status outcome;
        auto answer = page_of(
            *rows, page.limit,
            [&](const Row& row) {
                auto one = interlock_json(connection, row);
                if (!one) outcome = std::unexpected(one.error());
                return one.value_or(json::object());
            },
            [](const Row& row) { return id_text(row.integer(0)); });
        if (!outcome) return std::unexpected(outcome.error());
        return answer;
    });
}

Answer<json::object> Interlocks::get(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
}

Answer<json::object> Interlocks::store(Connection& connection, Id id, const InterlockPatch& patch,
                                       const Branches& seen) {
    if (patch.name)
        if (auto is_free = check_name_free(connection, "interlock", "an interlock", id, *patch.name);
            !is_free)
            return std::unexpected(is_free.error());
    std::optional<Id> device;
    if (patch.doors) {
        std::vector<SentDoor> doors;
        for (const auto door : *patch.doors) doors.push_back({fmt::format("doors.{}", doors.size()), door});
        const auto found = controller_of(connection, doors, seen, "An interlock");
        if (!found) return std::unexpected(found.error());
        device = *found;
    }
    std::optional<std::string> blocks;
    if (patch.blocks) blocks = base::text_of(*patch.blocks);
    auto outcome = ran(connection.execute(
        "INSERT INTO interlock (id, device_id, name, blocks) VALUES ($1, coalesce($2, 0), coalesce($3, ''), "
        "coalesce($4, 'unlocked')) ON CONFLICT (id) DO UPDATE SET device_id = coalesce($2, "
        "interlock.device_id), name = coalesce($3, interlock.name), blocks = coalesce($4, interlock.blocks)",
        {id, device, patch.name, blocks}));
    if (outcome && patch.doors) {
        outcome = ran(connection.execute("DELETE FROM interlock_door WHERE interlock_id = $1", {id}));
        for (const auto door : *patch.doors)
            if (outcome)
                outcome = ran(connection.execute(
                    "INSERT INTO interlock_door (interlock_id, door_id) VALUES ($1, $2)", {id, door}));
    }
    if (!outcome) return std::unexpected(outcome.error());
    if (device)
        if (auto room = check_room(connection, *device); !room) return std::unexpected(room.error());
    return find(connection, id, seen);
}

Answer<json::object> Interlocks::add(const InterlockPatch& patch, const Branches& seen, const Actor& actor) {
    const auto id = ids_.next();
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        auto made = store(connection, id, patch, seen);
        if (!made) return made;
        const auto told = told_of(connection, *made);
        if (!told) return std::unexpected(told.error());
        const auto noted =
            audit_.append(connection, actor, "interlock.added", subject_of(*made), nullptr, &*told);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (added && on_change) on_change({Changed::doors, std::set{device_of(*added)}});
    return added;
}

Answer<json::object> Interlocks::change(Id id, const InterlockPatch& patch, const Branches& seen,
                                        const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, seen);
        if (!before) return before;
        auto made = store(connection, id, patch, seen);
        if (!made) return made;
        const auto changed = changes(*before, *made);
        if (changed.none()) return made;
        devices = {device_of(*before), device_of(*made)};
        const auto was = told_of(connection, changed.before);
        if (!was) return std::unexpected(was.error());
        const auto is = told_of(connection, changed.after);
        if (!is) return std::unexpected(is.error());
        const auto noted =
            audit_.append(connection, actor, "interlock.changed", subject_of(*made), &*was, &*is);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (after && on_change && !devices.empty()) on_change({Changed::doors, std::move(devices)});
    return after;
}

Outcome Interlocks::remove(Id id, const Branches& seen, const Actor& actor) {
    std::set<Id> devices;
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto one = find(connection, id, seen);
        if (!one) return std::unexpected(one.error());
        devices = {device_of(*one)};
        const auto told = told_of(connection, *one);
        if (!told) return std::unexpected(told.error());
        auto outcome = ran(connection.execute("DELETE FROM interlock WHERE id = $1", {id}));
        if (outcome)
            outcome =
                audit_.append(connection, actor, "interlock.removed", subject_of(*one), &*told, nullptr);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (removed && on_change) on_change({Changed::doors, std::move(devices)});
    return removed;
}

}  // namespace sallyport::server
