#pragma once
// Whether something happened often within a short time.
#include <algorithm>
#include <array>
#include <cstddef>

#include "base/time.hpp"

namespace sallyport::base {

/// Remembers the last N instants, which must not go backwards.
template <std::size_t N>
class Burst {
  public:
    void add(Instant now) {
        std::shift_left(last_.begin(), last_.end(), 1);
        last_.back() = now;
        count_ = std::min(count_ + 1, N);
    }
    /// N of them, the first and the last no further apart than `window`.
    [[nodiscard]] bool within(Duration window) const {
        return count_ == N && last_.back() - last_.front() <= window;
    }
    void clear() { count_ = 0; }

  private:
    std::array<Instant, N> last_;
    std::size_t count_ = 0;
};

}  // namespace sallyport::base
