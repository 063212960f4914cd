#include "server/accounts/accounts.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

#include "server/accounts/password_policy.hpp"

namespace sallyport::server {

namespace json = boost::json;

using base::ErrorKind;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

constexpr std::string_view administrator = "admin";

/// Eight groups of digits are typed from a log more easily than letters: 10^12 of them, five tries in ten
/// minutes.
base::Secret make_setup_code() {
    return base::Secret(fmt::format("{:04}-{:04}-{:04}", randombytes_uniform(10'000),
                                    randombytes_uniform(10'000), randombytes_uniform(10'000)));
}

/// Answers are compared without case and outer spaces.
base::Secret folded(const base::Secret& answer) {
    auto text = answer.reveal();
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    base::Secret result;
    for (const char c : text) result.append(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return result;
}

Actor actor(std::string_view account, const Caller& caller) {
    return {std::string(account), caller.address};
}

Subject session_subject(const Session& session) {
    return {"session", id_text(session.id), session.agent};
}

}  // namespace

Status Accounts::load() {
    const auto rows = ports::read_from(
        database_, [](Connection& connection) { return connection.query("SELECT id FROM account LIMIT 1"); });
    if (!rows) return std::unexpected(rows.error());
    const std::lock_guard lock(mutex_);
    setup_needed_ = rows->empty();
    if (setup_needed_) setup_code_ = make_setup_code();
    return {};
}

bool Accounts::setup_needed() const {
    const std::lock_guard lock(mutex_);
    return setup_needed_;
}

base::Secret Accounts::setup_code() const {
    const std::lock_guard lock(mutex_);
    return setup_code_;
}

base::Result<std::optional<Accounts::Stored>> Accounts::find(const std::string& name) const {
    return ports::read_from(database_, [&](Connection& connection) -> base::Result<std::optional<Stored>> {
        auto accounts = load_accounts(connection, name);
        if (!accounts) return std::unexpected(accounts.error());
        if (accounts->empty()) return std::optional<Stored>();
        const auto rows = connection.query("SELECT password_hash FROM account WHERE name = $1", {name});
        if (!rows) return std::unexpected(rows.error());
        return Stored{std::move(accounts->front()), rows->front().text(0)};
    });
}

Outcome Accounts::note_failure(const Attempts::Admitted& attempt, std::string_view action, const Actor& who) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        auto outcome = attempts_.count_failure(connection, attempt);
        if (outcome) outcome = audit_.append(connection, who, action, std::nullopt);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
}

Outcome Accounts::check_setup_code(const SetupRequest& request, const Caller& caller) {
    if (caller.place == Caller::Place::machine) return {};
    if (!request.code)
        return refuse(
            ErrorKind::forbidden, "setup_code_needed",
            "Enter the one-time code that the platform wrote into its log, or open this page on the "
            "platform's own machine.");
    const auto attempt = attempts_.admit({{"setup", caller.address}}, "too_many_attempts");
    if (!attempt) return std::unexpected(attempt.error());
    if (request.code->equals(setup_code())) return {};
    if (auto noted = note_failure(*attempt, "setup.refused", actor("", caller)); !noted) return noted;
    return refuse(
        ErrorKind::forbidden, "setup_code_wrong",
        "This is not the code. The platform writes it into its log at each start until it is set up.");
}

Status Accounts::store_setup(Connection& connection, const SetupRequest& request, const Account& account,
                             const std::string& password_hash,
                             const std::vector<std::string>& answer_hashes) {
    const auto now = clock_.utc();
    auto outcome = ran(connection.execute(
        "INSERT INTO account (id, name, password_hash, language, role_id, created_at, password_changed_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $6)",
        {account.id, account.name, password_hash, account.language, account.role_id, now}));
    for (std::size_t i = 0; outcome && i < answer_hashes.size(); ++i)
        outcome =
            ran(connection.execute("INSERT INTO security_question (account_id, position, question, "
                                   "answer_hash) VALUES ($1, $2, $3, $4)",
                                   {account.id, i, request.questions[i].question, answer_hashes[i]}));
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string_view>{"language", request.language},
          {"time_zone", request.time_zone}})
        if (outcome)
            outcome =
                ran(connection.execute("INSERT INTO setting (name, value) VALUES ($1, $2) "
                                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                       {name, value}));
    return outcome;
}

Answer<NewSession> Accounts::set_up(const SetupRequest& request, const Caller& caller) {
    const auto done = [] {
        return refuse(ErrorKind::conflict, "already_set_up", "The platform is set up already. Sign in.");
    };
    if (!setup_needed()) return done();
    if (auto checked = check_setup_code(request, caller); !checked) return std::unexpected(checked.error());
    if (auto broken = broken_rules(request.password, administrator); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    const auto password_hash = passwords_.hash(request.password);
    if (!password_hash) return std::unexpected(password_hash.error());
    std::vector<std::string> answer_hashes;
    for (const auto& question : request.questions) {
        auto hash = passwords_.hash(folded(question.answer));
        if (!hash) return std::unexpected(hash.error());
        answer_hashes.push_back(*std::move(hash));
    }
    Account account;
    account.id = ids_.next();
    account.name = administrator;
    account.language = request.language;
    auto opening = sessions_.prepare(account, caller);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto there = connection.query("SELECT id FROM account LIMIT 1");
        if (!there) return std::unexpected(there.error());
        if (!there->empty()) return done();
        auto outcome = store_setup(connection, request, account, *password_hash, answer_hashes);
        if (outcome) outcome = sessions_.store(connection, opening);
        if (outcome)
            outcome = audit_.append(connection, actor(administrator, caller), "setup.done", std::nullopt);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        setup_needed_ = false;
        setup_code_.clear();
    }
    auto session = sessions_.add(std::move(opening));
    if (auto read = sessions_.refresh(); !read) return std::unexpected(read.error());
    return session;
}

Answer<NewSession> Accounts::sign_in(const std::string& name, const base::Secret& password,
                                     const Caller& caller) {
    const auto attempt = attempts_.admit({{"account", name}, {"address", caller.address}}, "locked_out");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    if (!passwords_.matches(*found ? (*found)->password_hash : std::string(), password)) {
        if (auto noted = note_failure(*attempt, "session.refused", actor(name, caller)); !noted)
            return std::unexpected(noted.error());
        return refuse(
            ErrorKind::unauthenticated, "wrong_login",
            "The account or the password is wrong. After five wrong attempts signing in is locked for a "
            "while.");
    }
    auto opening = sessions_.prepare((*found)->account, caller);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        auto outcome = sessions_.store(connection, opening);
        if (outcome) outcome = attempts_.forgive(connection, *attempt);
        if (!outcome) return outcome;
        return audit_.append(connection, actor(name, caller), "session.opened",
                             session_subject(opening.session));
    });
    if (!stored) return std::unexpected(stored.error());
    return sessions_.add(std::move(opening));
}

Outcome Accounts::end_session(const Session& ended, const Actor& by) {
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        auto outcome = ran(connection.execute("DELETE FROM session WHERE id = $1", {ended.id}));
        if (!outcome) return outcome;
        auto subject = session_subject(ended);
        json::object before{{"account", ended.account.name}, {"address", ended.address}};
        return audit_.append(connection, by, "session.ended", subject,
                             by.account == ended.account.name ? nullptr : &before);
    });
    if (!stored) return std::unexpected(stored.error());
    sessions_.remove(ended.id);
    return {};
}

Outcome Accounts::change_language(const Session& session, const std::string& language) {
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        return ran(connection.execute("UPDATE account SET language = $1 WHERE id = $2",
                                      {language, session.account.id}));
    });
    if (!stored) return std::unexpected(stored.error());
    sessions_.set_language(session.account.id, language);
    return {};
}

Outcome Accounts::change_password(const Session& session, const base::Secret& old, const base::Secret& fresh,
                                  const Caller& caller) {
    const auto& name = session.account.name;
    const auto attempt = attempts_.admit({{"account", name}, {"address", caller.address}}, "locked_out");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    if (!passwords_.matches(*found ? (*found)->password_hash : std::string(), old)) {
        if (auto noted = note_failure(*attempt, "account.password_refused", actor(name, caller)); !noted)
            return noted;
        return wrong_field("old", "wrong", "This is not the password of now.");
    }
    if (auto broken = broken_rules(fresh, name, "password"); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    if (passwords_.matches((*found)->password_hash, fresh))
        return wrong_field("password", "duplicate", "Choose another password than the one of now.");
    const auto hash = passwords_.hash(fresh);
    if (!hash) return std::unexpected(hash.error());
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        auto outcome = ran(connection.execute(
            "UPDATE account SET password_hash = $1, password_changed_at = $2, must_change = 0 WHERE id = $3",
            {*hash, clock_.utc(), session.account.id}));
        // Whoever knew the old one is out.
        if (outcome)
            outcome = ran(connection.execute("DELETE FROM session WHERE account_id = $1 AND id <> $2",
                                             {session.account.id, session.id}));
        if (outcome) outcome = attempts_.forgive(connection, *attempt);
        if (!outcome) return outcome;
        return audit_.append(connection, actor(name, caller), "account.password_changed",
                             Subject{"account", id_text(session.account.id), name});
    });
    if (!stored) return std::unexpected(stored.error());
    sessions_.remove_others(session.account.id, session.id);
    if (auto read = sessions_.refresh(); !read) return std::unexpected(read.error());
    return {};
}

base::Result<std::vector<ListedAccount>> Accounts::list() const {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT a.name, r.name, a.password_changed_at, coalesce(f.locked_until, 0) FROM account a "
            "JOIN role r ON r.id = a.role_id LEFT JOIN login_failure f ON f.kind = 'account' AND f.subject = "
            "a.name ORDER BY a.name");
    });
    if (!rows) return std::unexpected(rows.error());
    std::vector<ListedAccount> accounts;
    for (const auto& row : *rows) accounts.push_back({row.text(0), row.text(1), row.time(2), row.time(3)});
    return accounts;
}

Outcome Accounts::reset_admin(const base::Secret& password) {
    if (auto broken = broken_rules(password, administrator); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    const auto hash = passwords_.hash(password);
    if (!hash) return std::unexpected(hash.error());
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto changed = connection.execute(
            "UPDATE account SET password_hash = $1, password_changed_at = $2, must_change = 0 WHERE name = "
            "$3",
            {*hash, clock_.utc(), administrator});
        if (!changed) return std::unexpected(changed.error());
        if (*changed == 0)
            return refuse(ErrorKind::conflict, "not_set_up",
                          "The platform is not set up yet. Start it and open its page.");
        auto outcome = ran(connection.execute(
            "DELETE FROM session WHERE account_id = (SELECT id FROM account WHERE name = $1)",
            {administrator}));
        if (outcome) outcome = ran(connection.execute("DELETE FROM login_failure"));
        if (outcome)
            outcome = audit_.append(connection, Actor{}, "account.reset",
                                    Subject{"account", std::nullopt, std::string(administrator)});
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
}

}  // namespace sallyport::server
