#include "codec/journal/record_times.hpp"

#include <algorithm>

namespace sallyport::codec {

void RecordTimes::note(std::uint64_t ordinal, base::UtcTime at) {
    if (ordinal != known_until_) {
        blocks_.clear();
        known_from_ = ordinal;
    }
    known_until_ = ordinal + 1;
    const auto index = ordinal / block_records - known_from_ / block_records;
    if (index == blocks_.size()) blocks_.push_back({at, at});
    auto& block = blocks_[index];
    block.earliest = std::min(block.earliest, at);
    block.latest = std::max(block.latest, at);
}

void RecordTimes::forget(std::uint64_t ordinal) {
    while (known_from_ <= ordinal && !blocks_.empty() &&
           ordinal / block_records > known_from_ / block_records) {
        known_from_ = (known_from_ / block_records + 1) * block_records;
        blocks_.pop_front();
    }
}

bool RecordTimes::may_hold(std::uint64_t block, const base::TimeSpan& times) const {
    const auto& known = blocks_[block - known_from_ / block_records];
    return known.latest >= times.from && known.earliest < times.to;
}

std::optional<RecordTimes::Stretch> RecordTimes::next(std::uint64_t after, std::uint64_t upto,
                                                      const base::TimeSpan& times) const {
    const auto known_end = std::min(upto + 1, known_until_);
    std::optional<Stretch> found;
    for (auto at = after + 1; at <= upto;) {
        auto end = upto;  // of the block that `at` is in, or of what is unknown there
        bool fits = true;
        if (at < known_from_) {
            end = std::min(upto, known_from_ - 1);
        } else if (at < known_end) {
            const auto block = at / block_records;
            end = std::min(known_end, (block + 1) * block_records) - 1;
            fits = may_hold(block, times);
        }
        if (fits && !found) found = Stretch{at, end};
        if (fits) found->last = end;
        if (!fits && found) break;
        at = end + 1;
    }
    return found;
}

}  // namespace sallyport::codec
