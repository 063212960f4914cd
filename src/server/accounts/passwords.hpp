#pragma once
// Argon2id of passwords and of answers to security questions. Any thread; one hash at a time, since each
// takes the memory of its cost.
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::server {

/// The defaults are libsodium's for interactive use: 64 MiB, about 0.1 s.
struct PasswordCost {
    unsigned long long operations = 2;
    std::size_t memory = std::size_t{64} << 20;
};

class Passwords {
  public:
    explicit Passwords(PasswordCost cost) : cost_(cost) {}
    /// internal "no_memory" when the memory of the cost is not to be had.
    [[nodiscard]] base::Result<std::string> hash(const base::Secret&);
    /// Takes as long for an empty hash (an account that does not exist) as for any other, and is then false.
    [[nodiscard]] bool matches(const std::string& hash, const base::Secret&);
    /// Whether it was made at another cost than that of now.
    [[nodiscard]] bool is_of_another_cost(const std::string& hash) const;

  private:
    const PasswordCost cost_;
    std::mutex mutex_;
    std::string of_nobody_;
};

}  // namespace sallyport::server
