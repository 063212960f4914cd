#include "server/rules/passback_areas.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/rules/one_controller.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::text_of;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::int64_t most_of_a_controller = 255;
constexpr std::string_view columns = "id, name, device_id, passback, minutes, reset_at_s, revision";

std::string area_seen(const Branches& seen) {
    return fmt::format(
        "NOT EXISTS (SELECT 1 FROM passback_reader m WHERE m.area_id = passback_area.id AND NOT {})",
        door_seen(seen, "m.door_id"));
}

base::Result<json::object> area_json(Connection& connection, const Row& row) {
    const auto rows = connection.query(
        "SELECT m.door_id, m.direction, m.leads FROM passback_reader m JOIN door d ON d.id = m.door_id WHERE "
        "m.area_id = $1 ORDER BY d.number, m.direction",
        {row.integer(0)});
    if (!rows) return std::unexpected(rows.error());
    json::array entries;
    json::array exits;
    for (const auto& reader : *rows) {
        auto& list = reader.text(2) == "in" ? entries : exits;
        list.push_back(json::object{{"door_id", id_text(reader.integer(0))}, {"direction", reader.text(1)}});
    }
    const auto reset = row.integer_or_null(5);
    return json::object{{"id", id_text(row.integer(0))},
                        {"name", row.text(1)},
                        {"device_id", id_text(row.integer(2))},
                        {"passback", row.text(3)},
                        {"minutes", row.integer(4)},
                        {"reset_at", reset ? json::value(clock_text(*reset)) : json::value(nullptr)},
                        {"entries", std::move(entries)},
                        {"exits", std::move(exits)},
                        {"revision", row.integer(6)}};
}

/// Readers as the audit log tells them: their doors by name.
base::Result<json::object> told_of(Connection& connection, json::object area) {
    for (const auto* list : {"entries", "exits"}) {
        auto* readers = area.if_contains(list);
        if (readers == nullptr) continue;
        for (auto& reader : readers->as_array()) {
            auto& object = reader.as_object();
            auto names = named_doors(connection, {id_from(object.at("door_id").as_string()).value_or(0)});
            if (!names) return std::unexpected(names.error());
            object["door"] = names->empty() ? json::value(nullptr) : std::move(names->front());
            object.erase("door_id");
        }
    }
    return area;
}

std::vector<DoorReader> readers_of(const json::object& area, std::string_view list) {
    std::vector<DoorReader> readers;
    for (const auto& reader : area.at(list).as_array())
        readers.push_back({id_from(reader.at("door_id").as_string()).value_or(0),
                           *base::enum_from<core::Direction>(reader.at("direction").as_string())});
    return readers;
}

/// Both lists together are of one controller, and say nothing twice.
Answer<Id> check_readers(Connection& connection, const std::vector<DoorReader>& entries,
                         const std::vector<DoorReader>& exits, const Branches& seen) {
    if (entries.empty() && exits.empty())
        return wrong_field("entries", "too_short", "Choose at least one reader that leads in or out.");
    for (std::size_t i = 0; i < exits.size(); ++i)
        if (std::ranges::find(entries, exits[i]) != entries.end())
            return wrong_field(fmt::format("exits.{}", i), "duplicate",
                               "This reader leads into the area: it cannot lead out of it as well.");
    std::vector<SentDoor> doors;
    for (std::size_t i = 0; i < entries.size(); ++i)
        doors.push_back({fmt::format("entries.{}.door_id", i), entries[i].door});
    for (std::size_t i = 0; i < exits.size(); ++i)
        doors.push_back({fmt::format("exits.{}.door_id", i), exits[i].door});
    return controller_of(connection, doors, seen, "An anti-passback area");
}

/// A number that no area of the controller has; those that were given up are taken last, so that nobody is
/// supposed to be in an area that others have left.
Answer<std::int64_t> next_number(Connection& connection, Id device) {
    const auto given = connection.query("SELECT passback_areas FROM device WHERE id = $1", {device});
    if (!given) return std::unexpected(given.error());
    const auto rows = connection.query("SELECT number FROM passback_area WHERE device_id = $1", {device});
    if (!rows) return std::unexpected(rows.error());
    if (std::ssize(*rows) >= most_of_a_controller)
        return refuse(
            ErrorKind::conflict, "too_many_passback_areas",
            fmt::format("A controller holds {} anti-passback areas at most.", most_of_a_controller));
    std::set<std::int64_t> taken;
    for (const auto& row : *rows) taken.insert(row.integer(0));
    auto count = given->front().integer(0);
    const auto number = [&] { return count % most_of_a_controller + 1; };
    while (taken.contains(number())) ++count;
    const auto kept =
        connection.execute("UPDATE device SET passback_areas = $2 WHERE id = $1", {device, count + 1});
    if (!kept) return std::unexpected(kept.error());
    return number();
}

Outcome take_readers(Connection& connection, Id area, const std::vector<DoorReader>& readers,
                     std::string_view leads, const Branches& seen) {
    const auto sql = fmt::format(
        "SELECT passback_area.name, d.name, CASE WHEN {} THEN 1 ELSE 0 END FROM passback_reader r JOIN "
        "passback_area ON passback_area.id = r.area_id JOIN door d ON d.id = r.door_id WHERE r.door_id = $1 "
        "AND r.direction = $2 AND r.leads = $3",
        area_seen(seen));
    for (const auto& reader : readers) {
        const auto direction = text_of(reader.direction);
        const auto other = connection.query(sql, {reader.door, direction, leads});
        if (!other) return std::unexpected(other.error());
        if (!other->empty()) {
            const auto& row = other->front();
            const bool is_seen = row.integer(2) != 0;
            return refuse(
                ErrorKind::conflict, "reader_taken",
                fmt::format("The reader {} \"{}\" leads {} {} already. {}",
                            reader.direction == core::Direction::entry ? "outside" : "inside", row.text(1),
                            leads == "in" ? "into" : "out of",
                            is_seen ? fmt::format("\"{}\"", row.text(0)) : "an area with doors elsewhere",
                            is_seen ? "Take it out there first." : "Ask somebody who sees that area."));
        }
        const auto taken = connection.execute(
            "INSERT INTO passback_reader (area_id, door_id, direction, leads) VALUES ($1, $2, $3, $4)",
            {area, reader.door, direction, leads});
        if (!taken) return std::unexpected(taken.error());
    }
    return {};
}

struct Place {
    Id device = 0;
    std::int64_t number = 0;
};
/// Where the area is already, or with a new number where it comes to.
Answer<Place> place_of(Connection& connection, Id id, Id device) {
    const auto rows = connection.query("SELECT device_id, number FROM passback_area WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty() && rows->front().integer(0) == device) return Place{device, rows->front().integer(1)};
    const auto number = next_number(connection, device);
    if (!number) return std::unexpected(number.error());
    return Place{device, *number};
}

}  // namespace

const ControllerRules::Shape PassbackAreas::shape{
    "passback_area", "anti-passback area", columns, area_seen, area_json, told_of};

Outcome PassbackAreas::store(Connection& connection, Id id, const PassbackAreaPatch& patch,
                             const Branches& seen) {
    if (patch.name)
        if (auto is_free =
                check_name_free(connection, "passback_area", "an anti-passback area", id, *patch.name);
            !is_free)
            return is_free;
    const auto before = find(connection, id, seen);
    const auto readers = [&](const std::optional<std::vector<DoorReader>>& wanted, std::string_view list) {
        if (wanted || !before) return wanted.value_or(std::vector<DoorReader>());
        return readers_of(*before, list);
    };
    const auto entries = readers(patch.entries, "entries");
    const auto exits = readers(patch.exits, "exits");
    const auto device = check_readers(connection, entries, exits, seen);
    if (!device) return std::unexpected(device.error());
    const auto place = place_of(connection, id, *device);
    if (!place) return std::unexpected(place.error());
    std::optional<std::string> passback;
    if (patch.passback) passback = text_of(*patch.passback);
    auto stored = ran(connection.execute(
        "INSERT INTO passback_area (id, device_id, number, name, passback, minutes, reset_at_s) VALUES ($1, "
        "$2, $3, coalesce($4, ''), coalesce($5, 'hard'), coalesce($6, 10), $7) ON CONFLICT (id) DO UPDATE "
        "SET device_id = $2, number = $3, name = coalesce($4, passback_area.name), passback = coalesce($5, "
        "passback_area.passback), minutes = coalesce($6, passback_area.minutes)",
        {id, place->device, place->number, patch.name, passback, patch.minutes,
         patch.reset_at_s.value_or(std::nullopt)}));
    if (stored && patch.reset_at_s)
        stored = ran(connection.execute("UPDATE passback_area SET reset_at_s = $2 WHERE id = $1",
                                        {id, *patch.reset_at_s}));
    if (stored) stored = ran(connection.execute("DELETE FROM passback_reader WHERE area_id = $1", {id}));
    if (!stored) return std::unexpected(stored.error());
    auto taken = take_readers(connection, id, entries, "in", seen);
    if (taken) taken = take_readers(connection, id, exits, "out", seen);
    return taken;
}

Answer<json::object> PassbackAreas::add(const PassbackAreaPatch& patch, const Branches& seen,
                                        const Actor& actor) {
    const auto id = ids_.next();
    return added(id, [&](Connection& connection) { return store(connection, id, patch, seen); }, seen, actor);
}

Answer<json::object> PassbackAreas::change(Id id, const PassbackAreaPatch& patch, const Branches& seen,
                                           const Actor& actor) {
    return changed(
        id, patch.revision, [&](Connection& connection) { return store(connection, id, patch, seen); }, seen,
        actor);
}

Answer<PassbackAreas::AtController> PassbackAreas::at_controller(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<AtController> {
        const auto rows = connection.query(
            fmt::format("SELECT device_id, number, name FROM passback_area WHERE id = $1 AND {}",
                        area_seen(seen)),
            {id});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return no_such("anti-passback area");
        return AtController{rows->front().integer(0), rows->front().integer(1), rows->front().text(2)};
    });
}

Answer<PassbackAreas::Somebody> PassbackAreas::person_at(Id device, Id person,
                                                         const Branches& departments) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<Somebody> {
        const auto rows = connection.query(
            fmt::format(
                "SELECT p.user_id, p.name, e.tag FROM person p LEFT JOIN device_entry e ON e.user_id = "
                "p.user_id AND e.device_id = $2 WHERE p.id = $1 AND {}",
                person_seen(departments, "p.id")),
            {person, device});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return no_such("person");
        const auto& row = rows->front();
        if (row.is_null(2))
            return refuse(
                ErrorKind::conflict, "person_not_there",
                fmt::format("The controller of this area does not know {}: there is nothing to forget.",
                            row.text(1)));
        return Somebody{row.text(0), row.text(1)};
    });
}

}  // namespace sallyport::server
