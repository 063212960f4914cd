#pragma once
// Five wrong passwords lock for ten minutes, then twenty, forty ... a day at most (platform.md S4). Pure.
#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace sallyport::server {

/// What is remembered of one account or one address (base::counted_address).
struct Failures {
    std::int64_t failures = 0;  ///< in a row since the last lock or success
    std::int64_t locks = 0;     ///< in a row
    base::UtcTime locked_until{0};
    base::UtcTime last_at{0};
};
inline constexpr std::int64_t failures_until_lock = 5;
inline constexpr base::Duration first_lock = std::chrono::minutes{10};
inline constexpr base::Duration longest_lock = std::chrono::hours{24};

[[nodiscard]] inline bool is_locked(const Failures& known, base::UtcTime now) {
    // A clock that was set back must not lock for longer than any lock is.
    return known.locked_until > now && known.locked_until - now <= longest_lock;
}

[[nodiscard]] inline Failures after_failure(Failures known, base::UtcTime now) {
    if (now - known.last_at > 2 * longest_lock) known = {};
    known.last_at = now;
    if (++known.failures < failures_until_lock) return known;
    auto length = first_lock;
    for (std::int64_t i = 0; i < known.locks && length < longest_lock; ++i) length *= 2;
    known.failures = 0;
    ++known.locks;
    known.locked_until = now + (length < longest_lock ? length : longest_lock);
    return known;
}

/// Without the last of them, which was none after all: also without the lock that it made.
[[nodiscard]] inline Failures without_failure(Failures known) {
    if (known.failures > 0) {
        --known.failures;
    } else if (known.locks > 0) {
        --known.locks;
        known.failures = failures_until_lock - 1;
        known.locked_until = {0};
    }
    return known;
}

}  // namespace sallyport::server
