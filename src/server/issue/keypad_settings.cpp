#include "server/issue/keypad_settings.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/enum_text.hpp"
#include "server/issue/desired.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

using Doors = std::map<std::int64_t, json::object>;

json::object parsed(const std::optional<std::string>& text) {
    boost::system::error_code failed;
    auto value = text ? json::parse(*text, failed) : json::value();
    return value.is_object() ? std::move(value.get_object()) : json::object();
}

/// What the plan of that revision gave the doors; nullopt when it is not known.
Result<std::optional<Doors>> given_by(Connection& connection, std::int64_t device_id, std::uint64_t revision,
                                      base::UtcTime now, const std::vector<WantedDoor>& wanted) {
    const auto rows = connection.query("SELECT doors FROM device_plan WHERE device_id = $1 AND revision = $2",
                                       {device_id, static_cast<std::int64_t>(revision)});
    if (!rows) return std::unexpected(rows.error());
    Doors given;
    if (!rows->empty()) {
        for (const auto& door : json::parse(rows->front().text(0)).as_array())
            given[door.at("number").to_number<std::int64_t>()] = door.as_object();
        return given;
    }
    // Brought before plans were remembered.
    const auto current = plan_revision(connection, device_id, now);
    if (!current && current.error().code != "schedule_unassigned") return std::unexpected(current.error());
    if (!current || *current != revision) return std::optional<Doors>();
    for (const auto& door : wanted) given[door.number] = door.settings;
    return given;
}

/// What of the reported settings was set at the keypad.
json::object at_keypad(const json::object& reported, const WantedDoor& wanted, const json::object& given) {
    json::object differs;
    for (const auto& member : reported) {
        if (member.value() == wanted.settings.at(member.key())) continue;
        const auto* before = given.if_contains(member.key());
        const bool changed = before != nullptr && *before != member.value();
        if (changed || wanted.keypad.contains(member.key())) differs[member.key()] = member.value();
    }
    return differs;
}

}  // namespace

json::object settings_of(const codec::dhip::DoorState& door) {
    return {{"hold_s", door.hold_s},
            {"unlock_mode", base::text_of(door.unlock_mode)},
            {"detector", base::text_of(door.detector)},
            {"overtime_s", door.overtime_s}};
}

Status remember_plan(Connection& connection, std::int64_t device_id, std::uint64_t revision,
                     const json::array& doors) {
    return ran(
        connection.execute("INSERT INTO device_plan (device_id, revision, doors) VALUES ($1, $2, $3) "
                           "ON CONFLICT (device_id, revision) DO UPDATE SET doors = excluded.doors",
                           {device_id, static_cast<std::int64_t>(revision), json::serialize(doors)}));
}

Result<bool> remembers_other_plans(Connection& connection, std::int64_t device_id, std::uint64_t revision) {
    const auto rows =
        connection.query("SELECT 1 FROM device_plan WHERE device_id = $1 AND revision <> $2 LIMIT 1",
                         {device_id, static_cast<std::int64_t>(revision)});
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty();
}

Status forget_other_plans(Connection& connection, std::int64_t device_id, std::uint64_t revision) {
    return ran(connection.execute("DELETE FROM device_plan WHERE device_id = $1 AND revision <> $2",
                                  {device_id, static_cast<std::int64_t>(revision)}));
}

Result<std::vector<WantedDoor>> wanted_doors(Connection& connection, std::int64_t device_id) {
    const auto rows = connection.query(
        "SELECT number, hold_s, unlock_mode, detector, overtime_s, keypad, duress, verification_s, "
        "extended_s, pre_alarm_s, first_card, group_window_s FROM door WHERE device_id = $1 ORDER BY number",
        {device_id});
    if (!rows) return std::unexpected(rows.error());
    std::vector<WantedDoor> doors;
    for (const auto& row : *rows) {
        WantedDoor door;
        door.number = row.integer(0);
        door.settings = {{"hold_s", row.integer(1)},
                         {"unlock_mode", row.text(2)},
                         {"detector", row.integer(3) != 0 ? "on" : "off"},
                         {"overtime_s", row.integer(4)}};
        door.keypad = parsed(row.text_or_null(5));
        door.duress = row.integer(6) != 0 ? core::Duress::on : core::Duress::off;
        if (!row.is_null(7)) door.rules["verification_s"] = row.integer(7);
        if (row.integer(8) != core::DoorRules{}.extended_s) door.rules["extended_s"] = row.integer(8);
        if (row.integer(9) != 0) door.rules["pre_alarm_s"] = row.integer(9);
        if (!row.is_null(10)) door.first_card = row.text(10);
        door.group_window_s = row.integer(11);
        doors.push_back(std::move(door));
    }
    return doors;
}

Result<AtKeypads> changed_at_keypads(Connection& connection, std::int64_t device_id, std::uint64_t revision,
                                     base::UtcTime now, std::span<const codec::dhip::DoorState> reported) {
    const auto wanted = wanted_doors(connection, device_id);
    if (!wanted) return std::unexpected(wanted.error());
    const auto given = given_by(connection, device_id, revision, now, *wanted);
    if (!given) return std::unexpected(given.error());
    AtKeypads changed;
    for (const auto& door : *wanted) {
        const auto said = std::ranges::find(reported, door.number, [](const codec::dhip::DoorState& one) {
            return std::int64_t{one.number.value};
        });
        if (said == reported.end()) continue;
        json::object differs;
        if (*given) {
            const auto before = (*given)->find(door.number);
            differs = at_keypad(settings_of(*said), door,
                                before == (*given)->end() ? json::object() : before->second);
        }
        if (differs != door.keypad) changed.emplace(door.number, std::move(differs));
    }
    return changed;
}

Status store_keypads(Connection& connection, std::int64_t device_id, const AtKeypads& changed) {
    for (const auto& [number, differs] : changed) {
        std::optional<std::string> text;
        if (!differs.empty()) text = json::serialize(differs);
        auto stored = ran(connection.execute(
            "UPDATE door SET keypad = $3 WHERE device_id = $1 AND number = $2", {device_id, number, text}));
        if (!stored) return stored;
    }
    return {};
}

}  // namespace sallyport::server
