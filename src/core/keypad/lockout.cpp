#include "core/keypad/lockout.hpp"

#include <algorithm>

namespace sallyport::core {

void Lockout::wrong(base::Instant now) {
    wrong_.add(now);
    if (!wrong_.within(window)) return;
    const bool forgotten = last_ == base::Duration{} || now - until_ >= longest;
    last_ = forgotten ? shortest : std::min(last_ * 2, longest);
    until_ = now + last_;
    wrong_.clear();
}

KeypadLock Lockout::state(base::Instant now) const {
    return last_ != base::Duration{} && now < until_ ? KeypadLock::locked : KeypadLock::open;
}

}  // namespace sallyport::core
