// Factories: clients ask for an object once and name it in later calls.
#include <algorithm>

#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;

namespace {

/// More, and the account's oldest goes: a client that forgets to destroy takes nothing from others.
constexpr std::size_t instances_limit = 64;

std::string kind_of(const std::string& method) {
    return method.substr(0, method.find('.'));
}

}  // namespace

void Operations::add_factories() {
    add("accessControl.factory.instance", Right::viewer, &Operations::make_instance);
    add("accessControl.destroy", Right::viewer, &Operations::destroy_instance);
}

void Operations::make_instance(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    Instance made{kind_of(call.method), params["name"].text(64), call.caller.account, 0};
    if (made.kind == "accessControl" && params["channel"].present())
        made.channel = params["channel"].integer(0, controller().options().doors - 1);
    if (fault) return answer(std::unexpected(*fault));
    const auto own = [&](const auto& entry) { return entry.second.account == call.caller.account; };
    if (static_cast<std::size_t>(std::ranges::count_if(instances_, own)) >= instances_limit)
        forget_instance(std::ranges::find_if(instances_, own)->first);
    const auto number = next_instance_++;
    instances_[number] = std::move(made);
    answer(Reply{{}, number});
}

void Operations::destroy_instance(const Call& call, Answer answer) {
    if (instance_of(call, kind_of(call.method)) != nullptr) forget_instance(call.object);
    answer(Reply{});
}

// With the search that it has begun.
void Operations::forget_instance(std::uint32_t number) {
    if (const auto search = instance_searches_.extract(number)) searches_.end(search.mapped());
    instances_.erase(number);
}

const Instance* Operations::instance_of(const Call& call, std::string_view kind) const {
    const auto found = instances_.find(call.object);
    if (found == instances_.end() || found->second.kind != kind ||
        found->second.account != call.caller.account)
        return nullptr;
    return &found->second;
}

}  // namespace sallyport::controller::dialect
