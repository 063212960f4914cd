#include "core/door/debouncer.hpp"

#include <algorithm>

namespace sallyport::core {

Debouncer::Debouncer(base::Duration settle, Level level) : settle_(settle), level_(level), raw_(level) {}

void Debouncer::handle(Level level, base::Instant at) {
    if (level == raw_) return;
    // Lines are read in turns, so that an edge may come a moment after one that fell later.
    at = std::max(at, raw_since_);
    if (level == Level::active && (!active_since_ || at - raw_since_ >= settle_)) active_since_ = at;
    raw_ = level;
    raw_since_ = at;
}

std::optional<Debouncer::Settled> Debouncer::next() const {
    std::optional<Settled> due;
    if (raw_ != level_) due = {raw_, raw_since_ + settle_};
    if (level_ == Level::active || !active_since_) return due;
    const auto seen = *active_since_ + always_seen;
    const bool goes_on = raw_ == Level::active || seen < raw_since_ + settle_;
    if (goes_on && (!due || seen < due->at)) due = {Level::active, seen};
    return due;
}

std::optional<Debouncer::Settled> Debouncer::handle_timeout(base::Instant now) {
    const auto due = next();
    if (!due || due->at > now) return std::nullopt;
    level_ = due->level;
    if (level_ == Level::inactive) active_since_.reset();
    return due;
}

std::optional<base::Instant> Debouncer::next_deadline() const {
    const auto due = next();
    if (!due) return std::nullopt;
    return due->at;
}

}  // namespace sallyport::core
