#pragma once
// Slows down guessing: 5 wrong passwords for an account, or 10 from an address, within 10 minutes lock it for
// 5 minutes. A value; `now` is real time, never simulated.
#include <deque>
#include <map>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::controller {

class LoginGuard {
  public:
    /// `forbidden` "locked_out", saying for how long.
    [[nodiscard]] base::Status check_address(const std::string& address, base::Instant now) const;
    [[nodiscard]] base::Status check_account(const std::string& account, base::Instant now) const;
    void failed(const std::string& account, const std::string& address, base::Instant now);
    void succeeded(const std::string& account, const std::string& address);

  private:
    struct Tries {
        std::deque<base::Instant> failed;
        base::Instant locked_until;
    };
    using Table = std::map<std::string, Tries, std::less<>>;
    static base::Status check(const Table&, const std::string& key, base::Instant now);
    static void count(Table&, const std::string& key, std::size_t allowed, base::Instant now);

    Table accounts_;
    Table addresses_;
};

}  // namespace sallyport::controller
