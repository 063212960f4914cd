#include "server/accounts/sessions.hpp"

#include <algorithm>

#include "server/accounts/secret_token.hpp"

namespace sallyport::server {

namespace {

constexpr base::Duration stored_every = std::chrono::minutes{1};

}  // namespace

base::Status Sessions::load() {
    const auto rows = ports::read_from(database_, [](ports::Connection& connection) {
        return connection.query(
            "SELECT token_hash, id, account_id, address, agent, since, last_seen, kept FROM session");
    });
    if (!rows) return std::unexpected(rows.error());
    {
        const std::lock_guard lock(mutex_);
        for (const auto& row : *rows) {
            Account account;
            account.id = row.integer(2);
            const Session session{row.integer(1),
                                  account,
                                  row.text(3),
                                  row.text(4),
                                  row.time(5),
                                  row.time(6),
                                  row.integer(7) == 1 ? Stay::kept : Stay::while_used};
            by_token_hash_[row.blob(0)] = {session, session.last_seen, 0};
        }
    }
    return read_again();
}

base::Status Sessions::read_again() {
    const auto number = ++begun_;
    std::vector<Account> accounts;
    std::set<Id> there;
    const auto read = database_.read([&](ports::Connection& connection) -> base::Status {
        auto loaded = load_accounts(connection, std::nullopt);
        if (!loaded) return std::unexpected(loaded.error());
        accounts = *std::move(loaded);
        const auto rows = connection.query("SELECT id FROM session");
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) there.insert(row.integer(0));
        return {};
    });
    const std::lock_guard lock(mutex_);
    if (!read) {
        needed_ = std::max<std::uint64_t>(needed_, number);
        return read;
    }
    if (applied_ > number) return {};
    applied_ = number;
    for (auto entry = by_token_hash_.begin(); entry != by_token_hash_.end();) {
        auto& [session, stored, known_since] = entry->second;
        const auto found = std::ranges::find(accounts, session.account.id, &Account::id);
        const bool stays = found != accounts.end() && there.contains(session.id);
        if (stays) session.account = *found;
        entry = stays || known_since >= number ? std::next(entry) : by_token_hash_.erase(entry);
    }
    if (on_accounts) on_accounts(accounts);
    return {};
}

void Sessions::refresh() {
    (void)read_again();  // who is behind catches up before anything is believed
}

base::Status Sessions::catch_up() {
    return behind() ? read_again() : base::Status();
}

Sessions::Opening Sessions::prepare(const Account& account, const Caller& caller, Stay stay) {
    const auto now = clock_.utc();
    if (rules_.policy().staying == StayingSignedIn::forbidden) stay = Stay::while_used;
    Opening opening{{ids_.next(), account, caller.address, caller.agent, now, now, stay}, {}, random_token()};
    opening.token_hash = token_hash(opening.token.reveal());
    return opening;
}

base::Status Sessions::store(ports::Connection& connection, const Opening& opening) const {
    const auto& session = opening.session;
    const auto now = clock_.utc() + -stored_every;  // so much later it may have been used
    const auto ended =
        connection.execute("DELETE FROM session WHERE last_seen < CASE kept WHEN 1 THEN $1 ELSE $2 END",
                           {now + -kept_for, now + -idle_end});
    if (!ended) return std::unexpected(ended.error());
    const ports::Blob hash{opening.token_hash};
    const auto stored = connection.execute(
        "INSERT INTO session (id, token_hash, account_id, address, agent, since, last_seen, kept) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {session.id, hash, session.account.id, session.address, session.agent, session.since,
         session.last_seen, session.stay == Stay::kept ? 1 : 0});
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Answer<NewSession> Sessions::add(Opening opening) {
    const auto& session = opening.session;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(by_token_hash_, [this](const auto& entry) { return has_ended(entry.second.session); });
        if (by_token_hash_.size() >= at_once) drop_longest_idle();
        by_token_hash_[opening.token_hash] = {session, session.last_seen, begun_};
    }
    store_ends();
    // Its account may have been changed or removed, or it ended, before it was known here.
    refresh();
    const std::lock_guard lock(mutex_);
    if (!by_token_hash_.contains(opening.token_hash))
        return refuse(base::ErrorKind::unauthenticated, "unauthenticated",
                      "The account was changed while you signed in. Sign in again.");
    return NewSession{std::move(opening.token), session.account.name, end_of(session), session.stay};
}

base::UtcTime Sessions::end_of(const Session& session) const {
    const bool kept = session.stay == Stay::kept && rules_.policy().staying == StayingSignedIn::allowed;
    return kept ? session.since + kept_for : session.last_seen + idle_end;
}

bool Sessions::has_ended(const Session& session) const {
    return clock_.utc() >= end_of(session);
}

void Sessions::drop_longest_idle() {
    const auto idle = std::min_element(
        by_token_hash_.begin(), by_token_hash_.end(),
        [](const auto& a, const auto& b) { return a.second.session.last_seen < b.second.session.last_seen; });
    unstored_ends_.insert(idle->second.session.id);
    by_token_hash_.erase(idle);
}

std::optional<Session> Sessions::use(std::string_view token) {
    if (token.empty() || token.size() > 128) return std::nullopt;
    const auto hash = token_hash(token);
    const std::lock_guard lock(mutex_);
    const auto found = by_token_hash_.find(hash);
    if (found == by_token_hash_.end()) return std::nullopt;
    auto& kept = found->second;
    if (has_ended(kept.session)) {
        by_token_hash_.erase(found);
        return std::nullopt;
    }
    kept.session.last_seen = clock_.utc();
    if (kept.session.last_seen - kept.stored >= stored_every) {
        kept.stored = kept.session.last_seen;
        store_use(kept.session.id, kept.stored);
    }
    return kept.session;
}

void Sessions::store_use(Id session, base::UtcTime at) {
    // Lost when the disk refuses: the session then ends earlier after a restart, which is the safe side.
    database_.write(
        [session, at](ports::Connection& connection) -> base::Status {
            const auto done =
                connection.execute("UPDATE session SET last_seen = $1 WHERE id = $2", {at, session});
            if (!done) return std::unexpected(done.error());
            return {};
        },
        [](const base::Status&) {});
}

void Sessions::end_unstored(Id session) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(by_token_hash_,
                      [session](const auto& entry) { return entry.second.session.id == session; });
        unstored_ends_.insert(session);
    }
    store_ends();
}

void Sessions::store_ends() {
    std::set<Id> ends;
    {
        const std::lock_guard lock(mutex_);
        ends = unstored_ends_;
    }
    if (ends.empty()) return;
    database_.write(
        [ends](ports::Connection& connection) -> base::Status {
            for (const auto id : ends)
                if (const auto done = connection.execute("DELETE FROM session WHERE id = $1", {id}); !done)
                    return std::unexpected(done.error());
            return {};
        },
        [this, ends](const base::Status& stored) {
            const std::lock_guard lock(mutex_);
            if (stored)
                for (const auto id : ends) unstored_ends_.erase(id);
        });
}

std::optional<Session> Sessions::find(Id session) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [hash, kept] : by_token_hash_)
        if (kept.session.id == session && !has_ended(kept.session)) return kept.session;
    return std::nullopt;
}

std::vector<Session> Sessions::all() const {
    std::vector<Session> sessions;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [hash, kept] : by_token_hash_)
            if (!has_ended(kept.session)) sessions.push_back(kept.session);
    }
    std::sort(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    return sessions;
}

}  // namespace sallyport::server
