#include "server/api/mailbox_api.hpp"

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr TextRule account_rule{1, 32, nullptr, {}};
constexpr TextRule password_rule{1, 128, nullptr, {}};
constexpr TextRule code_rule{1, 32, nullptr, {}};

Answer<Reply> begin(Accounts& accounts, Mailboxes& mailboxes, const Call& call) {
    const auto given = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        auto password = fields.secret("password", password_rule, Need::required);
        return std::pair(std::move(password), fields.text("address", mail_rule, Need::required));
    });
    if (!given) return std::unexpected(given.error());
    if (auto known = accounts.check_password(*call.session, *given->first, call.caller); !known)
        return std::unexpected(known.error());
    return nothing_or_problem(mailboxes.begin(call.session->account, *given->second, call.caller));
}

Answer<Reply> confirm(Mailboxes& mailboxes, const Call& call) {
    const auto code = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.secret("code", code_rule, Need::required);
    });
    if (!code) return std::unexpected(code.error());
    return ok_or_problem(mailboxes.confirm(call.session->account, **code, call.actor()));
}

Answer<Reply> remove(Accounts& accounts, Mailboxes& mailboxes, const Call& call) {
    const auto password = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.secret("password", password_rule, Need::required);
    });
    if (!password) return std::unexpected(password.error());
    if (auto known = accounts.check_password(*call.session, **password, call.caller); !known)
        return std::unexpected(known.error());
    return nothing_or_problem(mailboxes.remove(call.session->account, call.actor()));
}

Answer<Reply> ask(Mailboxes& mailboxes, const Call& call) {
    const auto account = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.text("account", account_rule, Need::required);
    });
    if (!account) return std::unexpected(account.error());
    return nothing_or_problem(mailboxes.ask(**account, call.caller));
}

Answer<Reply> recover(Accounts& accounts, const Call& call) {
    struct Given {
        std::optional<std::string> account;
        std::optional<base::Secret> code;
        std::optional<base::Secret> password;
    };
    const auto given = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        Given read;
        read.account = fields.text("account", account_rule, Need::required);
        read.code = fields.secret("code", code_rule, Need::required);
        // The policy has a code of its own for what is too short.
        read.password = fields.secret("password", {0, 128, nullptr, {}}, Need::required);
        return read;
    });
    if (!given) return std::unexpected(given.error());
    return nothing_or_problem(
        accounts.recover_by_mail(*given->account, *given->code, *given->password, call.caller));
}

}  // namespace

Operations mailbox_operations(Accounts& accounts, Mailboxes& mailboxes) {
    return {
        {"GET", "/me/mailbox", when_signed_in, Body::none,
         at_once([&](Call& call) { return ok_or_problem(mailboxes.get(call.session->account.id)); })},
        {"POST", "/me/mailbox", when_signed_in, Body::object,
         at_once([&](Call& call) { return begin(accounts, mailboxes, call); })},
        {"POST", "/me/mailbox/confirm", when_signed_in, Body::object,
         at_once([&](Call& call) { return confirm(mailboxes, call); })},
        {"POST", "/me/mailbox/remove", when_signed_in, Body::object,
         at_once([&](Call& call) { return remove(accounts, mailboxes, call); })},
        {"POST", "/password-recovery/mail", for_anybody, Body::object,
         at_once([&](Call& call) { return ask(mailboxes, call); })},
        {"POST", "/password-recovery/code", for_anybody, Body::object,
         at_once([&](Call& call) { return recover(accounts, call); })},
    };
}

}  // namespace sallyport::server
