#include "controller/login_guard.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace sallyport::controller {
namespace {

constexpr base::Duration window = std::chrono::minutes{10};
constexpr base::Duration lock = std::chrono::minutes{5};
constexpr std::size_t tries_for_account = 5;
constexpr std::size_t tries_from_address = 10;
constexpr std::size_t keys_kept = 1'024;

}  // namespace

base::Status LoginGuard::check_address(const std::string& address, base::Instant now) const {
    return check(addresses_, address, now);
}

base::Status LoginGuard::check_account(const std::string& account, base::Instant now) const {
    return check(accounts_, account, now);
}

base::Status LoginGuard::check(const Table& table, const std::string& key, base::Instant now) {
    const auto found = table.find(key);
    if (found == table.end() || found->second.locked_until <= now) return {};
    const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.locked_until - now);
    return base::fail(base::ErrorKind::forbidden, "locked_out",
                      fmt::format("Too many wrong passwords: wait {} seconds.", left.count()));
}

void LoginGuard::failed(const std::string& account, const std::string& address, base::Instant now) {
    count(accounts_, account, tries_for_account, now);
    count(addresses_, address, tries_from_address, now);
}

void LoginGuard::count(Table& table, const std::string& key, std::size_t allowed, base::Instant now) {
    // Full of others: those that are neither locked nor recent go first; then any.
    if (table.size() >= keys_kept && !table.contains(key)) {
        std::erase_if(table, [&](const auto& entry) {
            return entry.second.locked_until <= now &&
                   (entry.second.failed.empty() || entry.second.failed.back() + window <= now);
        });
        if (table.size() >= keys_kept) table.erase(table.begin());
    }
    auto& tries = table[key];
    while (!tries.failed.empty() && tries.failed.front() + window <= now) tries.failed.pop_front();
    tries.failed.push_back(now);
    if (tries.failed.size() < allowed) return;
    tries.locked_until = now + lock;
    tries.failed.clear();
}

void LoginGuard::succeeded(const std::string& account, const std::string& address) {
    accounts_.erase(account);
    addresses_.erase(address);
}

}  // namespace sallyport::controller
