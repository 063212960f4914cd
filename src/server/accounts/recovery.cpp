// What helps when a password is forgotten: security questions, a mailbox, and the command line.
#include "server/accounts/accounts.hpp"
#include "server/accounts/password_policy.hpp"

namespace sallyport::server {

using base::ErrorKind;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

base::Result<ports::Rows> read_questions(ports::Database& database) {
    return ports::read_from(database, [](Connection& connection) {
        return connection.query(
            "SELECT q.question, q.answer_hash, a.id FROM security_question q JOIN account a "
            "ON a.id = q.account_id WHERE a.name = $1 ORDER BY q.position",
            {administrator});
    });
}

/// The ideographic space of Chinese keyboards counts as one.
bool takes_space(std::string_view& text) {
    for (const std::string_view space : {" ", "\t", "\u3000"}) {
        if (!text.starts_with(space)) continue;
        text.remove_prefix(space.size());
        return true;
    }
    return false;
}

/// ASCII, and the capitals of Latin-1 in UTF-8 (C3 80 to C3 9E, but for the sign of multiplication).
char small(char c, char before) {
    const auto byte = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    const bool latin = before == '\xc3' && byte >= 0x80 && byte <= 0x9e && byte != 0x97;
    return latin ? static_cast<char>(byte + 0x20) : c;
}

}  // namespace

base::Secret normalised_answer(const base::Secret& answer) {
    auto text = answer.reveal();
    base::Secret result;
    char before = 0;
    enum class Gap { none, open } gap = Gap::none;
    while (!text.empty()) {
        if (takes_space(text)) {
            gap = Gap::open;
            continue;
        }
        if (gap == Gap::open && !result.empty()) result.append(' ');
        gap = Gap::none;
        result.append(small(text.front(), before));
        before = text.front();
        text.remove_prefix(1);
    }
    return result;
}

Status store_questions(Connection& connection, Id account, const std::vector<Question>& questions,
                       const std::vector<std::string>& answer_hashes) {
    auto outcome = ran(connection.execute("DELETE FROM security_question WHERE account_id = $1", {account}));
    for (std::size_t i = 0; outcome && i < answer_hashes.size(); ++i)
        outcome = ran(
            connection.execute("INSERT INTO security_question (account_id, position, question, answer_hash) "
                               "VALUES ($1, $2, $3, $4)",
                               {account, i, questions[i].question, answer_hashes[i]}));
    return outcome;
}

base::Result<std::vector<std::string>> Accounts::hashes_of(const std::vector<Question>& questions) {
    std::vector<std::string> hashes;
    for (const auto& question : questions) {
        auto hash = passwords_.hash(normalised_answer(question.answer));
        if (!hash) return std::unexpected(hash.error());
        hashes.push_back(*std::move(hash));
    }
    return hashes;
}

Status Accounts::store_password(Connection& connection, Id account, const std::string& hash) const {
    return ran(connection.execute(
        "UPDATE account SET password_hash = $1, password_changed_at = $2, must_change = 0 WHERE id = $3",
        {hash, clock_.utc(), account}));
}

base::Result<std::vector<std::string>> Accounts::questions() const {
    const auto rows = read_questions(database_);
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> questions;
    for (const auto& row : *rows) questions.push_back(row.text(0));
    return questions;
}

Outcome Accounts::set_questions(const Session& session, const base::Secret& password,
                                const std::vector<Question>& questions, const Caller& caller) {
    const auto& account = session.account;
    if (account.name != administrator)
        return refuse(ErrorKind::forbidden, "administrator_only",
                      "Security questions are for the account admin. An administrator gives other accounts a "
                      "new password.");
    const auto proved = check_password(session, password, caller);
    if (!proved) return std::unexpected(proved.error());
    const auto hashes = hashes_of(questions);
    if (!hashes) return std::unexpected(hashes.error());
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        if (auto same = unchanged(connection, *proved); !same)
            return wrong_field("password", "wrong", "This is not the password of now.");
        auto outcome = store_questions(connection, account.id, questions, *hashes);
        if (outcome)
            outcome = audit_.append(connection, caller.as(account.name), "account.questions_changed",
                                    Subject{"account", id_text(account.id), account.name});
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Outcome Accounts::recover(const std::vector<base::Secret>& answers, const base::Secret& fresh,
                          const Caller& caller) {
    if (auto broken = broken_rules(fresh, administrator); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    const auto attempt = attempts_.admit(
        {{"questions", std::string(administrator)}, {"address", caller.counted()}}, "too_many_attempts");
    if (!attempt) return std::unexpected(attempt.error());
    const auto rows = read_questions(database_);
    if (!rows) return std::unexpected(rows.error());
    bool right = !rows->empty() && rows->size() == answers.size();
    // All of them, whatever the first one says: the time tells nothing.
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto hash = i < rows->size() ? (*rows)[i].text(1) : std::string();
        if (!passwords_.matches(hash, normalised_answer(answers[i]))) right = false;
    }
    const auto account = right ? std::optional(rows->front().integer(2)) : std::nullopt;
    const Recovery way{std::string(administrator), account, std::nullopt, "questions"};
    return recovered(way, fresh, *attempt, caller,
                     refuse(ErrorKind::unauthenticated, "wrong_answers",
                            "Not all of the answers are right. After five wrong tries this way is closed "
                            "for a while; `sallyport reset-admin` on the machine helps at any time."));
}

Outcome Accounts::recover_by_mail(const std::string& name, const base::Secret& code,
                                  const base::Secret& fresh, const Caller& caller) {
    if (auto broken = broken_rules(fresh, name); !broken.empty())
        return std::unexpected(Problem(std::move(broken)));
    const auto attempt =
        attempts_.admit({{"mailbox", name}, {"address", caller.counted()}}, "too_many_attempts");
    if (!attempt) return std::unexpected(attempt.error());
    const auto found = find(name);
    if (!found) return std::unexpected(found.error());
    const auto id = *found ? std::optional((*found)->account.id) : std::nullopt;
    const auto sent = mailboxes_.use(id, code);
    const Recovery way{name, sent ? id : std::nullopt, sent, "mailbox"};
    return recovered(way, fresh, *attempt, caller,
                     refuse(ErrorKind::unauthenticated, "wrong_mail_code",
                            "This is not the code that was sent, or it is not good any more. Have another "
                            "one sent."));
}

base::Result<bool> Accounts::is_open(Connection& connection, const Recovery& way) const {
    const auto locked = locked_by_hand(connection, way.name, clock_.utc());
    if (!locked) return std::unexpected(locked.error());
    if (!way.account || *locked) return false;
    return way.sent ? Mailboxes::stands(connection, *way.account, *way.sent) : true;
}

Status Accounts::store_recovered(Connection& connection, const Recovery& way, const std::string& hash,
                                 const Attempts::Admitted& attempt, const Caller& caller) {
    const auto id = *way.account;
    auto outcome = store_password(connection, id, hash);
    if (outcome) outcome = ran(connection.execute("DELETE FROM session WHERE account_id = $1", {id}));
    if (outcome)
        outcome = ran(connection.execute(
            "DELETE FROM login_failure WHERE kind IN ('account', 'mailbox_asked') AND subject = $1",
            {way.name}));
    if (outcome) outcome = attempts_.forgive(connection, attempt);
    if (outcome) outcome = mailboxes_.tell_password_changed(connection, id);
    if (!outcome) return outcome;
    const boost::json::object after{{"by", way.by}};
    return audit_.append(connection, caller.as(way.name), "account.recovered",
                         Subject{"account", id_text(id), way.name}, nullptr, &after);
}

Outcome Accounts::recovered(const Recovery& way, const base::Secret& fresh, const Attempts::Admitted& attempt,
                            const Caller& caller, std::unexpected<Problem> refusal) {
    // Before anything is decided: the time tells nothing.
    const auto hash = passwords_.hash(fresh);
    if (!hash) return std::unexpected(hash.error());
    const auto done = ports::write_to(database_, [&](Connection& connection) -> base::Result<bool> {
        const auto open = is_open(connection, way);
        if (!open) return open;
        auto outcome = *open ? store_recovered(connection, way, *hash, attempt, caller)
                             : attempts_.count_failure(connection, attempt);
        if (outcome && !*open)
            outcome =
                audit_.append(connection, caller.as(way.name), "account.recovery_refused", std::nullopt);
        if (!outcome) return std::unexpected(outcome.error());
        return open;
    });
    if (!done) return std::unexpected(done.error());
    if (!*done) return refusal;
    mailboxes_.changed(*way.account);
    sessions_.refresh();
    return {};
}

base::Result<std::vector<ListedAccount>> Accounts::list() const {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT a.name, r.name, a.password_changed_at, coalesce((SELECT max(f.locked_until) "
            "FROM login_failure f WHERE f.kind IN ('account', 'lock') AND f.subject = a.name), 0) "
            "FROM account a JOIN role r ON r.id = a.role_id ORDER BY a.name");
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
    const auto found = find(std::string(administrator));
    if (!found) return std::unexpected(found.error());
    if (!*found)
        return refuse(ErrorKind::conflict, "not_set_up",
                      "The platform is not set up yet. Start it and open its page.");
    const auto id = (*found)->account.id;
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        auto outcome = store_password(connection, id, *hash);
        // Whoever sits at the machine may have lost all of it.
        for (const auto* sql :
             {"DELETE FROM session WHERE account_id = $1", "DELETE FROM second_factor WHERE account_id = $1",
              "DELETE FROM recovery_code WHERE account_id = $1"})
            if (outcome) outcome = ran(connection.execute(sql, {id}));
        if (outcome) outcome = ran(connection.execute("DELETE FROM login_failure"));
        if (outcome) outcome = mailboxes_.tell_password_changed(connection, id);
        if (outcome)
            outcome = audit_.append(connection, Actor{}, "account.reset",
                                    Subject{"account", std::nullopt, std::string(administrator)});
        return outcome;
    });
    if (!stored) return std::unexpected(stored.error());
    mailboxes_.changed(id);
    return {};
}

}  // namespace sallyport::server
