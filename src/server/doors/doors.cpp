#include "server/doors/doors.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Status;
using base::text_of;
using ports::Connection;

namespace {

json::object settings_json(const DoorSettings& settings) {
    return {{"hold_s", settings.hold_s},
            {"unlock_mode", text_of(settings.unlock_mode)},
            {"detector", settings.detector == core::Detector::on},
            {"overtime_s", settings.overtime_s},
            {"duress", settings.duress == core::Duress::on},
            {"extended_s", settings.extended_s},
            {"pre_alarm_s", settings.pre_alarm_s},
            {"verification_s",
             settings.verification_s ? json::value(*settings.verification_s) : json::value(nullptr)}};
}

Door door_of(const ports::Row& row) {
    Door door;
    door.id = row.integer(0);
    door.device_id = row.integer(1);
    door.number = row.integer(2);
    door.name = row.text(3);
    door.settings.hold_s = row.integer(4);
    door.settings.unlock_mode =
        base::enum_from<core::UnlockMode>(row.text(5)).value_or(core::UnlockMode::card);
    door.settings.detector = row.integer(6) == 1 ? core::Detector::on : core::Detector::off;
    door.settings.overtime_s = row.integer(7);
    door.settings.duress = row.integer(8) == 1 ? core::Duress::on : core::Duress::off;
    boost::system::error_code failed;
    auto keypad = json::parse(row.text_or_null(9).value_or("null"), failed);
    door.own_area = row.integer_or_null(10);
    door.device_area = row.integer_or_null(11);
    door.settings.verification_s = row.integer_or_null(12);
    door.settings.extended_s = row.integer(13);
    door.settings.pre_alarm_s = row.integer(14);
    door.confirmation = row.integer(15) == 1 ? Confirmation::asked : Confirmation::none;
    door.revision = row.integer(16);
    if (keypad.is_object()) door.keypad = std::move(keypad.get_object());
    return door;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

Door patched(Door door, const DoorPatch& patch) {
    door.name = patch.name.value_or(door.name);
    door.own_area = patch.area_id.value_or(door.own_area);
    door.confirmation = patch.confirmation.value_or(door.confirmation);
    door.settings.hold_s = patch.hold_s.value_or(door.settings.hold_s);
    door.settings.unlock_mode = patch.unlock_mode.value_or(door.settings.unlock_mode);
    door.settings.detector = patch.detector.value_or(door.settings.detector);
    door.settings.overtime_s = patch.overtime_s.value_or(door.settings.overtime_s);
    door.settings.duress = patch.duress.value_or(door.settings.duress);
    door.settings.extended_s = patch.extended_s.value_or(door.settings.extended_s);
    door.settings.pre_alarm_s = patch.pre_alarm_s.value_or(door.settings.pre_alarm_s);
    door.settings.verification_s = patch.verification_s.value_or(door.settings.verification_s);
    return door;
}

json::object told_of(const Door& door) {
    auto told = settings_json(door.settings);
    told["name"] = door.name;
    told["confirm"] = door.confirmation == Confirmation::asked;
    told["area_id"] = door.own_area ? json::value(id_text(*door.own_area)) : json::value(nullptr);
    return told;
}

/// In the words of the API.
json::value at_keypad(const Door& door) {
    if (door.keypad.empty()) return nullptr;
    auto told = door.keypad;
    if (auto* detector = told.if_contains("detector")) *detector = *detector == "on";
    return told;
}

DoorSettings adopted(DoorSettings settings, const json::object& keypad) {
    const auto word = [&](const char* member) {
        const auto* value = keypad.if_contains(member);
        return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : "";
    };
    const auto number = [&](const char* member, std::int64_t otherwise) {
        const auto* value = keypad.if_contains(member);
        return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
    };
    settings.hold_s = number("hold_s", settings.hold_s);
    settings.unlock_mode =
        base::enum_from<core::UnlockMode>(word("unlock_mode")).value_or(settings.unlock_mode);
    settings.detector = base::enum_from<core::Detector>(word("detector")).value_or(settings.detector);
    settings.overtime_s = number("overtime_s", settings.overtime_s);
    return settings;
}

json::array alarms_json(const std::vector<core::Alarm>& alarms) {
    json::array words;
    for (const auto alarm : alarms) words.emplace_back(text_of(alarm));
    return words;
}

}  // namespace

json::object door_json(const Door& door) {
    return {{"id", id_text(door.id)},
            {"device_id", id_text(door.device_id)},
            {"number", door.number},
            {"name", door.name},
            {"area_id", door.area() ? json::value(id_text(*door.area())) : json::value(nullptr)},
            {"own_area", door.own_area.has_value()},
            {"state", json::object{{"lock", door.state.lock},
                                   {"contact", door.state.contact},
                                   {"mode", door.state.mode},
                                   {"alarms", alarms_json(door.state.alarms)},
                                   {"silenced", alarms_json(door.state.silenced)},
                                   {"online", door.reach == Reach::online},
                                   {"since", time_text(door.since)}}},
            {"confirm", door.confirmation == Confirmation::asked},
            {"settings", settings_json(door.settings)},
            {"settings_state", text_of(door.settings_state)},
            {"revision", door.revision},
            {"at_keypad", at_keypad(door)}};
}

bool needs_confirmation(const Door& door, core::DoorCommand command) {
    using enum core::DoorCommand;
    return door.confirmation == Confirmation::asked &&
           (command == open || command == always_open || command == normal);
}

Status Doors::load() {
    const std::lock_guard one_after_the_other(changing_);
    auto doors = ports::read_from(database_, read);
    if (!doors) return std::unexpected(doors.error());
    remember(*std::move(doors));
    return {};
}

base::Result<std::vector<Door>> Doors::read(Connection& connection) {
    const auto rows = connection.query(
        "SELECT d.id, d.device_id, d.number, d.name, d.hold_s, d.unlock_mode, d.detector, d.overtime_s, "
        "d.duress, d.keypad, d.area_id, v.area_id, d.verification_s, d.extended_s, d.pre_alarm_s, "
        "d.confirm, d.revision FROM door d JOIN device v ON v.id = d.device_id");
    if (!rows) return std::unexpected(rows.error());
    std::vector<Door> doors;
    for (const auto& row : *rows) doors.push_back(door_of(row));
    return doors;
}

void Doors::remember(std::vector<Door> doors) {
    std::map<Id, Door> known_now;
    const std::lock_guard lock(mutex_);
    for (auto& door : doors) {
        door.since = clock_.utc();
        if (const auto known = doors_.find(door.id); known != doors_.end()) {
            const auto& old = known->second;
            door.state = old.state;
            door.reach = old.reach;
            door.since = old.since;
            door.settings_state = old.settings_state;
        }
        known_now.emplace(door.id, std::move(door));
    }
    doors_.swap(known_now);
}

Status Doors::insert(Connection& connection, Id device, std::int64_t number, const std::string& name,
                     const DoorSettings& settings) {
    const auto stored = connection.execute(
        "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, duress) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {ids_.next(), device, number, name, settings.hold_s, text_of(settings.unlock_mode),
         settings.detector == core::Detector::on, settings.overtime_s, settings.duress == core::Duress::on});
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Answer<json::object> Doors::list(const DoorFilter& filter, const Page& page) const {
    std::vector<std::pair<std::string, Door>> sorted;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, door] : doors_)
            if ((!filter.device || door.device_id == *filter.device) && holds(filter.areas, door.area()))
                sorted.emplace_back(lower(door.name), door);
    }
    std::ranges::sort(sorted, {}, [](const auto& one) { return std::pair(one.first, one.second.id); });
    auto begin = sorted.begin();
    if (page.cursor) {
        const auto id = id_from(*page.cursor);
        begin = std::ranges::find_if(sorted, [&](const auto& one) { return id && one.second.id == *id; });
        if (begin == sorted.end()) return bad_cursor();
        ++begin;
    }
    const auto end = begin + std::min<std::ptrdiff_t>(page.limit, sorted.end() - begin);
    json::array items;
    for (auto one = begin; one != end; ++one) items.push_back(door_json(one->second));
    json::value next = nullptr;
    if (end != sorted.end()) next = id_text((end - 1)->second.id);
    return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

std::optional<Door> Doors::find(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto found = doors_.find(id);
    return found == doors_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Door> Doors::find(Id id, const Branches& seen) const {
    auto door = find(id);
    if (door && !holds(seen, door->area())) door.reset();
    return door;
}

std::optional<Door> Doors::find(Id device, std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, door] : doors_)
        if (door.device_id == device && door.number == number) return door;
    return std::nullopt;
}

std::vector<Door> Doors::all() const {
    std::vector<Door> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, door] : doors_) all.push_back(door);
    return all;
}

std::vector<Door> Doors::of_device(Id device) const {
    std::vector<Door> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, door] : doors_)
            if (door.device_id == device) all.push_back(door);
    }
    std::ranges::sort(all, {}, &Door::number);
    return all;
}

Answer<json::object> Doors::get(Id id, const Branches& seen) const {
    const auto door = find(id, seen);
    if (!door) return no_such("door");
    return door_json(*door);
}

namespace {

/// What a controller in clear cannot be told is not promised.
Outcome check_spoken(Connection& connection, const Door& before, const Door& after) {
    const auto beyond = [](const Door& door) {
        const auto& settings = door.settings;
        return std::tuple(settings.verification_s, settings.extended_s, settings.pre_alarm_s);
    };
    if (beyond(before) == beyond(after)) return {};
    const auto rows = connection.query("SELECT name FROM device WHERE id = $1 AND connection = 'in_clear'",
                                       {after.device_id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(
        base::ErrorKind::conflict, "not_spoken",
        fmt::format("\"{}\" belongs to \"{}\", which is connected in clear: that dialect has no words "
                    "for questions to an operator, longer times and a warning before the alarm.",
                    after.name, rows->front().text(0)));
}

}  // namespace

Status Doors::store(Connection& connection, const Door& door) {
    const auto& settings = door.settings;
    const auto done = connection.execute(
        "UPDATE door SET name = $1, hold_s = $2, unlock_mode = $3, detector = $4, overtime_s = $5, "
        "duress = $6, area_id = $7, verification_s = $8, extended_s = $9, pre_alarm_s = $10, confirm = $11 "
        "WHERE id = $12",
        {door.name, settings.hold_s, text_of(settings.unlock_mode), settings.detector == core::Detector::on,
         settings.overtime_s, settings.duress == core::Duress::on, door.own_area, settings.verification_s,
         settings.extended_s, settings.pre_alarm_s, door.confirmation == Confirmation::asked, door.id});
    if (!done) return std::unexpected(done.error());
    return {};
}

Answer<json::object> Doors::take_up(const Door& stored) {
    bool controller_follows = false;
    Door now;
    {
        const std::lock_guard lock(mutex_);
        const auto found = doors_.find(stored.id);
        if (found == doors_.end()) return no_such("door");
        auto& door = found->second;
        controller_follows = door.settings != stored.settings || door.keypad != stored.keypad;
        door.name = stored.name;
        door.own_area = stored.own_area;
        door.confirmation = stored.confirmation;
        door.settings = stored.settings;
        door.revision = stored.revision;
        door.keypad = stored.keypad;
        if (controller_follows) door.settings_state = IssueWord::pending;
        now = door;
    }
    publish(now);
    if (controller_follows && on_change) on_change({Changed::doors, std::set{now.device_id}});
    return door_json(now);
}

void Doors::publish(const Door& door) const {
    const auto told = door_json(door);
    live_.publish("door", [&](const Viewer& viewer) -> const json::object* {
        const bool sees = viewer.rights.may(Function::doors, Level::view);
        return sees && holds(viewer.part.areas, door.area()) ? &told : nullptr;
    });
}

Answer<json::object> Doors::change(Id id, const DoorPatch& patch, const Branches& seen, const Actor& actor) {
    const std::lock_guard one_after_the_other(changing_);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Answer<std::vector<Door>> {
        const auto before = find(id, seen);
        if (!before) return no_such("door");
        const auto after = patched(*before, patch);
        if (after.own_area != before->own_area)
            if (auto known = check_branch(connection, TreeOf::areas, after.area(), seen, "area_id"); !known)
                return std::unexpected(known.error());
        auto changed = store_change(connection, *before, after, patch.revision, actor);
        if (!changed) return std::unexpected(changed.error());
        std::vector<Door> all{*std::move(changed)};
        if (auto along = store_duress(connection, after, seen, actor, all); !along)
            return std::unexpected(along.error());
        return all;
    });
    if (!stored) return std::unexpected(stored.error());
    for (const auto& along : *stored | std::views::drop(1))
        if (auto taken = take_up(along); !taken) return taken;
    return take_up(stored->front());
}

Answer<Door> Doors::store_change(Connection& connection, const Door& before, Door after,
                                 std::optional<std::int64_t> made_from, const Actor& actor) {
    if (auto begun = begin_change(connection, {"door", before.id, before.name}, made_from); !begun)
        return std::unexpected(begun.error());
    after.revision = before.revision + 1;
    auto told = changes(told_of(before), told_of(after));
    if (told.none()) return after;
    if (auto spoken = check_spoken(connection, before, after); !spoken)
        return std::unexpected(spoken.error());
    auto outcome = store(connection, after);
    for (auto* side : {&told.before, &told.after})
        if (outcome) outcome = name_branch(connection, TreeOf::areas, *side, "area_id", "area");
    if (outcome)
        outcome = audit_.append(connection, actor, "door.changed",
                                Subject{"door", id_text(after.id), after.name}, &told.before, &told.after);
    if (!outcome) return std::unexpected(outcome.error());
    return after;
}

Outcome Doors::store_duress(Connection& connection, const Door& changed, const Branches& seen,
                            const Actor& actor, std::vector<Door>& stored) {
    for (const auto& other : of_device(changed.device_id)) {
        if (other.id == changed.id || other.settings.duress == changed.settings.duress) continue;
        if (!holds(seen, other.area()))
            return refuse(base::ErrorKind::forbidden, "beyond_your_part",
                          "Duress is switched for all doors of a controller together, and this one has doors "
                          "outside of your part of the site. Ask somebody who sees all of them.");
        auto along = other;
        along.settings.duress = changed.settings.duress;
        auto kept = store_change(connection, other, std::move(along), std::nullopt, actor);
        if (!kept) return std::unexpected(kept.error());
        stored.push_back(*std::move(kept));
    }
    return {};
}

Answer<json::object> Doors::settle(Id id, Settle how, const Branches& seen, const Actor& actor) {
    const std::lock_guard one_after_the_other(changing_);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Answer<Door> {
        auto door = find(id, seen);
        if (!door) return no_such("door");
        if (door->keypad.empty())
            return refuse(base::ErrorKind::conflict, "nothing_at_keypad",
                          "Nothing at the keypad differs any more. Somebody may have settled it.");
        auto there = *door;
        there.settings = adopted(door->settings, door->keypad);
        const auto told = how == Settle::adopt ? changes(told_of(*door), told_of(there))
                                               : changes(told_of(there), told_of(*door));
        if (auto begun = begin_change(connection, {"door", id, door->name}, std::nullopt); !begun)
            return std::unexpected(begun.error());
        if (how == Settle::adopt) door->settings = there.settings;
        ++door->revision;
        door->keypad.clear();
        auto outcome = store(connection, *door);
        if (outcome) {
            const auto gone = connection.execute("UPDATE door SET keypad = NULL WHERE id = $1", {id});
            if (!gone) outcome = std::unexpected(gone.error());
        }
        if (outcome)
            outcome =
                audit_.append(connection, actor, how == Settle::adopt ? "door.adopted" : "door.put_back",
                              Subject{"door", id_text(id), door->name}, &told.before, &told.after);
        if (!outcome) return std::unexpected(outcome.error());
        return *door;
    });
    if (!stored) return std::unexpected(stored.error());
    return take_up(*stored);
}

template <class Change>
bool Doors::update(Id device, std::optional<std::int64_t> number, Touches touches, Change change) {
    std::vector<Door> changed;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, door] : doors_) {
            if (door.device_id != device || (number && door.number != *number) || !change(door)) continue;
            if (touches == Touches::state) door.since = clock_.utc();
            changed.push_back(door);
        }
    }
    for (const auto& door : changed) publish(door);
    return !changed.empty();
}

void Doors::observe(Id device, std::int64_t number, const DoorState& state) {
    update(device, number, Touches::state, [&](Door& door) {
        if (door.state == state) return false;
        door.state = state;
        return true;
    });
}

void Doors::tell(Id device) {
    update(device, std::nullopt, Touches::other, [](const Door&) { return true; });
}

void Doors::set_reach(Id device, Reach reach) {
    update(device, std::nullopt, Touches::state,
           [&](Door& door) { return std::exchange(door.reach, reach) != reach; });
}

bool Doors::set_settings_state(Id device, IssueWord word) {
    return update(device, std::nullopt, Touches::other,
                  [&](Door& door) { return std::exchange(door.settings_state, word) != word; });
}

void Doors::set_keypad(Id device, std::int64_t number, json::object keypad) {
    update(device, number, Touches::other, [&](Door& door) {
        door.keypad = keypad;
        return true;
    });
}

}  // namespace sallyport::server
