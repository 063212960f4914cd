#include "adapters/sim/simulated_panel.hpp"

namespace sallyport::adapters {

namespace wiegand = codec::wiegand;

namespace {

std::string words_of(const wiegand::Seen& seen) {
    if (const auto* card = std::get_if<wiegand::CardSeen>(&seen)) return "card " + card->card.text();
    if (const auto* key = std::get_if<wiegand::KeySeen>(&seen)) return std::string("key ") + key->key;
    return "bad_frame";
}

}  // namespace

void SimulatedPanel::set(wiegand::Line line, core::Level level) {
    if (level != core::Level::active) return;
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    finish(now);
    at_ = at_ + std::chrono::milliseconds{1};
    static_cast<void>(decoder_.handle({line, at_}));
    last_ = now;
}

std::vector<std::string> SimulatedPanel::heard() {
    const std::lock_guard lock(mutex_);
    finish(Clock::now());
    return {heard_.begin(), heard_.end()};
}

void SimulatedPanel::finish(Clock::time_point now) {
    const auto end = decoder_.next_deadline();
    if (!end || now - last_ < silence) return;
    at_ = *end;
    if (const auto seen = decoder_.handle_timeout(at_)) heard_.push_back(words_of(*seen));
    if (heard_.size() > heard_kept) heard_.pop_front();
}

}  // namespace sallyport::adapters
