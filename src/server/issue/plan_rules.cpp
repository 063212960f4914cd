#include "server/issue/plan_rules.hpp"

#include <string>

#include <boost/json/array.hpp>

namespace sallyport::server {

namespace json = boost::json;
using base::Result;
using base::Status;
using ports::Connection;

namespace {

using ByDoor = std::map<std::int64_t, json::object>;  ///< by number, without it

json::array& list_in(json::object& object, std::string_view name) {
    auto& member = object[name];
    if (!member.is_array()) member = json::array();
    return member.get_array();
}

Status add_schedules(Connection& connection, std::int64_t device_id, const TemplateIndexes& indexes,
                     ByDoor& doors) {
    const auto rows = connection.query(
        "SELECT d.number, s.purpose, s.template_id, s.unlock_mode FROM door d JOIN door_schedule s ON "
        "s.door_id = d.id WHERE d.device_id = $1 ORDER BY d.number, s.purpose, s.position",
        {device_id});
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        const auto index = index_of(indexes, row.integer(2));
        if (!index) return std::unexpected(index.error());
        auto& door = doors[row.integer(0)];
        const auto& purpose = row.text(1);
        if (purpose == "unlock_mode")
            list_in(door, "unlock_periods")
                .push_back(json::object{{"schedule", *index}, {"mode", row.text(3)}});
        else if (purpose == "first_card")
            door["first_card"] = json::object{{"schedule", *index}};
        else
            door[purpose] = *index;
    }
    return {};
}

/// The people come one row each: those of the first card stand in their rights, not here.
Status add_groups(Connection& connection, std::int64_t device_id, ByDoor& doors) {
    const auto rows = connection.query(
        "SELECT d.number, g.position, g.needed, p.user_id FROM door d JOIN door_group g ON g.door_id = d.id "
        "JOIN door_group_person m ON m.door_id = g.door_id AND m.position = g.position "
        "JOIN person p ON p.id = m.person_id WHERE d.device_id = $1 AND g.position > 0 "
        "ORDER BY d.number, g.position, p.user_id",
        {device_id});
    if (!rows) return std::unexpected(rows.error());
    std::pair<std::int64_t, std::int64_t> last{0, 0};
    for (const auto& row : *rows) {
        auto& groups = list_in(doors[row.integer(0)], "groups");
        const std::pair here{row.integer(0), row.integer(1)};
        if (std::exchange(last, here) != here)
            groups.push_back(json::object{{"people", json::array()}, {"needed", row.integer(2)}});
        groups.back().at("people").as_array().emplace_back(row.text(3));
    }
    return {};
}

Result<json::array> door_rules(Connection& connection, std::int64_t device_id,
                               const std::vector<WantedDoor>& wanted, const TemplateIndexes& indexes) {
    ByDoor doors;
    auto added = add_schedules(connection, device_id, indexes, doors);
    if (added) added = add_groups(connection, device_id, doors);
    if (!added) return std::unexpected(added.error());
    json::array list;
    for (const auto& door : wanted) {
        auto rules = door.rules;
        for (auto& member : doors[door.number]) rules[member.key()] = std::move(member.value());
        if (door.first_card) {
            auto& first = rules["first_card"];
            if (!first.is_object()) first = json::object{{"schedule", always_index}};
            first.get_object()["then"] = *door.first_card;
        }
        if (rules.contains("groups")) rules["group_window_s"] = door.group_window_s;
        if (rules.empty()) continue;
        rules["number"] = door.number;
        list.push_back(std::move(rules));
    }
    return list;
}

/// An area as it is set, and what leads into it and out of it.
Status add_areas(Connection& connection, std::int64_t device_id, json::object& rules) {
    const auto rows = connection.query(
        "SELECT a.number, a.passback, a.minutes, a.reset_at_s, d.number, r.direction, r.leads FROM "
        "passback_area a JOIN passback_reader r ON r.area_id = a.id JOIN door d ON d.id = r.door_id "
        "WHERE a.device_id = $1 ORDER BY a.number, d.number, r.direction, r.leads",
        {device_id});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::int64_t, json::object> areas;
    std::map<std::int64_t, json::object> readers;
    for (const auto& row : *rows) {
        auto& area = areas[row.integer(0)];
        area = {{"number", row.integer(0)}, {"passback", row.text(1)}, {"minutes", row.integer(2)}};
        if (!row.is_null(3)) area["reset_at_s"] = row.integer(3);
        // Two numbers a door, the odd one outside.
        const bool is_outside = row.text(5) == "entry";
        const auto number = 2 * row.integer(4) - (is_outside ? 1 : 0);
        auto& reader = readers[number];
        if (reader.empty())
            reader = {{"number", number},
                      {"door", row.integer(4)},
                      {"direction", row.text(5)},
                      {"from", 0},
                      {"to", 0}};
        reader[row.text(6) == "in" ? "to" : "from"] = row.integer(0);
    }
    for (auto& [number, reader] : readers) list_in(rules, "readers").push_back(std::move(reader));
    for (auto& [number, area] : areas) list_in(rules, "areas").push_back(std::move(area));
    return {};
}

Status add_interlocks(Connection& connection, std::int64_t device_id, json::object& rules) {
    const auto rows = connection.query(
        "SELECT i.id, i.blocks, d.number FROM interlock i JOIN interlock_door m ON m.interlock_id = i.id "
        "JOIN door d ON d.id = m.door_id WHERE i.device_id = $1 ORDER BY i.id, d.number",
        {device_id});
    if (!rows) return std::unexpected(rows.error());
    std::int64_t last = 0;
    for (const auto& row : *rows) {
        auto& interlocks = list_in(rules, "interlocks");
        if (std::exchange(last, row.integer(0)) != row.integer(0))
            interlocks.push_back(json::object{{"doors", json::array()}, {"blocks", row.text(1)}});
        interlocks.back().at("doors").as_array().emplace_back(row.integer(2));
    }
    return {};
}

}  // namespace

Result<std::int64_t> index_of(const TemplateIndexes& indexes, std::int64_t template_id) {
    const auto found = indexes.find(template_id);
    if (found != indexes.end()) return found->second;
    return base::fail(base::ErrorKind::conflict, "schedule_unassigned",
                      "A time template has no index on the controller.");
}

Result<json::object> rules_of(Connection& connection, std::int64_t device_id,
                              const std::vector<WantedDoor>& wanted, const TemplateIndexes& indexes) {
    auto doors = door_rules(connection, device_id, wanted, indexes);
    if (!doors) return std::unexpected(doors.error());
    json::object rules{{"doors", *std::move(doors)}};
    auto added = add_areas(connection, device_id, rules);
    if (added) added = add_interlocks(connection, device_id, rules);
    if (!added) return std::unexpected(added.error());
    return rules;
}

Result<FirstCards> first_cards_of(Connection& connection, std::int64_t device_id,
                                  std::optional<std::int64_t> person) {
    const auto rows = connection.query(
        "SELECT m.person_id, d.number FROM door d JOIN door_group_person m ON m.door_id = d.id AND "
        "m.position = 0 WHERE d.device_id = $1 AND ($2 IS NULL OR m.person_id = $2)",
        {device_id, person});
    if (!rows) return std::unexpected(rows.error());
    FirstCards first;
    for (const auto& row : *rows) first.emplace(row.integer(0), row.integer(1));
    return first;
}

}  // namespace sallyport::server
