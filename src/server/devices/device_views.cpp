// Devices as the API shows them: what is stored, and what was last observed.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/devices/devices.hpp"
#include "server/issue/issue_states.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

/// How many people of one department are not settled at a controller.
struct Unsettled {
    std::optional<Id> department;
    bool is_known = true;  ///< user IDs that are nobody's here are told to everybody
    std::int64_t at_keypad = 0;
    std::int64_t refused = 0;
};

namespace {

constexpr std::string_view columns =
    "id, name, address, port, account, fingerprint, pinning, serial, model, firmware, "
    "(SELECT coalesce(sum(last_sequence - first_sequence + 1), 0) FROM event_gap WHERE device_id = "
    "device.id), area_id, keypad_set_at, keypad_changed_at, connection, revision";

using UnsettledAt = std::map<Id, std::vector<Unsettled>>;

base::Result<UnsettledAt> load_unsettled(ports::Connection& connection, const std::set<Id>& devices) {
    const auto rows = connection.query(fmt::format(
        "SELECT x.device_id, p.department_id, CASE WHEN p.id IS NULL THEN 0 ELSE 1 END AS known, "
        "sum(x.at_keypad), sum(x.refused) FROM ("
        "SELECT device_id, user_id, 1 AS at_keypad, 0 AS refused FROM device_entry WHERE device_id {0} AND "
        "tag = 0 UNION ALL SELECT r.device_id, r.user_id, 1, 0 FROM keypad_removal r WHERE r.device_id {0} "
        "AND r.tag <> 0 AND NOT EXISTS (SELECT 1 FROM device_entry e WHERE e.device_id = r.device_id AND "
        "e.user_id = r.user_id) UNION ALL SELECT device_id, user_id, 0, 1 FROM issue_failure WHERE device_id "
        "{0}) x LEFT JOIN person p ON p.user_id = x.user_id GROUP BY x.device_id, p.department_id, known",
        in_branches(devices)));
    if (!rows) return std::unexpected(rows.error());
    UnsettledAt found;
    for (const auto& row : *rows)
        found[row.integer(0)].push_back(
            {row.integer_or_null(1), row.integer(2) == 1, row.integer(3), row.integer(4)});
    return found;
}

struct StoredView {
    ports::Rows rows;  ///< none when there is no such device
    std::vector<Unsettled> unsettled;
};

base::Result<StoredView> load_one(ports::Database& database, Id id) {
    return ports::read_from(database, [&](ports::Connection& c) -> base::Result<StoredView> {
        auto unsettled = load_unsettled(c, {id});
        if (!unsettled) return std::unexpected(unsettled.error());
        auto rows =
            c.query("SELECT " + std::string(columns) + " FROM device WHERE id = $1", ports::Parameters{id});
        if (!rows) return std::unexpected(rows.error());
        return StoredView{*std::move(rows), std::move((*unsettled)[id])};
    });
}

/// Those whom somebody sees who sees these departments.
void count_unsettled(json::object& device, const std::vector<Unsettled>& all, const Branches& departments) {
    std::int64_t at_keypad = 0;
    std::int64_t refused = 0;
    for (const auto& some : all) {
        const bool seen = holds(departments, some.department);
        if (seen || !some.is_known) at_keypad += some.at_keypad;
        if (seen) refused += some.refused;
    }
    device["keypad_people"] = at_keypad;
    device["refused_people"] = refused;
}

/// Of the password of its keypad, if one is set from here.
json::value keypad_json(const ports::Row& row, json::object issue) {
    const auto set_at = row.time_or_null(12);
    if (!set_at) return nullptr;
    const auto changed_at = row.time_or_null(13);
    issue.erase("device_id");
    issue["set_at"] = time_text(*set_at);
    issue["changed_at_keypad"] = changed_at ? json::value(time_text(*changed_at)) : json::value(nullptr);
    return issue;
}

json::object usage(std::uint64_t used, std::uint64_t capacity) {
    return {{"used", used}, {"capacity", capacity}};
}

json::object device_json(const ports::Row& row, const ObservedDevice& observed,
                         std::optional<PasswordIssue> password, json::object plan_issue,
                         const std::vector<Door>& doors, const Branches& seen) {
    json::array door_list;
    for (const auto& door : doors) {
        if (!holds(seen, door.area())) continue;
        door_list.push_back(
            json::object{{"id", id_text(door.id)}, {"number", door.number}, {"name", door.name}});
    }
    const bool online = observed.reach == Reach::online;
    const auto area = row.integer_or_null(11);
    json::object device{
        {"id", id_text(row.integer(0))},
        {"name", row.text(1)},
        {"address", row.text(2)},
        {"port", row.integer(3)},
        {"account", row.text(4)},
        {"fingerprint", row.text(5)},
        {"pinning", row.text(6)},
        {"serial", row.text(7)},
        {"model", row.text(8)},
        {"firmware", row.text(9)},
        {"connection", row.text(14)},
        {"area_id", area ? json::value(id_text(*area)) : json::value(nullptr)},
        {"state", online ? "online" : "offline"},
        {"reason", nullptr},
        {"since", time_text(observed.since)},
        {"certificate_until", nullptr},
        {"clock_offset_ms", nullptr},
        {"clock_trust", nullptr},
        {"network_time", nullptr},
        {"people", nullptr},
        {"records", nullptr},
        {"missing_events", row.integer(10)},
        {"password_issue", password ? json::value(base::text_of(*password)) : json::value(nullptr)},
        {"keypad_password", keypad_json(row, std::move(plan_issue))},
        {"revision", row.integer(15)},
        {"doors", std::move(door_list)}};
    if (!online)
        device["reason"] = base::text_of(observed.reason);
    else if (observed.status && observed.status->records == DeviceStatus::Records::waiting)
        device["reason"] = base::text_of(OfflineReason::not_stored);
    if (observed.status) {
        const auto& said = observed.status->said;
        const bool has_some = said.last.sequence != 0 && said.oldest <= said.last.sequence;
        const auto records = has_some ? said.last.sequence - said.oldest + 1 : 0;
        if (const auto end = observed.status->certificate_until)
            device["certificate_until"] = time_text(*end);
        device["clock_offset_ms"] = observed.status->clock_offset_ms;
        device["clock_trust"] = said.trust == base::ClockTrust::set ? "set" : "not_set";
        device["network_time"] = said.network_time.state == base::NetworkTime::State::synchronised
                                     ? "synchronised"
                                     : "unsynchronised";
        device["people"] = usage(said.people, said.people_limit);
        device["records"] = usage(records, said.records_limit);
    }
    return device;
}

}  // namespace

Answer<json::object> Devices::list(const Branches& areas, const Part& seen, const Page& page) const {
    Conditions where;
    add_branches(where, "area_id", both(areas, seen.areas));
    if (page.cursor) {
        const auto after = id_from(*page.cursor);
        if (!after) return bad_cursor();
        where.add("(name, id) > (SELECT name, id FROM device WHERE id = ?)", {*after});
    }
    UnsettledAt unsettled;
    const auto rows =
        ports::read_from(parts_.database, [&](ports::Connection& c) -> base::Result<ports::Rows> {
            auto found = c.query(fmt::format("SELECT {} FROM device{} ORDER BY name, id LIMIT {}", columns,
                                             where.text(), page.limit + 1),
                                 where.parameters());
            if (!found) return found;
            std::set<Id> ids;
            for (const auto& row : *found) ids.insert(row.integer(0));
            auto counted = load_unsettled(c, ids);
            if (!counted) return std::unexpected(counted.error());
            unsettled = std::move(*counted);
            return found;
        });
    if (!rows) return std::unexpected(rows.error());
    return page_of(
        *rows, page.limit, [&](const ports::Row& row) { return shown(row, unsettled[row.integer(0)], seen); },
        [](const ports::Row& row) { return id_text(row.integer(0)); });
}

json::object Devices::shown(const ports::Row& row, const std::vector<Unsettled>& unsettled,
                            const Part& seen) const {
    const auto id = row.integer(0);
    auto device = device_json(row, observed(id), password_issue(id), plan_issue(id),
                              parts_.doors.of_device(id), seen.areas);
    count_unsettled(device, unsettled, seen.departments);
    return device;
}

Answer<json::object> Devices::get(Id id, const Part& seen) const {
    const auto device = load_one(parts_.database, id);
    if (!device) return std::unexpected(device.error());
    if (device->rows.empty() || !holds(seen.areas, device->rows.front().integer_or_null(11)))
        return no_such("device");
    return shown(device->rows.front(), device->unsettled, seen);
}

json::object Devices::plan_issue(Id id) const {
    const auto doors = parts_.doors.of_device(id);
    const auto state = doors.empty() ? IssueWord::pending : doors.front().settings_state;
    json::value reason = nullptr;
    if (state == IssueWord::pending) reason = pending_reason(id);
    if (state == IssueWord::failed) reason = refusal_reason(observed(id).plan_refused);
    return {{"device_id", id_text(id)}, {"state", base::text_of(state)}, {"reason", std::move(reason)}};
}

Outcome Devices::check_seen(Id id, const Branches& seen) const {
    if (!seen) return {};
    const auto device = get(id, {seen, std::nullopt});
    if (!device) return std::unexpected(device.error());
    return {};
}

Outcome Devices::check_whole(Id id, const Branches& seen) const {
    if (auto found = check_seen(id, seen); !found) return found;
    const auto doors = parts_.doors.of_device(id);
    if (std::ranges::all_of(doors, [&](const Door& door) { return holds(seen, door.area()); })) return {};
    return refuse(
        base::ErrorKind::forbidden, "beyond_your_part",
        "This controller also has doors outside of your part of the site. Ask somebody who sees all "
        "of them.");
}

void Devices::count(Id id, std::size_t events, base::UtcTime youngest) {
    const auto age = parts_.clock.utc() - youngest;
    const std::lock_guard lock(mutex_);
    events_ += events;
    // A controller's clock may be ahead of this one.
    observed_[id].behind = std::max(age, base::Duration{});
}

DeviceFigures Devices::figures() const {
    DeviceFigures figures;
    const std::lock_guard lock(mutex_);
    figures.events = events_;
    for (const auto& [id, device] : observed_) {
        const bool online = device.reach == Reach::online;
        ++(online ? figures.online : figures.offline);
        if (online) figures.behind = std::max(figures.behind, device.behind);
    }
    return figures;
}

json::value Devices::door_name(Id device, std::int64_t number, const Branches& seen) const {
    const auto door = parts_.doors.find(device, number);
    return door && holds(seen, door->area()) ? json::value(door->name) : json::value(nullptr);
}

void Devices::publish_now(Id id) const {
    const auto device = load_one(parts_.database, id);
    if (!device || device->rows.empty()) return;
    const auto& row = device->rows.front();
    // For each part of the site that somebody looks from, the doors and people that are in it.
    std::map<std::pair<Branches, Branches>, json::object> in_part;
    parts_.live.publish("device", [&](const Viewer& viewer) -> const json::object* {
        const auto& seen = viewer.part;
        if (!viewer.rights.may(Function::devices, Level::view) || !holds(seen.areas, row.integer_or_null(11)))
            return nullptr;
        const auto [place, is_new] = in_part.try_emplace({seen.areas, seen.departments});
        if (is_new) place->second = shown(row, device->unsettled, seen);
        return &place->second;
    });
}

}  // namespace sallyport::server
