#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/accounts/operators.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::Row;

namespace {

constexpr std::string_view columns =
    "id, name, built_in, rights, revision, (SELECT count(*) FROM account a WHERE a.role_id = role.id)";

json::object role_json(const Row& row) {
    return {{"id", id_text(row.integer(0))},
            {"name", row.text(1)},
            {"built_in", row.is_null(2) ? json::value(nullptr) : json::value(row.text(2))},
            {"rights", rights_json(rights_from(row.text(3)))},
            {"revision", row.integer(4)},
            {"accounts", row.integer(5)}};
}

Answer<json::object> find(Connection& connection, Id id) {
    const auto rows = connection.query(fmt::format("SELECT {} FROM role WHERE id = $1", columns), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("role");
    return role_json(rows->front());
}

Rights rights_of(const json::object& role) {
    return rights_from(json::serialize(role.at("rights")));
}

Outcome check_name(Connection& connection, Id id, const std::string& name) {
    const auto rows =
        connection.query("SELECT 1 FROM role WHERE lower(name) = lower($1) AND id <> $2", {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is a role \"{}\" already. Choose another name.", name));
}

Outcome check_own(const json::object& role, const Account& by) {
    if (!role.at("built_in").is_null())
        return refuse(ErrorKind::conflict, "built_in",
                      "The roles that come with Sallyport stay as they are. Make a role of your own.");
    return check_covered(rights_of(role), by);
}

Subject subject_of(const json::object& role) {
    return {"role", std::string(role.at("id").as_string()), std::string(role.at("name").as_string())};
}

json::object told_of(json::object role) {
    for (const auto* member : {"accounts", "built_in"}) role.erase(member);
    return role;
}

}  // namespace

Outcome check_covered(const Rights& wanted, const Account& by) {
    if (by.rights.cover(wanted)) return {};
    return refuse(ErrorKind::forbidden, "beyond_your_rights",
                  "This role may do more than you may. Ask somebody who may do all of it.");
}

Outcome check_still_may(Connection& connection, const Keeper& by) {
    const auto accounts = load_accounts(connection, by.account.name);
    if (!accounts) return std::unexpected(accounts.error());
    for (const auto& now : *accounts)
        if (now.id == by.account.id && now.rights.cover(by.account.rights) && !now.areas && !now.departments)
            return {};
    return refuse(ErrorKind::forbidden, "forbidden",
                  "What this account may do was changed a moment ago. Load the page again.");
}

Answer<json::object> Roles::list(const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            where.add("id > ?", {*id});
        }
        const auto rows = connection.query(
            fmt::format("SELECT {} FROM role{} ORDER BY id LIMIT {}", columns, where.text(), page.limit + 1),
            where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_of(*rows, page.limit, role_json, [](const Row& row) { return id_text(row.integer(0)); });
    });
}

Answer<json::object> Roles::get(Id id) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id); });
}

Answer<json::object> Roles::add(const RolePatch& patch, const Keeper& by) {
    if (auto covered = check_covered(*patch.rights, by.account); !covered)
        return std::unexpected(covered.error());
    const auto id = ids_.next();
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto may = check_still_may(connection, by); !may) return std::unexpected(may.error());
        if (auto is_free = check_name(connection, id, *patch.name); !is_free)
            return std::unexpected(is_free.error());
        const auto made =
            connection.execute("INSERT INTO role (id, name, rights, revision) VALUES ($1, $2, $3, 1)",
                               {id, patch.name, json::serialize(rights_json(*patch.rights))});
        if (!made) return std::unexpected(made.error());
        auto role = find(connection, id);
        if (!role) return role;
        const auto after = told_of(*role);
        auto noted = audit_.append(connection, by.actor, "role.added", subject_of(*role), nullptr, &after);
        if (!noted) return std::unexpected(noted.error());
        return role;
    });
}

Answer<json::object> Roles::change(Id id, const RolePatch& patch, const Keeper& by) {
    auto changed = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto may = check_still_may(connection, by); !may) return std::unexpected(may.error());
        const auto before = find(connection, id);
        if (!before) return before;
        if (auto own = check_own(*before, by.account); !own) return std::unexpected(own.error());
        const Revised row{"role", id, before->at("name").as_string()};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        if (patch.name)
            if (auto is_free = check_name(connection, id, *patch.name); !is_free)
                return std::unexpected(is_free.error());
        std::optional<std::string> rights;
        if (patch.rights) {
            if (auto covered = check_covered(*patch.rights, by.account); !covered)
                return std::unexpected(covered.error());
            rights = json::serialize(rights_json(*patch.rights));
        }
        const auto done = connection.execute(
            "UPDATE role SET name = coalesce($2, name), rights = coalesce($3, rights) WHERE id = $1",
            {id, patch.name, rights});
        if (!done) return std::unexpected(done.error());
        auto role = find(connection, id);
        if (!role) return role;
        const auto told = changes(told_of(*before), told_of(*role));
        if (told.none()) return role;
        auto noted =
            audit_.append(connection, by.actor, "role.changed", subject_of(*role), &told.before, &told.after);
        if (!noted) return std::unexpected(noted.error());
        return role;
    });
    if (changed) sessions_.refresh();
    return changed;
}

Outcome Roles::remove(Id id, const Keeper& by) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        if (auto may = check_still_may(connection, by); !may) return may;
        const auto role = find(connection, id);
        if (!role) return std::unexpected(role.error());
        if (auto own = check_own(*role, by.account); !own) return own;
        if (const auto users = role->at("accounts").as_int64(); users > 0)
            return refuse(ErrorKind::conflict, "role_in_use",
                          fmt::format("{} accounts have this role. Give them another one first.", users));
        const auto done = connection.execute("DELETE FROM role WHERE id = $1", {id});
        if (!done) return std::unexpected(done.error());
        const auto before = told_of(*role);
        auto noted = audit_.append(connection, by.actor, "role.removed", subject_of(*role), &before, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
}

}  // namespace sallyport::server
