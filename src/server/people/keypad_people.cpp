#include "server/people/keypad_people.hpp"

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

/// Of those whom somebody sees and of whom nobody here has the user ID. $1: the device; $2: after this user
/// ID; $3: only this one, or null. The card of whoever is there is that of the controller's record, because a
/// controller tells nobody what it holds; one of somebody who is not seen is nobody's to tell.
std::string changed_sql(const Branches& departments) {
    return fmt::format(
        "SELECT x.user_id, x.what, x.since, p.id, p.name, x.tag, CASE WHEN x.what = 'removed' THEN NULL ELSE "
        "(SELECT CASE WHEN EXISTS (SELECT 1 FROM card c WHERE c.number = v.card AND NOT {}) THEN NULL ELSE "
        "v.card END FROM event v WHERE v.kind = 'keypad_admin' AND v.device_id = $1 AND v.user_id = "
        "x.user_id "
        "AND v.detail = 'user_added' ORDER BY v.at DESC, v.id DESC LIMIT 1) END FROM ("
        "SELECT e.user_id, CASE WHEN coalesce(r.tag, 0) = 0 THEN 'added' ELSE 'changed' END AS what, "
        "coalesce(r.since, e.since) AS since, r.tag FROM device_entry e LEFT JOIN keypad_removal r ON "
        "r.device_id = e.device_id AND r.user_id = e.user_id WHERE e.device_id = $1 AND e.tag = 0 "
        "UNION ALL SELECT r.user_id, 'removed', r.since, r.tag FROM keypad_removal r WHERE r.device_id = $1 "
        "AND r.tag <> 0 AND NOT EXISTS (SELECT 1 FROM device_entry e WHERE e.device_id = r.device_id AND "
        "e.user_id = r.user_id)) x LEFT JOIN person p ON p.user_id = x.user_id WHERE x.user_id > $2 AND "
        "($3 IS NULL OR x.user_id = $3) AND (p.id IS NULL OR {}) ORDER BY x.user_id",
        person_seen(departments, "c.person_id"), person_seen(departments, "p.id"));
}

json::object keypad_person_json(const Row& row) {
    json::value person = nullptr;
    if (!row.is_null(3)) person = json::object{{"id", id_text(row.integer(3))}, {"name", row.text(4)}};
    const bool goes = !row.is_null(5) && row.integer(5) == 0;
    return {{"user_id", row.text(0)},
            {"change", row.text(1)},
            {"since", time_text(row.time(2))},
            {"person", std::move(person)},
            {"card", row.is_null(6) ? json::value(nullptr) : json::value(row.text(6))},
            {"being_removed", goes}};
}

/// Who it is, and what happened: for the audit log.
json::object told_of(const Row& row) {
    json::object told{{"user_id", row.text(0)}, {"change", row.text(1)}};
    if (!row.is_null(3))
        told["person"] = json::object{{"id", id_text(row.integer(3))}, {"name", row.text(4)}};
    return told;
}

std::unexpected<Problem> nothing() {
    return refuse(ErrorKind::conflict, "nothing_at_keypad",
                  "Nothing at the keypad differs any more. Somebody may have settled it.");
}

}  // namespace

Answer<json::object> KeypadPeople::list(Id device, const Branches& departments, const Page& page) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(fmt::format("{} LIMIT {}", changed_sql(departments), page.limit + 1),
                                {device, page.cursor.value_or(""), nullptr});
    });
    if (!rows) return std::unexpected(rows.error());
    return page_of(*rows, page.limit, keypad_person_json, [](const Row& row) { return row.text(0); });
}

base::Status KeypadPeople::note(Connection& connection, Id device, std::string_view action,
                                const json::object& after, const Actor& actor) const {
    const auto rows = connection.query("SELECT name FROM device WHERE id = $1", {device});
    if (!rows) return std::unexpected(rows.error());
    const auto name = rows->empty() ? std::nullopt : std::optional(rows->front().text(0));
    return audit_.append(connection, actor, action, Subject{"device", id_text(device), name}, nullptr,
                         &after);
}

base::Status KeypadPeople::put_back(Connection& connection, Id device, const Row& row) const {
    if (row.text(1) != "added")
        return ran(connection.execute("DELETE FROM keypad_removal WHERE device_id = $1 AND user_id = $2",
                                      {device, row.text(0)}));
    return ran(connection.execute(
        "INSERT INTO keypad_removal (device_id, user_id, tag, since) VALUES ($1, $2, 0, $3) ON CONFLICT DO "
        "NOTHING",
        {device, row.text(0), clock_.utc()}));
}

Outcome KeypadPeople::settle(Id device, KeypadDecision how, const PersonPatch& patch, const Part& part,
                             const Actor& actor) {
    const auto& departments = part.departments;
    std::optional<Id> removed;
    auto settled = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto rows = connection.query(changed_sql(departments), {device, "", patch.user_id});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return nothing();
        const auto& row = rows->front();
        auto told = told_of(row);
        if (how == KeypadDecision::put_back) {
            if (auto done = put_back(connection, device, row); !done) return std::unexpected(done.error());
        } else if (row.text(1) == "removed") {
            if (row.is_null(3)) return nothing();
            removed = row.integer(3);
            return {};
        } else {
            const auto taken = people_.take(connection, patch, Existing::change, departments, actor);
            if (!taken) return std::unexpected(taken.error());
            auto gone = ran(connection.execute(
                "DELETE FROM keypad_removal WHERE device_id = $1 AND user_id = $2", {device, patch.user_id}));
            if (!gone) return std::unexpected(gone.error());
            if (patch.pin) told["pin"] = "changed";
        }
        const auto noted = note(
            connection, device,
            how == KeypadDecision::adopt ? "keypad_person.adopted" : "keypad_person.put_back", told, actor);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (settled && removed) return people_.remove(*removed, AfterRemoval::keep, part, actor);
    // Whoever is adopted may be permitted elsewhere as well.
    if (settled && on_change)
        on_change({Changed::people, how == KeypadDecision::adopt ? Concerned() : std::set{device}});
    return settled;
}

Outcome KeypadPeople::put_all_back(Id device, const Branches& departments, const Actor& actor) {
    auto settled = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto rows = connection.query(changed_sql(departments), {device, "", nullptr});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows)
            if (auto done = put_back(connection, device, row); !done) return std::unexpected(done.error());
        if (rows->empty()) return nothing();
        const json::object told{{"count", rows->size()}};
        const auto noted = note(connection, device, "keypad_person.put_back", told, actor);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (settled && on_change) on_change({Changed::people, std::set{device}});
    return settled;
}

Outcome KeypadPeople::try_again(Id device, std::optional<Id> person, const Branches& departments,
                                const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        json::object told;
        std::optional<std::string> user;
        if (person) {
            const auto rows =
                connection.query("SELECT user_id, name, department_id FROM person WHERE id = $1", {*person});
            if (!rows) return std::unexpected(rows.error());
            if (rows->empty() || !holds(departments, rows->front().integer_or_null(2)))
                return no_such("person");
            user = rows->front().text(0);
            told["person"] = json::object{{"id", id_text(*person)}, {"name", rows->front().text(1)}};
        }
        auto outcome = ran(connection.execute(
            "DELETE FROM issue_failure WHERE device_id = $1 AND ($2 IS NULL OR user_id = $2)",
            {device, user}));
        if (outcome) outcome = note(connection, device, "device.issue_retried", told, actor);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
}

}  // namespace sallyport::server
