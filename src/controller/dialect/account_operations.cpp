// Accounts: sallyport.* inside TLS, userManager.* in the dialect's words. One administrator always stays.
#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::size_t accounts_limit = 64;
constexpr std::size_t password_bytes = 1'024;

std::string_view word_of(ports::AccountRole role) {
    switch (role) {
        case ports::AccountRole::viewer: return "viewer";
        case ports::AccountRole::operating: return "operator";
        case ports::AccountRole::admin: return "admin";
    }
    return "viewer";
}

std::optional<ports::AccountRole> role_from(std::string_view word) {
    // Deployed devices know the groups admin and user.
    if (word == "user") return ports::AccountRole::operating;
    for (const auto role :
         {ports::AccountRole::viewer, ports::AccountRole::operating, ports::AccountRole::admin})
        if (word == word_of(role)) return role;
    return std::nullopt;
}

base::Status check_administrator(const std::vector<ports::Account>& accounts) {
    if (std::ranges::find(accounts, ports::AccountRole::admin, &ports::Account::role) != accounts.end())
        return {};
    return base::fail(base::ErrorKind::conflict, "conflict",
                      "One administrator has to stay: make another one first.");
}

std::string read_name(const cgi::Loose& member) {
    auto name = member.text(31);
    if (!base::UserId::from(name)) member.complain("has to be 1 to 31 letters, digits, - _ or .");
    return name;
}

}  // namespace

void Operations::add_accounts() {
    add("sallyport.accounts", Right::admin, &Operations::list_accounts);
    add("sallyport.addAccount", Right::admin, &Operations::add_account);
    add("sallyport.changeAccount", Right::admin, &Operations::change_account);
    add("sallyport.removeAccount", Right::admin, &Operations::remove_account);
    add("sallyport.changePassword", Right::viewer, &Operations::change_password);
    add("userManager.getUserInfoAll", Right::admin, &Operations::list_accounts);
    add("userManager.addUser", Right::admin, &Operations::add_account);
    add("userManager.modifyUser", Right::admin, &Operations::change_account);
    add("userManager.deleteUser", Right::admin, &Operations::remove_account);
    add("userManager.modifyPassword", Right::viewer, &Operations::change_password);
}

void Operations::list_accounts(const Call& call, Answer answer) {
    json::array all;
    const bool native = call.method == "sallyport.accounts";
    for (const auto& account : controller().accounts()) {
        if (native) {
            all.push_back(json::object{{"name", account.name},
                                       {"role", word_of(account.role)},
                                       {"plainDialect", !account.sealed_hash.empty()}});
        } else {
            all.push_back(json::object{{"Name", account.name},
                                       {"Group", word_of(account.role)},
                                       {"Reserved", false},
                                       {"Sharable", true}});
        }
    }
    answer(Reply{{{native ? "accounts" : "users", std::move(all)}}});
}

// {name, role, password}; in the dialect {user: {Name, Group, Password}}, and `name` of the one that is
// meant.
Operations::AccountWish Operations::account_wish(const cgi::Loose& params) {
    AccountWish wish;
    const auto user = params["user"].is_object() ? params["user"] : params;
    const auto name = params["name"].present() ? params["name"] : user.either("Name", "name");
    wish.name = read_name(name);
    const auto role = user.either("role", "Group");
    if (role.present()) {
        wish.role = role_from(role.text(31));
        if (!wish.role) role.complain("has to be admin, operator or viewer");
    }
    const auto password = user.either("password", "Password");
    if (!password.present()) return wish;
    wish.password = base::Secret(password.text(password_bytes));
    if (auto status = check_password(*wish.password); !status)
        password.complain("has to have 8 to 128 characters");
    return wish;
}

void Operations::add_account(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto wish = account_wish(params);
    if (!wish.password) params["password"].complain("has to have 8 to 128 characters");
    if (fault) return answer(std::unexpected(*fault));
    write_account(call, wish, Existing::refused, std::move(answer));
}

void Operations::change_account(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto wish = account_wish(params);
    if (!wish.password && !wish.role)
        params["role"].complain("or password has to be there: nothing would change");
    if (fault) return answer(std::unexpected(*fault));
    write_account(call, wish, Existing::required, std::move(answer));
}

void Operations::write_account(const Call& call, const AccountWish& wish, Existing existing, Answer answer) {
    const auto* known = find_account(controller(), wish.name);
    if (known == nullptr && existing == Existing::required)
        return answer(base::fail(base::ErrorKind::not_found, "not_found",
                                 fmt::format("There is no account {}.", wish.name)));
    if (known != nullptr && existing == Existing::refused)
        return answer(base::fail(base::ErrorKind::conflict, "conflict",
                                 fmt::format("The account {} is there already.", wish.name)));
    const auto role = wish.role.value_or(known == nullptr ? ports::AccountRole::viewer : known->role);
    Call by;
    by.caller = call.caller;
    if (!wish.password) {
        auto changed = *known;
        changed.role = role;
        return store_account(by, std::move(changed), std::move(answer));
    }
    service_.make_account(wish.name, role, *wish.password,
                          [this, by, answer = std::move(answer)](base::Result<ports::Account> made) mutable {
                              if (!made) return answer(std::unexpected(made.error()));
                              store_account(by, *std::move(made), std::move(answer));
                          });
}

void Operations::store_account(const Call& by, ports::Account account, Answer answer) {
    change_accounts(
        by, account.name, core::DetailTerm::account_set,
        [account](std::vector<ports::Account>& accounts) -> base::Status {
            const auto known = std::ranges::find(accounts, account.name, &ports::Account::name);
            if (known != accounts.end()) {
                *known = account;
                return {};
            }
            if (accounts.size() >= accounts_limit)
                return base::fail(
                    base::ErrorKind::limit, "limit",
                    fmt::format("There are {} accounts already, which is the limit.", accounts_limit));
            accounts.push_back(account);
            return {};
        },
        std::move(answer));
}

void Operations::remove_account(const Call& call, Answer answer) {
    cgi::Fault fault;
    const auto name = read_name(cgi::Loose(call.params, fault)["name"]);
    if (fault) return answer(std::unexpected(*fault));
    Call by;
    by.caller = call.caller;
    change_accounts(
        by, name, core::DetailTerm::account_removed,
        [name](std::vector<ports::Account>& accounts) -> base::Status {
            if (std::erase_if(accounts, [&](const auto& account) { return account.name == name; }) > 0)
                return {};
            return base::fail(base::ErrorKind::not_found, "not_found",
                              fmt::format("There is no account {}.", name));
        },
        std::move(answer));
}

// One's own, with the old one; an administrator anybody's.
void Operations::change_password(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto name = params["name"].present() ? read_name(params["name"]) : call.caller.account;
    const auto fresh = params.either("pwd", "password");
    const base::Secret password(fresh.text(password_bytes));
    const base::Secret old(params.either("pwdOld", "oldPassword").text(password_bytes));
    if (!check_password(password)) fresh.complain("has to have 8 to 128 characters");
    if (fault) return answer(std::unexpected(*fault));
    const bool administrator = check_right(controller(), call.caller, Right::admin).has_value();
    if (name != call.caller.account && !administrator)
        return answer(base::fail(base::ErrorKind::forbidden, "forbidden",
                                 "Only an administrator changes the password of another account."));
    const AccountWish wish{name, std::nullopt, password};
    Call by;
    by.caller = call.caller;
    if (name != call.caller.account) return write_account(by, wish, Existing::required, std::move(answer));
    if (auto status = service_.guard().check_account(name, service_.real_now()); !status)
        return answer(std::unexpected(status.error()));
    const auto* known = find_account(controller(), name);
    service_.passwords().verify(
        old, known == nullptr ? std::string() : known->argon2id,
        [this, by, wish, answer = std::move(answer)](const base::Status& status) mutable {
            if (status) return write_account(by, wish, Existing::required, std::move(answer));
            service_.guard().failed(by.caller.account, by.caller.address, service_.real_now());
            answer(base::fail(base::ErrorKind::forbidden, "wrong_password", "The old password is wrong."));
        });
}

void Operations::change_accounts(const Call& by, const std::string& name, core::DetailTerm what,
                                 std::function<base::Status(std::vector<ports::Account>&)> edit,
                                 Answer answer) {
    auto prepare = [this, by, name, what, edit = std::move(edit)]() -> base::Result<PolicyChange> {
        if (!controller().running())
            return base::fail(base::ErrorKind::unavailable, "busy", "The controller is starting.");
        auto accounts = controller().accounts();
        auto status = edit(accounts);
        if (status) status = check_administrator(accounts);
        if (!status) return std::unexpected(status.error());
        PolicyChange change;
        change.write.accounts = std::move(accounts);
        change.write.records.push_back(
            record_of(by, core::RecordKind::settings_changed, {what, {{core::DetailName::account, name}}}));
        return change;
    };
    controller().change_policy(std::move(prepare),
                               [this, name, session = by.caller.session,
                                answer = std::move(answer)](const base::Status& status) mutable {
                                   if (!status) return answer(std::unexpected(status.error()));
                                   answer(Reply{});
                                   service_.account_changed(name, session);
                               });
}

}  // namespace sallyport::controller::dialect
