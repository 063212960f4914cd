#pragma once
// Guesses at a password or code, counted for each account and address (platform.md S4). Whether a guess is
// wrong is known a tenth of a second after it has begun, so guesses under way count as well: only as many
// are let in at once as may still be wrong. What is under way is known to this process; the failures are in
// the database. Any thread.
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/clock.hpp"
#include "ports/database.hpp"
#include "server/accounts/lockout.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

class Attempts {
  public:
    /// What is counted under: ("account", "anna"), ("address", "10.0.0.7"), ("setup", "2001:db8:1:2::/64").
    using Counter = std::pair<std::string, std::string>;
    using Counters = std::vector<Counter>;

    /// An attempt under way; to be kept until its outcome is stored.
    class Admitted {
      public:
        Admitted(Attempts& attempts, Counters counters)
            : attempts_(&attempts), counters_(std::move(counters)) {}
        Admitted(Admitted&& other) noexcept
            : attempts_(std::exchange(other.attempts_, nullptr)), counters_(std::move(other.counters_)) {}
        Admitted& operator=(Admitted&&) = delete;
        ~Admitted() {
            if (attempts_ != nullptr) attempts_->leave(counters_);
        }
        [[nodiscard]] const Counters& counters() const { return counters_; }

      private:
        Attempts* attempts_;
        Counters counters_;
    };

    /// Both outlive this.
    Attempts(ports::Database& database, const ports::Clock& clock) : database_(database), clock_(clock) {}

    /// Waits while the attempts under way, were all of them wrong, would leave no guess for this one; they
    /// wait for nothing but the hash and the disk. Error: limit `code` while one of the counters is locked.
    [[nodiscard]] Answer<Admitted> admit(Counters, std::string_view code);

    /// Inside a unit of work: the attempt was wrong, and five in a row lock.
    [[nodiscard]] base::Status count_failure(ports::Connection&, const Admitted&) const;
    /// Inside a unit of work: the attempt was right, which forgives the ones before.
    [[nodiscard]] base::Status forgive(ports::Connection&, const Admitted&) const;
    /// Inside a unit of work: one that was counted there was right after all.
    [[nodiscard]] static base::Status take_back(ports::Connection&, const Counter&);

  private:
    enum class Room { free, taken };
    [[nodiscard]] Answer<Room> room_for(const Counters&, std::string_view code) const;
    void leave(const Counters&);

    ports::Database& database_;
    const ports::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable left_;
    std::map<Counter, std::int64_t> under_way_;
};

/// An account that an administrator has locked: no attempt under "account" is admitted either. Neither
/// failures nor forgiveness touch it.
inline constexpr std::string_view hand_lock = "lock";
/// Inside a unit of work: whether the account is locked by hand.
[[nodiscard]] base::Result<bool> locked_by_hand(ports::Connection&, const std::string& account,
                                                base::UtcTime now);
/// Inside a unit of work: what is remembered of one of them from now on.
[[nodiscard]] base::Status store_failures(ports::Connection&, const Attempts::Counter&, const Failures&);
/// limit `code` with the time to wait.
[[nodiscard]] Problem locked_out(base::UtcTime until, base::UtcTime now, std::string_view code);

}  // namespace sallyport::server
