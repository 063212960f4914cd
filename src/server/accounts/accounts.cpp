#include "server/accounts/accounts.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

#include "base/enum_text.hpp"
#include "server/accounts/password_policy.hpp"

namespace sallyport::server {

namespace json = boost::json;

using base::ErrorKind;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

/// Eight groups of digits are typed from a log more easily than letters: 10^12 of them, five tries in ten
/// minutes.
base::Secret make_setup_code() {
    return base::Secret(fmt::format("{:04}-{:04}-{:04}", randombytes_uniform(10'000),
                                    randombytes_uniform(10'000), randombytes_uniform(10'000)));
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
    const auto attempt = attempts_.admit({{"setup", caller.counted()}}, "too_many_attempts");
    if (!attempt) return std::unexpected(attempt.error());
    if (request.code->equals(setup_code())) return {};
    if (auto noted = note_failure(*attempt, "setup.refused", caller.as("")); !noted) return noted;
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
    if (outcome) outcome = store_questions(connection, account.id, request.questions, answer_hashes);
    if (outcome && request.mailbox)
        outcome = mailboxes_.store_unproved(connection, account.id, *request.mailbox);
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
    const auto answer_hashes = hashes_of(request.questions);
    if (!answer_hashes) return std::unexpected(answer_hashes.error());
    Account account;
    account.id = ids_.next();
    account.name = administrator;
    account.language = request.language;
    auto opening = sessions_.prepare(account, caller);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto there = connection.query("SELECT id FROM account LIMIT 1");
        if (!there) return std::unexpected(there.error());
        if (!there->empty()) return done();
        auto outcome = store_setup(connection, request, account, *password_hash, *answer_hashes);
        if (outcome) outcome = sessions_.store(connection, opening);
        if (outcome)
            outcome = audit_.append(connection, caller.as(administrator), "setup.done", std::nullopt);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        setup_needed_ = false;
        setup_code_.clear();
    }
    return sessions_.add(std::move(opening));
}

Answer<Account> Accounts::unchanged(Connection& connection, const Account& proved) {
    auto accounts = load_accounts(connection, proved.name);
    if (!accounts) return std::unexpected(accounts.error());
    if (!accounts->empty() && accounts->front().id == proved.id &&
        accounts->front().password_changed_at == proved.password_changed_at)
        return std::move(accounts->front());
    return refuse(ErrorKind::unauthenticated, "wrong_login",
                  "The password was changed a moment ago. Sign in with the new one.");
}

/// The same password at the cost of now, when the one that is stored has another: only who signs in knows it.
base::Result<std::optional<std::string>> Accounts::renewed_hash(const std::string& stored,
                                                                const base::Secret& password) {
    if (!passwords_.is_of_another_cost(stored)) return std::nullopt;
    return passwords_.hash(password);
}

/// Whether the code fits; `none` for an account that asks for none.
Answer<Proof> Accounts::prove(Connection& connection, const Account& account, const Login& login) const {
    if (account.second_factor == Account::SecondFactor::off) return Proof::none;
    if (!login.code)
        return refuse(ErrorKind::unauthenticated, "second_factor_needed",
                      "Enter the code of your authenticator app, or a recovery code.");
    const auto proof = second_factors_.use(connection, account.id, *login.code);
    if (!proof) return std::unexpected(proof.error());
    if (*proof != Proof::none) return *proof;
    return refuse(ErrorKind::unauthenticated, "wrong_code",
                  "This is not the code of now, or it was used already. Wait for the next one, or use a "
                  "recovery code.");
}

Answer<NewSession> Accounts::sign_in(const Login& login, const Caller& caller) {
    const auto& name = login.account;
    const auto attempt = attempts_.admit({{"account", name}, {"address", caller.counted()}}, "locked_out");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    if (!passwords_.matches(*found ? (*found)->password_hash : std::string(), login.password)) {
        if (auto noted = note_failure(*attempt, "session.refused", caller.as(name)); !noted)
            return std::unexpected(noted.error());
        return refuse(
            ErrorKind::unauthenticated, "wrong_login",
            "The account or the password is wrong. After five wrong attempts signing in is locked for a "
            "while.");
    }
    const auto renewed = renewed_hash((*found)->password_hash, login.password);
    if (!renewed) return std::unexpected(renewed.error());
    auto opening = sessions_.prepare((*found)->account, caller, login.stay);
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto account = unchanged(connection, (*found)->account);
        if (!account) return std::unexpected(account.error());
        const auto proof = prove(connection, *account, login);
        if (!proof) return std::unexpected(proof.error());
        auto outcome = sessions_.store(connection, opening);
        if (outcome && *renewed)
            outcome = ran(connection.execute("UPDATE account SET password_hash = $1 WHERE id = $2",
                                             {*renewed, account->id}));
        if (outcome) outcome = attempts_.forgive(connection, *attempt);
        const json::object after{{"second_factor", base::text_of(*proof)}};
        if (outcome)
            outcome =
                audit_.append(connection, caller.as(name), "session.opened", session_subject(opening.session),
                              nullptr, *proof == Proof::none ? nullptr : &after);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (!stored && stored.error().code == "wrong_code")
        if (auto noted = note_failure(*attempt, "session.refused", caller.as(name)); !noted)
            return std::unexpected(noted.error());
    if (!stored) return std::unexpected(stored.error());
    return sessions_.add(std::move(opening));
}

Answer<Account> Accounts::check_password(const Session& session, const base::Secret& password,
                                         const Caller& caller) {
    const auto& name = session.account.name;
    const auto attempt = attempts_.admit({{"account", name}, {"address", caller.counted()}}, "locked_out");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    if (!passwords_.matches(*found ? (*found)->password_hash : std::string(), password)) {
        if (auto noted = note_failure(*attempt, "account.password_refused", caller.as(name)); !noted)
            return std::unexpected(noted.error());
        return wrong_field("password", "wrong", "This is not the password of now.");
    }
    const auto forgiven = ports::write_to(
        database_, [&](Connection& connection) { return attempts_.forgive(connection, *attempt); });
    if (!forgiven) return std::unexpected(forgiven.error());
    return (*found)->account;
}

void Accounts::end_session(const Session& ended, const Actor& by) {
    const auto subject = session_subject(ended);
    const json::object before{{"account", ended.account.name}, {"address", ended.address}};
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        auto outcome = ran(connection.execute("DELETE FROM session WHERE id = $1", {ended.id}));
        if (!outcome) return outcome;
        return audit_.append(connection, by, "session.ended", subject,
                             by.account == ended.account.name ? nullptr : &before);
    });
    if (stored) return sessions_.refresh();
    sessions_.end_unstored(ended.id);
    log_unnoted(by, "session.ended", subject, before, stored);
}

Outcome Accounts::change_language(const Session& session, const std::string& language) {
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        return ran(connection.execute("UPDATE account SET language = $1 WHERE id = $2",
                                      {language, session.account.id}));
    });
    if (!stored) return std::unexpected(stored.error());
    sessions_.refresh();
    return {};
}

Outcome Accounts::change_password(const Session& session, const base::Secret& old, const base::Secret& fresh,
                                  const Caller& caller) {
    const auto& name = session.account.name;
    const auto attempt = attempts_.admit({{"account", name}, {"address", caller.counted()}}, "locked_out");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    if (!passwords_.matches(*found ? (*found)->password_hash : std::string(), old)) {
        if (auto noted = note_failure(*attempt, "account.password_refused", caller.as(name)); !noted)
            return noted;
        return wrong_field("old", "wrong", "This is not the password of now.");
    }
    if (auto broken = broken_rules(fresh, name, "password"); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    if (passwords_.matches((*found)->password_hash, fresh))
        return wrong_field("password", "duplicate", "Choose another password than the one of now.");
    const auto hash = passwords_.hash(fresh);
    if (!hash) return std::unexpected(hash.error());
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        if (auto same = unchanged(connection, (*found)->account); !same)
            return wrong_field("old", "wrong", "This is not the password of now.");
        auto outcome = store_password(connection, session.account.id, *hash);
        // Whoever knew the old one is out.
        if (outcome)
            outcome = ran(connection.execute("DELETE FROM session WHERE account_id = $1 AND id <> $2",
                                             {session.account.id, session.id}));
        if (outcome) outcome = attempts_.forgive(connection, *attempt);
        if (outcome) outcome = mailboxes_.tell_password_changed(connection, session.account.id);
        if (outcome)
            outcome = audit_.append(connection, caller.as(name), "account.password_changed",
                                    Subject{"account", id_text(session.account.id), name});
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    mailboxes_.changed(session.account.id);
    sessions_.refresh();
    return {};
}

}  // namespace sallyport::server
