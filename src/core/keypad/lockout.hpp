#pragma once
// Guessing at a keypad is slow (controller.md K14): 5 wrong codes within 60 s lock it for 60 s, then for 2, 4
// ... 30 min. The next lock is a short one again when the last one ended 30 min ago. A right code clears
// nothing, so that somebody with a PIN of his own cannot go on guessing others'.
#include <cstddef>

#include "base/burst.hpp"
#include "base/time.hpp"
#include "core/access/settings.hpp"

namespace sallyport::core {

class Lockout {
  public:
    static constexpr std::size_t too_many = 5;
    static constexpr base::Duration window = std::chrono::seconds{60};
    static constexpr base::Duration shortest = std::chrono::seconds{60};
    static constexpr base::Duration longest = std::chrono::minutes{30};

    /// A wrong code at `now`. Codes that are entered while locked are not looked at and not told here.
    void wrong(base::Instant now);
    [[nodiscard]] KeypadLock state(base::Instant now) const;

  private:
    base::Burst<too_many> wrong_;
    base::Instant until_{};  ///< of the last lock
    base::Duration last_{};  ///< how long it was; 0: there was none
};

}  // namespace sallyport::core
