#pragma once
// What all accounts have little of is not for one alone: each has so many of it at once.
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "server/storage/id_source.hpp"

namespace sallyport::server {

class Shares {
  public:
    explicit Shares(std::size_t of_each) : of_each_(of_each) {}

    /// What the account has until the last copy goes, which this outlives; null when it has all of its own.
    /// Any thread.
    [[nodiscard]] std::shared_ptr<void> take(Id account) {
        const std::lock_guard lock(mutex_);
        if (taken_[account] >= of_each_) return nullptr;
        ++taken_[account];
        return {this, [account](Shares* shares) { shares->give_back(account); }};
    }

  private:
    void give_back(Id account) {
        const std::lock_guard lock(mutex_);
        if (--taken_[account] == 0) taken_.erase(account);
    }

    const std::size_t of_each_;
    std::mutex mutex_;
    std::map<Id, std::size_t> taken_;
};

}  // namespace sallyport::server
