#include "codec/wiegand/ordered_decoder.hpp"

#include <algorithm>

namespace sallyport::codec::wiegand {

void OrderedDecoder::handle(Pulse pulse) {
    const bool late = !waiting_.empty() && pulse.at < waiting_.back().at;
    waiting_.insert(std::ranges::upper_bound(waiting_, pulse.at, {}, &Pulse::at), pulse);
    if (late) {
        ahead_ = decoder_;
        for (const auto& each : waiting_) static_cast<void>(ahead_.handle(each));
    } else {
        static_cast<void>(ahead_.handle(pulse));
    }
    // Noise without a pause must not be kept for ever.
    if (waiting_.size() >= longest_frame) settle();
}

void OrderedDecoder::settle() {
    for (const auto& pulse : waiting_) {
        const auto end = decoder_.next_deadline().value_or(pulse.at);
        if (auto seen = decoder_.handle(pulse)) ended_.push_back({*std::move(seen), std::min(end, pulse.at)});
    }
    waiting_.clear();
    ahead_ = decoder_;
}

std::optional<OrderedDecoder::Ended> OrderedDecoder::handle_timeout(base::Instant now) {
    const auto end = ahead_.next_deadline();
    if (ended_.empty() && end && *end <= now) {
        settle();
        if (auto seen = decoder_.handle_timeout(now)) ended_.push_back({*std::move(seen), *end});
        ahead_ = decoder_;
    }
    if (ended_.empty()) return std::nullopt;
    auto first = std::move(ended_.front());
    ended_.pop_front();
    return first;
}

std::optional<base::Instant> OrderedDecoder::next_deadline() const {
    if (!ended_.empty()) return ended_.front().at;
    return ahead_.next_deadline();
}

}  // namespace sallyport::codec::wiegand
