#include "server/doors/doors.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "server/wire/conditions.hpp"
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
            {"duress", settings.duress == core::Duress::on}};
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
    door.settings.hold_s = patch.hold_s.value_or(door.settings.hold_s);
    door.settings.unlock_mode = patch.unlock_mode.value_or(door.settings.unlock_mode);
    door.settings.detector = patch.detector.value_or(door.settings.detector);
    door.settings.overtime_s = patch.overtime_s.value_or(door.settings.overtime_s);
    door.settings.duress = patch.duress.value_or(door.settings.duress);
    return door;
}

json::object told_of(const Door& door) {
    auto told = settings_json(door.settings);
    told["name"] = door.name;
    return told;
}

}  // namespace

json::object door_json(const Door& door) {
    json::array alarms;
    for (const auto alarm : door.state.alarms) alarms.emplace_back(text_of(alarm));
    return {{"id", id_text(door.id)},
            {"device_id", id_text(door.device_id)},
            {"number", door.number},
            {"name", door.name},
            {"state", json::object{{"lock", door.state.lock},
                                   {"contact", door.state.contact},
                                   {"mode", door.state.mode},
                                   {"alarms", std::move(alarms)},
                                   {"online", door.reach == Reach::online},
                                   {"since", time_text(door.since)}}},
            {"settings", settings_json(door.settings)},
            {"settings_state", text_of(door.settings_state)}};
}

Status Doors::load() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, duress FROM "
            "door");
    });
    if (!rows) return std::unexpected(rows.error());
    std::map<Id, Door> loaded;
    const std::lock_guard lock(mutex_);
    for (const auto& row : *rows) {
        auto door = door_of(row);
        door.since = clock_.utc();
        if (const auto known = doors_.find(door.id); known != doors_.end()) {
            const auto& old = known->second;
            door.state = old.state;
            door.reach = old.reach;
            door.since = old.since;
            door.settings_state = old.settings_state;
        }
        loaded.emplace(door.id, std::move(door));
    }
    doors_.swap(loaded);
    return {};
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

Answer<json::object> Doors::list(std::optional<Id> device, const Page& page) const {
    std::vector<std::pair<std::string, Door>> sorted;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, door] : doors_)
            if (!device || door.device_id == *device) sorted.emplace_back(lower(door.name), door);
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

std::optional<Door> Doors::find(Id device, std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, door] : doors_)
        if (door.device_id == device && door.number == number) return door;
    return std::nullopt;
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

Answer<json::object> Doors::get(Id id) const {
    const auto door = find(id);
    if (!door) return no_such("door");
    return door_json(*door);
}

Answer<json::object> Doors::change(Id id, const DoorPatch& patch, const Actor& actor) {
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Answer<Door> {
        const auto before = find(id);
        if (!before) return no_such("door");
        const auto after = patched(*before, patch);
        const auto& settings = after.settings;
        const auto told = changes(told_of(*before), told_of(after));
        if (told.none()) return after;
        const auto done = connection.execute(
            "UPDATE door SET name = $1, hold_s = $2, unlock_mode = $3, detector = $4, overtime_s = $5, "
            "duress = $6 "
            "WHERE id = $7",
            {after.name, settings.hold_s, text_of(settings.unlock_mode),
             settings.detector == core::Detector::on, settings.overtime_s,
             settings.duress == core::Duress::on, id});
        if (!done) return std::unexpected(done.error());
        const auto noted = audit_.append(connection, actor, "door.changed",
                                         Subject{"door", id_text(id), after.name}, &told.before, &told.after);
        if (!noted) return std::unexpected(noted.error());
        return after;
    });
    if (!stored) return std::unexpected(stored.error());
    bool controller_follows = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = doors_.find(id);
        if (found == doors_.end()) return no_such("door");
        controller_follows = found->second.settings != stored->settings;
        found->second.name = stored->name;
        found->second.settings = stored->settings;
        if (controller_follows) found->second.settings_state = IssueWord::pending;
    }
    auto answer = get(id);
    if (answer) live_.publish("door", *answer);
    if (controller_follows && on_change) on_change(Change::doors);
    return answer;
}

template <class Change>
void Doors::update(Id device, std::optional<std::int64_t> number, Touches touches, Change change) {
    std::vector<json::object> changed;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, door] : doors_) {
            if (door.device_id != device || (number && door.number != *number) || !change(door)) continue;
            if (touches == Touches::state) door.since = clock_.utc();
            changed.push_back(door_json(door));
        }
    }
    for (const auto& door : changed) live_.publish("door", door);
}

void Doors::observe(Id device, std::int64_t number, const DoorState& state) {
    update(device, number, Touches::state, [&](Door& door) {
        if (door.state == state) return false;
        door.state = state;
        return true;
    });
}

void Doors::set_reach(Id device, Reach reach) {
    update(device, std::nullopt, Touches::state,
           [&](Door& door) { return std::exchange(door.reach, reach) != reach; });
}

void Doors::set_settings_state(Id device, IssueWord word) {
    update(device, std::nullopt, Touches::other,
           [&](Door& door) { return std::exchange(door.settings_state, word) != word; });
}

}  // namespace sallyport::server
