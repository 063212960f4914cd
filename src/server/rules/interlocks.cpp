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
constexpr std::string_view columns = "id, name, device_id, blocks, revision";

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
    return json::object{
        {"id", id_text(row.integer(0))}, {"name", row.text(1)},       {"device_id", id_text(row.integer(2))},
        {"blocks", row.text(3)},         {"doors", std::move(doors)}, {"revision", row.integer(4)}};
}

Outcome check_room(Connection& connection, Id device) {
    const auto rows = connection.query("SELECT count(*) FROM interlock WHERE device_id = $1", {device});
    if (!rows) return std::unexpected(rows.error());
    if (rows->front().integer(0) <= most_of_a_controller) return {};
    return refuse(ErrorKind::conflict, "too_many_interlocks",
                  fmt::format("A controller holds {} interlocks at most.", most_of_a_controller));
}

base::Result<json::object> told_of(Connection& connection, json::object one) {
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

const ControllerRules::Shape Interlocks::shape{"interlock",    "interlock",    columns,
                                               interlock_seen, interlock_json, told_of};

Outcome Interlocks::store(Connection& connection, Id id, const InterlockPatch& patch, const Branches& seen) {
    if (patch.name)
        if (auto is_free = check_name_free(connection, "interlock", "an interlock", id, *patch.name);
            !is_free)
            return is_free;
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
    if (device) return check_room(connection, *device);
    return {};
}

Answer<json::object> Interlocks::add(const InterlockPatch& patch, const Branches& seen, const Actor& actor) {
    const auto id = ids_.next();
    return added(id, [&](Connection& connection) { return store(connection, id, patch, seen); }, seen, actor);
}

Answer<json::object> Interlocks::change(Id id, const InterlockPatch& patch, const Branches& seen,
                                        const Actor& actor) {
    return changed(
        id, patch.revision, [&](Connection& connection) { return store(connection, id, patch, seen); }, seen,
        actor);
}

}  // namespace sallyport::server
