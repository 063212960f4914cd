#include "server/rules/public_passwords.hpp"

#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/rules/one_controller.hpp"
#include "server/secrets/public_codes.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::string_view columns = "id, number, name, valid_from, valid_to, uses, changed_at, revision";

std::string password_seen(const Branches& seen) {
    return fmt::format(
        "NOT EXISTS (SELECT 1 FROM public_password_door m WHERE m.password_id = public_password.id AND NOT "
        "{})",
        door_seen(seen, "m.door_id"));
}

json::value time_or_null(const std::optional<base::UtcTime>& time) {
    return time ? json::value(time_text(*time)) : json::value(nullptr);
}

struct Place {
    json::array doors;
    std::set<Id> devices;
};
base::Result<Place> place_of(Connection& connection, Id password) {
    const auto rows = connection.query(
        "SELECT m.door_id, d.device_id FROM public_password_door m JOIN door d ON d.id = m.door_id WHERE "
        "m.password_id = $1 ORDER BY lower(d.name), d.id",
        {password});
    if (!rows) return std::unexpected(rows.error());
    Place place;
    for (const auto& row : *rows) {
        place.doors.emplace_back(id_text(row.integer(0)));
        place.devices.insert(row.integer(1));
    }
    return place;
}

base::Result<json::object> password_json(Connection& connection, const Row& row) {
    auto place = place_of(connection, row.integer(0));
    if (!place) return std::unexpected(place.error());
    const auto uses = row.integer_or_null(5);
    json::array devices;
    for (const auto device : place->devices) devices.emplace_back(id_text(device));
    return json::object{{"id", id_text(row.integer(0))},
                        {"number", row.integer(1)},
                        {"name", row.text(2)},
                        {"doors", std::move(place->doors)},
                        {"valid_from", time_or_null(row.time_or_null(3))},
                        {"valid_to", time_or_null(row.time_or_null(4))},
                        {"uses", uses ? json::value(*uses) : json::value(nullptr)},
                        {"issue", std::move(devices)},
                        {"changed_at", time_text(row.time(6))},
                        {"revision", row.integer(7)}};
}

Answer<json::object> find(Connection& connection, Id id, const Branches& seen) {
    const auto rows = connection.query(
        fmt::format("SELECT {} FROM public_password WHERE id = $1 AND {}", columns, password_seen(seen)),
        {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("public password");
    auto found = password_json(connection, rows->front());
    if (!found) return std::unexpected(found.error());
    return *std::move(found);
}

std::set<Id> devices_of(const json::object& password) {
    std::set<Id> devices;
    for (const auto& id : password.at("issue").as_array())
        devices.insert(id_from(id.as_string()).value_or(0));
    return devices;
}

Subject subject_of(const json::object& password) {
    return {"public_password", std::string(password.at("id").as_string()),
            std::string(password.at("name").as_string())};
}

/// For the audit log: doors by their names, and of the code only that it changed.
base::Result<json::object> told_of(Connection& connection, json::object password) {
    for (const auto* own : {"issue", "changed_at"}) password.erase(own);
    if (const auto* doors = password.if_contains("doors")) {
        std::vector<Id> ids;
        for (const auto& id : doors->as_array()) ids.push_back(id_from(id.as_string()).value_or(0));
        auto names = named_doors(connection, ids);
        if (!names) return std::unexpected(names.error());
        password["doors"] = *std::move(names);
    }
    return password;
}

std::unexpected<Problem> ends_before_it_starts() {
    return wrong_field("valid_to", "order", "The end must be after the start.");
}

/// A number names a password in records for ever.
base::Result<std::int64_t> next_number(Connection& connection) {
    const auto kept = connection.query("SELECT value FROM setting WHERE name = 'next_public_password'");
    if (!kept) return std::unexpected(kept.error());
    const auto number = kept->empty() ? Id{1} : id_from(kept->front().text(0)).value_or(1);
    const auto stored = connection.execute(
        "INSERT INTO setting (name, value) VALUES ('next_public_password', $1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {std::to_string(number + 1)});
    if (!stored) return std::unexpected(stored.error());
    return number;
}

/// All but the code, which is looked at when nothing else is wrong: a guess must not be free
/// (found_codes.hpp).
Outcome check_rest(Connection& connection, const PublicPasswordPatch& patch, const Branches& seen) {
    const auto known = fmt::format("SELECT 1 FROM door d WHERE d.id = $1 AND {}", door_seen(seen, "d.id"));
    for (std::size_t i = 0; patch.doors && i < patch.doors->size(); ++i) {
        const auto rows = connection.query(known, {(*patch.doors)[i]});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty())
            return wrong_field(fmt::format("doors.{}", i), "not_found",
                               "There is no such door. It may have been removed.");
    }
    const auto from = patch.valid_from.value_or(std::nullopt);
    const auto to = patch.valid_to.value_or(std::nullopt);
    if (from && to && *to <= *from) return ends_before_it_starts();
    return {};
}

Outcome store_doors(Connection& connection, Id id, const std::vector<Id>& doors) {
    auto outcome = ran(connection.execute("DELETE FROM public_password_door WHERE password_id = $1", {id}));
    for (const auto door : doors)
        if (outcome)
            outcome = ran(connection.execute(
                "INSERT INTO public_password_door (password_id, door_id) VALUES ($1, $2)", {id, door}));
    if (!outcome) return std::unexpected(outcome.error());
    const auto full = connection.query(
        "SELECT v.name FROM device v WHERE (SELECT count(DISTINCT m.password_id) FROM public_password_door m "
        "JOIN door d ON d.id = m.door_id WHERE d.device_id = v.id) > $1 LIMIT 1",
        {PublicPasswords::most_of_a_controller});
    if (!full) return std::unexpected(full.error());
    if (full->empty()) return {};
    return refuse(ErrorKind::conflict, "too_many_public_passwords",
                  fmt::format("A controller holds {} public passwords at most, and \"{}\" has as many.",
                              PublicPasswords::most_of_a_controller, full->front().text(0)));
}

Outcome check_validity(Connection& connection, Id id) {
    const auto wrong =
        connection.query("SELECT 1 FROM public_password WHERE id = $1 AND valid_to <= valid_from", {id});
    if (!wrong) return std::unexpected(wrong.error());
    if (wrong->empty()) return {};
    return ends_before_it_starts();
}

}  // namespace

void PublicPasswords::tell_issue(json::object& password) const {
    json::array issue;
    for (const auto device : devices_of(password)) issue.push_back(issue_of_(device));
    password["issue"] = std::move(issue);
}

Answer<json::object> PublicPasswords::list(const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        where.add(password_seen(seen), {});
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            where.add("id > ?", {*id});
        }
        const auto rows =
            connection.query(fmt::format("SELECT {} FROM public_password{} ORDER BY id LIMIT {}", columns,
                                         where.text(), page.limit + 1),
                             where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit, [&](const Row& row) {
            auto one = password_json(connection, row);
            if (one) tell_issue(*one);
            return one;
        });
    });
}

Answer<json::object> PublicPasswords::get(Id id, const Branches& seen) const {
    auto found =
        ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
    if (found) tell_issue(*found);
    return found;
}

/// When nothing else is wrong. It says of nobody who it is: who sets codes need not see people.
Outcome PublicPasswords::check_code(Connection& connection, Id id, const base::Secret& code) const {
    const auto taken = connection.query(
        "SELECT 1 FROM public_password WHERE code_mark = $1 AND id <> $2 UNION SELECT 1 FROM person WHERE "
        "user_id = $3 UNION SELECT 1 FROM device_entry WHERE user_id = $3 AND tag = 0",
        {sealer_.mark(code, public_code_marks), id, std::string(code.reveal())});
    if (!taken) return std::unexpected(taken.error());
    if (taken->empty()) return {};
    return refuse(ErrorKind::conflict, "code_taken",
                  "This code is another public password, or somebody's user ID. Choose another one.");
}

base::Status PublicPasswords::insert(Connection& connection, Id id, const PublicPasswordPatch& patch) {
    const auto number = next_number(connection);
    if (!number) return std::unexpected(number.error());
    return ran(connection.execute(
        "INSERT INTO public_password (id, number, name, code, code_mark, uses_series, changed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {id, *number, patch.name, sealer_.seal(*patch.code, public_code_purpose(id)),
         sealer_.mark(*patch.code, public_code_marks), ids_.next(), clock_.utc()}));
}

Answer<json::object> PublicPasswords::store(Connection& connection, Id id, const PublicPasswordPatch& patch,
                                            const Branches& seen) {
    base::Status outcome;
    const auto set = [&](bool sent, std::string_view column, const ports::Parameter& value) {
        if (sent && outcome)
            outcome = ran(connection.execute(
                fmt::format("UPDATE public_password SET {} = $1 WHERE id = $2", column), {value, id}));
    };
    set(patch.name.has_value(), "name", patch.name);
    if (patch.code) {
        set(true, "code", sealer_.seal(*patch.code, public_code_purpose(id)));
        set(true, "code_mark", sealer_.mark(*patch.code, public_code_marks));
    }
    set(patch.valid_from.has_value(), "valid_from", patch.valid_from.value_or(std::nullopt));
    set(patch.valid_to.has_value(), "valid_to", patch.valid_to.value_or(std::nullopt));
    set(patch.uses.has_value(), "uses", patch.uses.value_or(std::nullopt));
    if (patch.uses) set(true, "uses_series", ids_.next());
    set(true, "changed_at", clock_.utc());
    if (!outcome) return std::unexpected(outcome.error());
    if (auto valid = check_validity(connection, id); !valid) return std::unexpected(valid.error());
    if (patch.doors)
        if (auto stored = store_doors(connection, id, *patch.doors); !stored)
            return std::unexpected(stored.error());
    return find(connection, id, seen);
}

Answer<json::object> PublicPasswords::add(const PublicPasswordPatch& patch, const Branches& seen,
                                          const Actor& actor) {
    const auto id = ids_.next();
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        auto is_free = check_name_free(connection, "public_password", "a public password", id, *patch.name);
        if (is_free) is_free = check_rest(connection, patch, seen);
        if (is_free) is_free = check_code(connection, id, *patch.code);
        if (!is_free) return std::unexpected(is_free.error());
        if (auto made = insert(connection, id, patch); !made) return std::unexpected(made.error());
        auto made = store(connection, id, patch, seen);
        if (!made) return made;
        const auto told = told_of(connection, *made);
        if (!told) return std::unexpected(told.error());
        const auto noted =
            audit_.append(connection, actor, "public_password.added", subject_of(*made), nullptr, &*told);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (!added) return added;
    if (on_change) on_change({Changed::doors, devices_of(*added)});
    tell_issue(*added);
    return added;
}

Answer<json::object> PublicPasswords::change(Id id, const PublicPasswordPatch& patch, const Branches& seen,
                                             const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, seen);
        if (!before) return before;
        const Revised row{"public_password", id, before->at("name").as_string()};
        auto is_free = begin_change(connection, row, patch.revision);
        if (is_free && patch.name)
            is_free = check_name_free(connection, "public_password", "a public password", id, *patch.name);
        if (is_free) is_free = check_rest(connection, patch, seen);
        if (is_free && patch.code) is_free = check_code(connection, id, *patch.code);
        if (!is_free) return std::unexpected(is_free.error());
        auto made = store(connection, id, patch, seen);
        if (!made) return made;
        devices = devices_of(*before);
        devices.merge(devices_of(*made));
        const auto was = told_of(connection, *before);
        if (!was) return std::unexpected(was.error());
        const auto is = told_of(connection, *made);
        if (!is) return std::unexpected(is.error());
        auto told = changes(*was, *is);
        if (patch.code) told.after["code"] = "changed";
        if (told.none()) return made;
        const auto noted = audit_.append(connection, actor, "public_password.changed", subject_of(*made),
                                         &told.before, &told.after);
        if (!noted) return std::unexpected(noted.error());
        return made;
    });
    if (!after) return after;
    if (on_change) on_change({Changed::doors, std::move(devices)});
    tell_issue(*after);
    return after;
}

Outcome PublicPasswords::remove(Id id, const Branches& seen, const Actor& actor) {
    std::set<Id> devices;
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto one = find(connection, id, seen);
        if (!one) return std::unexpected(one.error());
        devices = devices_of(*one);
        const auto told = told_of(connection, *one);
        if (!told) return std::unexpected(told.error());
        auto outcome = ran(connection.execute("DELETE FROM public_password WHERE id = $1", {id}));
        if (outcome)
            outcome = audit_.append(connection, actor, "public_password.removed", subject_of(*one), &*told,
                                    nullptr);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (removed && on_change) on_change({Changed::doors, std::move(devices)});
    return removed;
}

}  // namespace sallyport::server
