#include "server/accounts/mailboxes.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

constexpr std::chrono::hours notice_life{72};
constexpr std::size_t digits = 8;

std::unexpected<Problem> mail_off() {
    return refuse(ErrorKind::conflict, "mail_off",
                  "This platform sends no mail. An administrator switches it on, on the page Integration.");
}

/// Digits are typed from a telephone more easily than letters: 10^8 of them, five tries.
base::Secret fresh_code() {
    base::Secret code;
    for (std::size_t i = 0; i < digits; ++i) code.append(static_cast<char>('0' + randombytes_uniform(10)));
    return code;
}

/// Without what people type between the digits.
base::Secret digits_of(const base::Secret& typed) {
    base::Secret code;
    for (const char c : typed.reveal())
        if (c != ' ' && c != '-') code.append(c);
    return code;
}

Subject subject_of(Id account, const std::string& name) {
    return {"account", id_text(account), name};
}

}  // namespace

Answer<json::object> Mailboxes::get(Id account) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query("SELECT address, proved_at FROM mailbox WHERE account_id = $1", {account});
    });
    if (!rows) return std::unexpected(rows.error());
    const bool is_there = !rows->empty();
    return json::object{{"address", is_there ? json::value(rows->front().text(0)) : json::value(nullptr)},
                        {"proved", is_there && !rows->front().is_null(1)},
                        {"mail", can_ask()}};
}

base::Result<std::optional<Mailboxes::Stored>> Mailboxes::proved(Connection& connection, Id account) {
    const auto rows = connection.query(
        "SELECT a.name, a.language, m.address, a.password_hash FROM account a JOIN mailbox m "
        "ON m.account_id = a.id WHERE a.id = $1 AND m.proved_at IS NOT NULL",
        {account});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::optional<Stored>();
    const auto& row = rows->front();
    return Stored{row.text(0), row.text(1), row.text(2), row.text(3)};
}

Status Mailboxes::tell(Connection& connection, const std::string& address, Letter letter) {
    return outbox_.store(connection, {address, std::move(letter), clock_.utc() + notice_life});
}

Answer<Attempts::Admitted> Mailboxes::admit(const std::string& account, const Caller& caller) {
    if (!outbox_.is_on()) return mail_off();
    return attempts_.admit({{"mailbox_asked", account}, {"mailbox_asked_from", caller.counted()}},
                           "too_many_attempts");
}

void Mailboxes::send(For use, Id account, const Stored& to, const Caller& caller) {
    const auto until = clock_.utc() + code_life;
    auto code = fresh_code();
    const CodeLetter said{to.account, outbox_.host(), code.reveal(), code_life};
    auto letter = use == For::proof ? proof_letter(to.language, said) : password_letter(to.language, said);
    outbox_.send({to.address, std::move(letter), until});
    const std::lock_guard lock(mutex_);
    codes_.insert_or_assign({use, account},
                            Code{std::move(code), {to.address, to.password_hash, caller.counted()}, until});
}

std::optional<Mailboxes::Sent> Mailboxes::take(For use, Id account, const base::Secret& code) {
    const auto now = clock_.utc();
    std::erase_if(codes_, [&](const auto& one) { return one.second.until <= now; });
    const auto found = codes_.find({use, account});
    if (found == codes_.end()) return std::nullopt;
    auto& known = found->second;
    const bool right = known.code.equals(digits_of(code));
    std::optional<Sent> sent;
    if (right) sent = known.sent;
    if (right || ++known.tries >= tries) codes_.erase(found);
    return sent;
}

Outcome Mailboxes::begin(const Account& account, const std::string& address, const Caller& caller) {
    const auto attempt = admit(account.name, caller);
    if (!attempt) return std::unexpected(attempt.error());
    const auto counted = ports::write_to(
        database_, [&](Connection& connection) { return attempts_.count_failure(connection, *attempt); });
    if (!counted) return std::unexpected(counted.error());
    send(For::proof, account.id, {account.name, account.language, address, {}}, caller);
    return {};
}

Answer<json::object> Mailboxes::confirm(const Account& account, const base::Secret& code,
                                        const Actor& actor) {
    std::optional<Sent> sent;
    {
        const std::lock_guard lock(mutex_);
        sent = take(For::proof, account.id, code);
        if (!sent && codes_.contains({For::proof, account.id}))
            return wrong_field("code", "wrong", "This is not the code that was sent to this mailbox.");
    }
    if (!sent)
        return refuse(ErrorKind::conflict, "mailbox_not_begun",
                      "No code is waited for any more: it was too old, or wrong too often. Have another one "
                      "sent.");
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        const auto before = proved(connection, account.id);
        if (!before) return std::unexpected(before.error());
        auto done = ran(connection.execute(
            "INSERT INTO mailbox (account_id, address, proved_at) VALUES ($1, $2, $3) ON CONFLICT "
            "(account_id) DO UPDATE SET address = excluded.address, proved_at = excluded.proved_at",
            {account.id, sent->address, clock_.utc()}));
        const bool moved = *before && (*before)->address != sent->address;
        if (done && moved)
            done = tell(connection, (*before)->address,
                        mailbox_left_letter(account.language, account.name, outbox_.host()));
        if (done)
            done = ran(connection.execute(
                "DELETE FROM login_failure WHERE kind = 'mailbox_asked' AND subject = $1", {account.name}));
        // Others ask from there as well: no more than its own.
        if (done) done = Attempts::take_back(connection, {"mailbox_asked_from", sent->asked_from});
        if (!done) return done;
        const json::object was{{"mailbox", *before ? json::value((*before)->address) : json::value(nullptr)}};
        const json::object is{{"mailbox", sent->address}};
        return audit_.append(connection, actor, "account.mailbox_changed",
                             subject_of(account.id, account.name), &was, &is);
    });
    if (!stored) return std::unexpected(stored.error());
    changed(account.id);
    return get(account.id);
}

Status Mailboxes::remove(Connection& connection, const Account& account, const Actor& actor) {
    const auto before = proved(connection, account.id);
    if (!before) return std::unexpected(before.error());
    const auto gone = connection.execute("DELETE FROM mailbox WHERE account_id = $1", {account.id});
    if (!gone) return std::unexpected(gone.error());
    if (*gone == 0) return {};
    if (*before)
        if (auto told = tell(connection, (*before)->address,
                             mailbox_left_letter(account.language, account.name, outbox_.host()));
            !told)
            return told;
    const json::object was{{"mailbox", *before ? json::value((*before)->address) : json::value(nullptr)}};
    const json::object is{{"mailbox", nullptr}};
    return audit_.append(connection, actor, "account.mailbox_changed", subject_of(account.id, account.name),
                         &was, &is);
}

Outcome Mailboxes::remove(const Account& account, const Actor& actor) {
    const auto stored = ports::write_to(
        database_, [&](Connection& connection) { return remove(connection, account, actor); });
    if (!stored) return std::unexpected(stored.error());
    changed(account.id);
    return {};
}

void Mailboxes::changed(Id account) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto use : {For::proof, For::password}) codes_.erase({use, account});
    }
    outbox_.wake();
}

Outcome Mailboxes::ask(const std::string& account, const Caller& caller) {
    const auto attempt = admit(account, caller);
    if (!attempt) return std::unexpected(attempt.error());
    std::optional<std::pair<Id, Stored>> found;
    // Whether there is such an account, the same is read and the same written.
    const auto counted = ports::write_to(database_, [&](Connection& connection) -> Status {
        const auto rows = connection.query("SELECT id FROM account WHERE name = $1", {account});
        if (!rows) return std::unexpected(rows.error());
        const Id id = rows->empty() ? -1 : rows->front().integer(0);
        auto mailbox = proved(connection, id);
        if (!mailbox) return std::unexpected(mailbox.error());
        if (*mailbox) found.emplace(id, **std::move(mailbox));
        if (auto done = attempts_.count_failure(connection, *attempt); !done) return done;
        return audit_.append(connection, caller.as(account), "account.code_asked", std::nullopt);
    });
    if (!counted) return std::unexpected(counted.error());
    if (found) send(For::password, found->first, found->second, caller);
    return {};
}

std::optional<Mailboxes::Sent> Mailboxes::use(std::optional<Id> account, const base::Secret& code) {
    const std::lock_guard lock(mutex_);
    return take(For::password, account.value_or(-1), code);
}

base::Result<bool> Mailboxes::stands(Connection& connection, Id account, const Sent& sent) {
    const auto now = proved(connection, account);
    if (!now) return std::unexpected(now.error());
    return *now && (*now)->address == sent.address && (*now)->password_hash == sent.password_hash;
}

Status Mailboxes::store_unproved(Connection& connection, Id account, const std::string& address) {
    return ran(connection.execute(
        "INSERT INTO mailbox (account_id, address, proved_at) VALUES ($1, $2, NULL)", {account, address}));
}

Status Mailboxes::tell_password_changed(Connection& connection, Id account) {
    const auto mailbox = proved(connection, account);
    if (!mailbox) return std::unexpected(mailbox.error());
    if (!*mailbox) return {};
    return tell(connection, (*mailbox)->address,
                password_changed_letter((*mailbox)->language, (*mailbox)->account, outbox_.host()));
}

}  // namespace sallyport::server
