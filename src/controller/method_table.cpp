#include "controller/method_table.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "codec/dhip/reader.hpp"
#include "controller/controller.hpp"

namespace sallyport::controller {

void MethodTable::add(std::string_view name, Right right, Operation run) {
    methods_.insert_or_assign(std::string(name), Method{right, std::move(run)});
}

const MethodTable::Method* MethodTable::find(std::string_view name) const {
    const auto found = methods_.find(name);
    return found == methods_.end() ? nullptr : &found->second;
}

std::vector<std::string> MethodTable::names() const {
    std::vector<std::string> all;
    for (const auto& [name, method] : methods_) all.push_back(name);
    return all;
}

void MethodTable::run(const Controller& controller, const Call& call, Answer answer) const {
    if (auto status = check_channel(call.caller, call.method); !status)
        return answer(std::unexpected(status.error()));
    const auto* method = find(call.method);
    if (method == nullptr)
        return answer(std::unexpected(unknown_method(controller, call.caller, call.method)));
    if (auto status = check_right(controller, call.caller, method->right); !status)
        return answer(std::unexpected(status.error()));
    if (!controller.running()) {
        return answer(base::fail(base::ErrorKind::unavailable, "busy",
                                 "The controller is starting: try again in a moment."));
    }
    method->run(call, std::move(answer));
}

const ports::Account* find_account(const Controller& controller, std::string_view name) {
    const auto& accounts = controller.accounts();
    const auto found = std::ranges::find(accounts, name, &ports::Account::name);
    return found == accounts.end() ? nullptr : &*found;
}

base::Status check_right(const Controller& controller, const Caller& caller, Right right) {
    if (right == Right::anybody) return {};
    if (!controller.initialised()) {
        return base::fail(base::ErrorKind::conflict, "not_initialised",
                          "The controller has no password yet: initialise it first.");
    }
    const auto* account = caller.account.empty() ? nullptr : find_account(controller, caller.account);
    if (account == nullptr)
        return base::fail(base::ErrorKind::unauthenticated, "not_logged_in", "Log in first: global.login.");
    const auto needed = right == Right::operating ? ports::AccountRole::operating
                        : right >= Right::admin   ? ports::AccountRole::admin
                                                  : ports::AccountRole::viewer;
    if (account->role < needed) {
        return base::fail(base::ErrorKind::forbidden, "forbidden",
                          fmt::format("The account {} may not do that.", account->name));
    }
    if (right != Right::owner) return {};
    if (caller.claimed.empty()) {
        return base::fail(base::ErrorKind::forbidden, "forbidden",
                          "Only the owner of the roster may do that: claim it first (sallyport.claim).");
    }
    if (caller.claimed == controller.owner().manager) return {};
    return base::fail(base::ErrorKind::conflict, "roster_owned_by_other",
                      fmt::format("The roster belongs to {}.", controller.owner().manager));
}

base::Status check_channel(const Caller& caller, std::string_view method) {
    if (caller.channel == Channel::tls || !method.starts_with("sallyport.")) return {};
    return base::fail(base::ErrorKind::forbidden, "forbidden",
                      "The methods of sallyport.* are spoken inside TLS only.");
}

base::Error unknown_method(const Controller& controller, const Caller& caller, std::string_view name) {
    if (auto status = check_right(controller, caller, Right::session); !status) return status.error();
    return {base::ErrorKind::not_found, "unknown_method",
            fmt::format("There is no method {}; system.listMethod names those that there are.",
                        codec::dhip::json_text(name, 128))};
}

}  // namespace sallyport::controller
