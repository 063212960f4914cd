#include "server/tokens/tokens.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/accounts/attempts.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/parameters.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;

namespace {

constexpr base::Duration stored_every = std::chrono::minutes{1};
/// Addresses that are remembered for wrong tokens.
constexpr std::size_t most_addresses = 10'000;
constexpr std::string_view lockout_kind = "token";

using Ids = std::optional<std::vector<Id>>;

json::value list_json(const Ids& branches) {
    if (!branches) return nullptr;
    json::array ids;
    for (const auto id : *branches) ids.emplace_back(id_text(id));
    return ids;
}

std::optional<std::string> stored_list(const Ids& branches) {
    return branches ? std::optional(json::serialize(list_json(branches))) : std::nullopt;
}

Ids list_from(const std::optional<std::string>& stored) {
    if (!stored) return std::nullopt;
    std::vector<Id> ids;
    boost::system::error_code failed;
    const auto list = json::parse(*stored, failed);
    if (failed || !list.is_array()) return ids;
    for (const auto& one : list.get_array())
        if (const auto id = one.is_string() ? id_from(one.get_string()) : std::nullopt) ids.push_back(*id);
    return ids;
}

json::value time_or_null(const std::optional<base::UtcTime>& time) {
    return time ? json::value(time_text(*time)) : json::value(nullptr);
}

/// What is below both lists; the result names each branch by itself.
Ids narrowed(const Tree& tree, const Ids& makers, const Ids& tokens) {
    if (!tokens) return makers;
    const auto seen = makers ? Branches(tree.below(*makers)) : std::nullopt;
    const auto both_see = both(seen, tree.below(*tokens));
    return std::vector<Id>(both_see->begin(), both_see->end());
}

json::object token_json(const Token& token, const Account& maker) {
    return {{"id", id_text(token.id)},
            {"name", token.name},
            {"account", maker.name},
            {"rights", rights_json(token.rights)},
            {"areas", list_json(token.areas)},
            {"departments", list_json(token.departments)},
            {"created_at", time_text(token.created_at)},
            {"expires_at", time_or_null(token.expires_at)},
            {"used_at", time_or_null(token.used_at)},
            {"used_from", token.used_from ? json::value(*token.used_from) : json::value(nullptr)}};
}

Subject subject_of(const Token& token) {
    return {"token", id_text(token.id), token.name};
}

bool sees_all_tokens(const Session& session, const Viewer& viewer, Level level) {
    return session.account.rights.may(Function::accounts, level) && viewer.part.whole();
}

Token token_of(const ports::Row& row) {
    Token token;
    token.id = row.integer(1);
    token.account_id = row.integer(2);
    token.name = row.text(3);
    token.rights = rights_from(row.text(4));
    token.areas = list_from(row.text_or_null(5));
    token.departments = list_from(row.text_or_null(6));
    token.created_at = row.time(7);
    token.expires_at = row.time_or_null(8);
    token.used_at = row.time_or_null(9);
    token.used_from = row.text_or_null(10);
    return token;
}

/// By address or account.
std::map<std::string, Failures, std::less<>> failures_in(const ports::Rows& rows) {
    std::map<std::string, Failures, std::less<>> all;
    for (const auto& row : rows)
        all[row.text(0)] = {row.integer(1), row.integer(2), row.time(3), row.time(4)};
    return all;
}

base::Result<json::value> names_of(Connection& connection, TreeOf tree, const Ids& branches) {
    if (!branches) return nullptr;
    json::array names;
    for (const auto id : *branches) {
        auto named = named_branch(connection, tree, id);
        if (!named) return named;
        names.push_back(*std::move(named));
    }
    return names;
}

/// Branches that the maker does not see answer as unknown ones do.
Outcome check_branches(Connection& connection, TreeOf tree, const Ids& ids, const Branches& seen,
                       std::string_view field) {
    for (std::size_t i = 0; ids && i < ids->size(); ++i)
        if (auto known = check_branch(connection, tree, (*ids)[i], seen, fmt::format("{}.{}", field, i));
            !known)
            return known;
    return {};
}

std::unexpected<Problem> beyond_rights() {
    return refuse(ErrorKind::forbidden, "beyond_your_rights",
                  "A token may not do more than you may. Lower its rights.");
}

}  // namespace

base::Status Tokens::load() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT token_hash, id, account_id, name, rights, areas, departments, created_at, expires_at, "
            "used_at, used_from FROM api_token");
    });
    if (!rows) return std::unexpected(rows.error());
    const auto failures = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT subject, failures, locks, locked_until, last_at FROM login_failure WHERE kind = $1",
            {lockout_kind});
    });
    if (!failures) return std::unexpected(failures.error());
    look_for_locks();
    const std::lock_guard lock(mutex_);
    for (const auto& row : *rows) {
        auto token = token_of(row);
        const auto stored = token.used_at.value_or(base::UtcTime{});
        Account maker;
        maker.id = token.account_id;
        by_hash_[row.blob(0)] = {std::move(token), std::move(maker), stored};
    }
    failures_ = failures_in(*failures);
    return {};
}

void Tokens::accounts_changed(const std::vector<Account>& accounts) {
    const std::lock_guard lock(mutex_);
    for (auto entry = by_hash_.begin(); entry != by_hash_.end();) {
        auto& maker = entry->second.maker;
        const auto found = std::ranges::find(accounts, maker.id, &Account::id);
        if (found != accounts.end()) maker = *found;
        entry = found == accounts.end() ? by_hash_.erase(entry) : std::next(entry);
    }
}

bool Tokens::has_expired(const Token& token) const {
    return token.expires_at && *token.expires_at <= clock_.utc();
}

std::optional<base::UtcTime> Tokens::locked_until(const Account& maker) const {
    const auto lock = locks_.find(maker.name);
    if (lock == locks_.end() || !is_locked(lock->second, clock_.utc())) return std::nullopt;
    return lock->second.locked_until;
}

void Tokens::look_for_locks() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT subject, failures, locks, locked_until, last_at FROM login_failure WHERE kind = $1",
            {hand_lock});
    });
    if (!rows) return;  // what was so stays so
    const std::lock_guard lock(mutex_);
    locks_ = failures_in(*rows);
}

Session Tokens::session_of(const Kept& kept) const {
    auto account = kept.maker;
    account.rights = both(account.rights, kept.token.rights);
    account.areas = narrowed(areas_, account.areas, kept.token.areas);
    account.departments = narrowed(departments_, account.departments, kept.token.departments);
    Session session;
    session.id = kept.token.id;
    session.account = std::move(account);
    session.since = kept.token.created_at;
    session.last_seen = clock_.utc();
    session.token = kept.token.name;
    return session;
}

Answer<Session> Tokens::use(std::string_view text, const Caller& caller) {
    const auto now = clock_.utc();
    const std::lock_guard lock(mutex_);
    const auto known = failures_.find(caller.counted());
    if (known != failures_.end() && is_locked(known->second, now))
        return std::unexpected(locked_out(known->second.locked_until, now, "locked_out"));
    const auto found = text.size() > 128 ? by_hash_.end() : by_hash_.find(token_hash(text));
    if (found == by_hash_.end()) {
        note_wrong(caller);
        return refuse(ErrorKind::unauthenticated, "wrong_token",
                      "There is no such token. It may have been revoked. After five wrong ones an address is "
                      "locked for a while.");
    }
    auto& kept = found->second;
    if (has_expired(kept.token))
        return refuse(ErrorKind::unauthenticated, "token_expired",
                      "This token has expired. Make a new one in the settings.");
    if (const auto until = locked_until(kept.maker))
        return refuse(ErrorKind::limit, "locked_out",
                      fmt::format("The account of this token is locked until {}.", time_text(*until)));
    note_use(kept, caller);
    return session_of(kept);
}

void Tokens::note_wrong(const Caller& caller) {
    const auto now = clock_.utc();
    const auto counted = caller.counted();
    if (failures_.size() >= most_addresses && !failures_.contains(counted))
        failures_.erase(std::ranges::min_element(
            failures_, {}, [](const auto& entry) { return entry.second.last_at.microseconds; }));
    auto& failures = failures_[counted];
    failures = after_failure(failures, now);
    database_.write(
        [this, counted, address = caller.address, failures](Connection& connection) -> base::Status {
            if (auto stored = store_failures(connection, {std::string(lockout_kind), counted}, failures);
                !stored)
                return stored;
            return audit_.append(connection, {std::nullopt, address}, "token.refused", std::nullopt);
        },
        [](const base::Status&) {});
}

void Tokens::note_use(Kept& kept, const Caller& caller) {
    auto& token = kept.token;
    const bool elsewhere = token.used_from != caller.address;
    token.used_at = clock_.utc();
    token.used_from = caller.address;
    if (!elsewhere && *token.used_at - kept.stored < stored_every) return;
    kept.stored = *token.used_at;
    database_.write(
        [id = token.id, at = *token.used_at, from = caller.address](Connection& connection) {
            return ran(connection.execute("UPDATE api_token SET used_at = $2, used_from = $3 WHERE id = $1",
                                          {id, at, from}));
        },
        [](const base::Status&) {});
}

std::optional<Session> Tokens::find(Id id) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [hash, kept] : by_hash_)
        if (kept.token.id == id && !has_expired(kept.token) && !locked_until(kept.maker))
            return session_of(kept);
    return std::nullopt;
}

void Tokens::forgive(const std::string& counted) {
    const std::lock_guard lock(mutex_);
    failures_.erase(counted);
}

Answer<json::object> Tokens::list(const Session& session, const Page& page) const {
    std::optional<Id> before;
    if (page.cursor) {
        before = id_from(*page.cursor);
        if (!before) return bad_cursor();
    }
    const bool all = sees_all_tokens(session, viewer_of_(session.account), Level::view);
    std::vector<std::pair<Token, Account>> found;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [hash, kept] : by_hash_)
            if ((all || kept.maker.id == session.account.id) && (!before || kept.token.id < *before))
                found.emplace_back(kept.token, kept.maker);
    }
    std::ranges::sort(found, std::greater{}, [](const auto& one) { return one.first.id; });
    json::array items;
    json::value next = nullptr;
    for (const auto& [token, maker] : found) {
        if (std::ssize(items) == page.limit) {
            next = items.back().at("id");
            break;
        }
        items.push_back(token_json(token, maker));
    }
    return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

Outcome Tokens::check(const NewToken& wanted, const Session& session) const {
    if (!session.account.rights.cover(wanted.rights)) return beyond_rights();
    if (wanted.expires_at && *wanted.expires_at <= clock_.utc())
        return wrong_field("expires_at", "too_small", "The end of a token has to be in the future.");
    const std::lock_guard lock(mutex_);
    std::size_t own = 0;
    for (const auto& [hash, kept] : by_hash_) {
        if (kept.maker.id != session.account.id) continue;
        ++own;
        if (kept.token.name == wanted.name)
            return refuse(ErrorKind::conflict, "name_taken",
                          fmt::format("You have a token \"{}\" already. Choose another name.", wanted.name));
    }
    if (own < of_one_account) return {};
    return refuse(ErrorKind::conflict, "too_many_tokens",
                  fmt::format("You have {} tokens. Revoke one that is not needed any more.", own));
}

base::Status Tokens::store(Connection& connection, const Token& token, const std::string& hash) const {
    return ran(connection.execute(
        "INSERT INTO api_token (id, account_id, name, token_hash, rights, areas, departments, created_at, "
        "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {token.id, token.account_id, token.name, ports::Blob{hash},
         json::serialize(rights_json(token.rights)), stored_list(token.areas), stored_list(token.departments),
         token.created_at, token.expires_at}));
}

base::Result<json::object> Tokens::told(Connection& connection, const Token& token) const {
    auto areas = names_of(connection, TreeOf::areas, token.areas);
    if (!areas) return std::unexpected(areas.error());
    auto departments = names_of(connection, TreeOf::departments, token.departments);
    if (!departments) return std::unexpected(departments.error());
    return json::object{{"name", token.name},
                        {"rights", rights_json(token.rights)},
                        {"areas", *std::move(areas)},
                        {"departments", *std::move(departments)},
                        {"expires_at", time_or_null(token.expires_at)}};
}

Answer<Account> Tokens::maker_of(Connection& connection, const Session& session) {
    const auto accounts = load_accounts(connection, session.account.name);
    if (!accounts) return std::unexpected(accounts.error());
    if (accounts->empty() || accounts->front().id != session.account.id) return no_such("account");
    return accounts->front();
}

Outcome Tokens::keep(const std::string& hash, Token token, const Session& session) {
    // Whoever changes the account meanwhile comes after this, with what it is then.
    const std::lock_guard lock(mutex_);
    auto maker =
        ports::read_from(database_, [&](Connection& connection) { return maker_of(connection, session); });
    if (!maker) return std::unexpected(maker.error());
    by_hash_[hash] = {std::move(token), *std::move(maker), base::UtcTime{}};
    return {};
}

Answer<json::object> Tokens::add(const NewToken& wanted, const Session& session, const Actor& actor) {
    if (auto checked = check(wanted, session); !checked) return std::unexpected(checked.error());
    const auto seen = viewer_of_(session.account).part;
    Token token{ids_.next(),  session.account.id,
                wanted.name,  wanted.rights,
                wanted.areas, wanted.departments,
                clock_.utc(), wanted.expires_at,
                {},           {}};
    const base::Secret text(std::string(prefix) + std::string(random_token().reveal()));
    const auto hash = token_hash(text.reveal());
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        // Not as the session knows it: the role may have been lowered since this call was let in.
        const auto maker = maker_of(connection, session);
        if (!maker) return std::unexpected(maker.error());
        if (!maker->rights.cover(token.rights)) return beyond_rights();
        if (auto known = check_branches(connection, TreeOf::areas, token.areas, seen.areas, "areas"); !known)
            return known;
        if (auto known = check_branches(connection, TreeOf::departments, token.departments, seen.departments,
                                        "departments");
            !known)
            return known;
        if (auto done = store(connection, token, hash); !done) return std::unexpected(done.error());
        const auto after = told(connection, token);
        if (!after) return std::unexpected(after.error());
        auto noted = audit_.append(connection, actor, "token.added", subject_of(token), nullptr, &*after);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    auto answer = token_json(token, session.account);
    answer["token"] = text.reveal();
    if (auto kept = keep(hash, std::move(token), session); !kept) return std::unexpected(kept.error());
    return answer;
}

Outcome Tokens::remove(Id id, const Session& session, const Actor& actor) {
    std::optional<Kept> kept;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [hash, one] : by_hash_)
            if (one.token.id == id) kept = one;
    }
    const bool own = kept && kept->maker.id == session.account.id;
    const auto viewer = viewer_of_(session.account);
    if (!kept || (!own && !sees_all_tokens(session, viewer, Level::view))) return no_such("token");
    if (!own && (!sees_all_tokens(session, viewer, Level::administer) ||
                 !session.account.rights.cover(kept->maker.rights)))
        return refuse(ErrorKind::forbidden, "beyond_your_rights",
                      "This is the token of somebody else, and you may not revoke it. Ask an administrator.");
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        auto before = told(connection, kept->token);
        if (!before) return std::unexpected(before.error());
        if (!own) (*before)["account"] = kept->maker.name;
        const auto done = connection.execute("DELETE FROM api_token WHERE id = $1", {id});
        if (!done) return std::unexpected(done.error());
        return audit_.append(connection, actor, "token.removed", subject_of(kept->token), &*before, nullptr);
    });
    if (!stored) return std::unexpected(stored.error());
    const std::lock_guard lock(mutex_);
    std::erase_if(by_hash_, [&](const auto& entry) { return entry.second.token.id == id; });
    return {};
}

}  // namespace sallyport::server
