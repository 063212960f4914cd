#include "server/accounts/operators.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/accounts/attempts.hpp"
#include "server/accounts/lockout.hpp"
#include "server/accounts/password_policy.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;

namespace {

json::value list_json(const std::optional<std::vector<Id>>& branches) {
    if (!branches) return nullptr;
    json::array ids;
    for (const auto id : *branches) ids.emplace_back(id_text(id));
    return ids;
}

json::value mailbox_json(const Account& account, const Account& reader) {
    if (!account.mailbox) return nullptr;
    const bool shown = reader.rights.may(Function::accounts, Level::administer);
    return json::object{{"address", shown ? json::value(*account.mailbox) : json::value(nullptr)},
                        {"proved", account.mailbox_state == Account::Mailbox::proved}};
}

json::object account_json(const Account& account, const Account& reader) {
    return {{"id", id_text(account.id)},
            {"name", account.name},
            {"role_id", id_text(account.role_id)},
            {"areas", list_json(account.areas)},
            {"departments", list_json(account.departments)},
            {"must_change", account.password == Account::Password::to_change},
            {"second_factor", account.second_factor == Account::SecondFactor::on},
            {"mailbox", mailbox_json(account, reader)},
            {"password_changed_at", time_text(account.password_changed_at)},
            {"created_at", time_text(account.created_at)},
            {"revision", account.revision}};
}

Subject subject_of(const Account& account) {
    return {"account", id_text(account.id), account.name};
}

base::Result<json::value> names_of(Connection& connection, TreeOf tree,
                                   const std::optional<std::vector<Id>>& branches) {
    if (!branches) return nullptr;
    json::array names;
    for (const auto id : *branches) {
        auto named = named_branch(connection, tree, id);
        if (!named) return named;
        names.push_back(*std::move(named));
    }
    return names;
}

Outcome check_role(Connection& connection, Id id, const Account& by) {
    const auto rows = connection.query("SELECT rights FROM role WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty())
        return wrong_field("role_id", "not_found", "There is no such role. It may have been removed.");
    return check_covered(rights_from(rows->front().text(0)), by);
}

Outcome check_administrators(Connection& connection) {
    const auto rows = connection.query(
        "SELECT 1 FROM account WHERE role_id = $1 AND all_areas = 1 AND all_departments = 1 LIMIT 1",
        {administrator_role});
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty()) return {};
    return refuse(ErrorKind::conflict, "last_administrator",
                  "This is the last administrator of the whole site. Make another one first.");
}

/// Replaces the list of one tree.
Outcome store_branches(Connection& connection, TreeOf tree, Id account,
                       const std::optional<std::vector<Id>>& branches) {
    const std::string_view name = tree == TreeOf::areas ? "area" : "department";
    const auto field = fmt::format("{}s", name);
    auto done = connection.execute(fmt::format("UPDATE account SET all_{}s = $1 WHERE id = $2", name),
                                   {branches ? 0 : 1, account});
    if (done)
        done =
            connection.execute(fmt::format("DELETE FROM account_{} WHERE account_id = $1", name), {account});
    if (!done) return std::unexpected(done.error());
    for (std::size_t i = 0; branches && i < branches->size(); ++i) {
        const auto id = (*branches)[i];
        if (auto known = check_branch(connection, tree, id, std::nullopt, fmt::format("{}.{}", field, i));
            !known)
            return known;
        done = connection.execute(
            fmt::format("INSERT INTO account_{0} (account_id, {0}_id) VALUES ($1, $2)", name), {account, id});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

Answer<Account> find(Connection& connection, Id id) {
    const auto accounts = load_accounts(connection, std::nullopt);
    if (!accounts) return std::unexpected(accounts.error());
    const auto found = std::ranges::find(*accounts, id, &Account::id);
    if (found == accounts->end()) return no_such("account");
    return *found;
}

/// As the audit log keeps it.
Answer<json::object> told(Connection& connection, const Account& account) {
    auto areas = names_of(connection, TreeOf::areas, account.areas);
    if (!areas) return std::unexpected(areas.error());
    auto departments = names_of(connection, TreeOf::departments, account.departments);
    if (!departments) return std::unexpected(departments.error());
    return json::object{{"name", account.name},
                        {"role", json::object{{"id", id_text(account.role_id)}, {"name", account.role}}},
                        {"areas", *std::move(areas)},
                        {"departments", *std::move(departments)}};
}

Outcome store(Connection& connection, Id id, const AccountPatch& patch, const Keeper& by) {
    if (patch.role_id) {
        if (auto given = check_role(connection, *patch.role_id, by.account); !given) return given;
        const auto done =
            connection.execute("UPDATE account SET role_id = $1 WHERE id = $2", {*patch.role_id, id});
        if (!done) return std::unexpected(done.error());
    }
    if (patch.areas)
        if (auto done = store_branches(connection, TreeOf::areas, id, *patch.areas); !done) return done;
    if (patch.departments)
        if (auto done = store_branches(connection, TreeOf::departments, id, *patch.departments); !done)
            return done;
    return check_administrators(connection);
}

}  // namespace

Answer<json::object> Operators::list(const Page& page, const Account& reader) const {
    const auto accounts = ports::read_from(
        database_, [](Connection& connection) { return load_accounts(connection, std::nullopt); });
    if (!accounts) return std::unexpected(accounts.error());
    auto begin = accounts->begin();
    if (page.cursor) {
        const auto id = id_from(*page.cursor);
        begin = std::ranges::find_if(*accounts, [&](const Account& one) { return id && one.id == *id; });
        if (begin == accounts->end()) return bad_cursor();
        ++begin;
    }
    const auto end = begin + std::min<std::ptrdiff_t>(page.limit, accounts->end() - begin);
    json::array items;
    for (auto one = begin; one != end; ++one) items.push_back(account_json(*one, reader));
    json::value next = nullptr;
    if (end != accounts->end()) next = id_text((end - 1)->id);
    return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

Answer<json::object> Operators::get(Id id, const Account& reader) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto account = find(connection, id);
        if (!account) return std::unexpected(account.error());
        return account_json(*account, reader);
    });
}

Answer<std::string> Operators::hash(const AccountPatch& patch, const std::string& name) {
    if (!patch.password) return std::string();
    if (auto broken = broken_rules(*patch.password, name); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    auto made = passwords_.hash(*patch.password);
    if (!made) return std::unexpected(made.error());
    return *std::move(made);
}

Answer<json::object> Operators::add(const AccountPatch& patch, const Keeper& by) {
    const auto password = hash(patch, *patch.name);
    if (!password) return std::unexpected(password.error());
    const auto id = ids_.next();
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto may = check_still_may(connection, by); !may) return std::unexpected(may.error());
        const auto same = connection.query("SELECT 1 FROM account WHERE name = $1", {patch.name});
        if (!same) return std::unexpected(same.error());
        if (!same->empty())
            return refuse(
                ErrorKind::conflict, "name_taken",
                fmt::format("There is an account \"{}\" already. Choose another name.", *patch.name));
        const auto made = connection.execute(
            "INSERT INTO account (id, name, password_hash, language, role_id, created_at, "
            "password_changed_at, "
            "must_change) VALUES ($1, $2, $3, $4, $5, $6, $6, 1)",
            {id, patch.name, *password, by.account.language, *patch.role_id, clock_.utc()});
        if (!made) return std::unexpected(made.error());
        if (auto stored = store(connection, id, patch, by); !stored) return std::unexpected(stored.error());
        const auto account = find(connection, id);
        if (!account) return std::unexpected(account.error());
        const auto after = told(connection, *account);
        if (!after) return std::unexpected(after.error());
        auto noted =
            audit_.append(connection, by.actor, "account.added", subject_of(*account), nullptr, &*after);
        if (!noted) return std::unexpected(noted.error());
        return account_json(*account, by.account);
    });
}

Answer<json::object> Operators::change(Id id, const AccountPatch& patch, const Keeper& by) {
    const auto known = get(id, by.account);
    if (!known) return std::unexpected(known.error());
    const auto password = hash(patch, std::string(known->at("name").as_string()));
    if (!password) return std::unexpected(password.error());
    auto changed = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto may = check_still_may(connection, by); !may) return std::unexpected(may.error());
        const auto before = find(connection, id);
        if (!before) return std::unexpected(before.error());
        if (auto covered = check_covered(before->rights, by.account); !covered)
            return std::unexpected(covered.error());
        if (auto begun = begin_change(connection, {"account", id, before->name}, patch.revision); !begun)
            return std::unexpected(begun.error());
        const auto was = told(connection, *before);
        if (!was) return std::unexpected(was.error());
        if (auto stored = store(connection, id, patch, by); !stored) return std::unexpected(stored.error());
        base::Status done;
        if (patch.password)
            done = ran(connection.execute(
                "UPDATE account SET password_hash = $1, password_changed_at = $2, must_change = 1 WHERE id = "
                "$3",
                {*password, clock_.utc(), id}));
        if (done && patch.password)
            done = ran(connection.execute("DELETE FROM session WHERE account_id = $1", {id}));
        if (done && patch.password)
            if (auto told_of_it = mailboxes_.tell_password_changed(connection, id); !told_of_it)
                return std::unexpected(told_of_it.error());
        if (done && patch.mailbox == AccountPatch::Mailbox::goes)
            if (auto gone = mailboxes_.remove(connection, *before, by.actor); !gone)
                return std::unexpected(gone.error());
        if (!done) return std::unexpected(done.error());
        const auto account = find(connection, id);
        if (!account) return std::unexpected(account.error());
        const auto is = told(connection, *account);
        if (!is) return std::unexpected(is.error());
        auto found = changes(*was, *is);
        if (patch.password) found.after["password"] = "changed";
        if (found.none()) return account_json(*account, by.account);
        auto noted = audit_.append(connection, by.actor, "account.changed", subject_of(*account),
                                   &found.before, &found.after);
        if (!noted) return std::unexpected(noted.error());
        return account_json(*account, by.account);
    });
    if (changed && (patch.password || patch.mailbox == AccountPatch::Mailbox::goes)) mailboxes_.changed(id);
    if (changed) sessions_.refresh();
    return changed;
}

Outcome Operators::remove(Id id, const Keeper& by) {
    if (id == by.account.id)
        return refuse(ErrorKind::conflict, "own_account",
                      "This is the account that you are signed in with. Let somebody else remove it.");
    auto gone = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        if (auto may = check_still_may(connection, by); !may) return may;
        const auto account = find(connection, id);
        if (!account) return std::unexpected(account.error());
        if (auto covered = check_covered(account->rights, by.account); !covered)
            return std::unexpected(covered.error());
        const auto before = told(connection, *account);
        if (!before) return std::unexpected(before.error());
        const auto done = connection.execute("DELETE FROM account WHERE id = $1", {id});
        if (!done) return std::unexpected(done.error());
        if (auto kept = check_administrators(connection); !kept) return std::unexpected(kept.error());
        auto noted =
            audit_.append(connection, by.actor, "account.removed", subject_of(*account), &*before, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (gone) sessions_.refresh();
    return gone;
}

Answer<Account> Operators::within_reach(Id id, const Keeper& by) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<Account> {
        auto account = find(connection, id);
        if (!account) return account;
        if (auto covered = check_covered(account->rights, by.account); !covered)
            return std::unexpected(covered.error());
        return account;
    });
}

Answer<json::object> Operators::lockouts() const {
    const auto now = clock_.utc();
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(
            "SELECT kind, subject, locked_until FROM login_failure WHERE locked_until > $1 AND locked_until "
            "<= "
            "$2 ORDER BY locked_until DESC, kind, subject LIMIT 1000",
            {now, now + longest_lock});
    });
    if (!rows) return std::unexpected(rows.error());
    json::array items;
    for (const auto& row : *rows)
        items.push_back(json::object{
            {"kind", row.text(0)}, {"subject", row.text(1)}, {"locked_until", time_text(row.time(2))}});
    return json::object{{"items", std::move(items)}, {"next", nullptr}};
}

Answer<base::UtcTime> Operators::lock(const std::string& account, const Actor& actor) {
    const auto now = clock_.utc();
    const Failures failures{.failures = 0, .locks = 1, .locked_until = now + longest_lock, .last_at = now};
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        if (auto done = store_failures(connection, {std::string(hand_lock), account}, failures); !done)
            return done;
        const json::object after{{"locked", "account"}};
        return audit_.append(connection, actor, "lockout.set", Subject{"lockout", std::nullopt, account},
                             nullptr, &after);
    });
    if (!stored) return std::unexpected(stored.error());
    return failures.locked_until;
}

Outcome Operators::lift(const std::string& kind, const std::string& subject, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto done =
            connection.execute("DELETE FROM login_failure WHERE kind = $1 AND subject = $2", {kind, subject});
        if (!done) return std::unexpected(done.error());
        if (*done == 0) return {};
        const json::object before{{"locked", kind}};
        auto noted = audit_.append(connection, actor, "lockout.lifted",
                                   Subject{"lockout", std::nullopt, subject}, &before, nullptr);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
}

}  // namespace sallyport::server
