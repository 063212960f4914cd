#include "codec/journal/journal.hpp"

#include <algorithm>

#include "codec/dhip/record_json.hpp"
#include "core/record/detail.hpp"

namespace sallyport::codec {

core::RecordPosition JournalState::position_of(std::uint64_t ordinal) const {
    auto found = std::ranges::find_if(generations.rbegin(), generations.rend(),
                                      [&](const auto& one) { return one.first_ordinal <= ordinal; });
    if (found == generations.rend()) found = std::prev(generations.rend());
    return {found->number, ordinal + 1 - found->first_ordinal};
}

std::optional<std::uint64_t> JournalState::ordinal_of(core::RecordPosition position) const {
    auto found = std::ranges::find(generations, position.generation, &Generation::number);
    if (found == generations.end()) return std::nullopt;
    const std::uint64_t ordinal = found->first_ordinal - 1 + position.sequence;
    if (ordinal > end_of(position.generation)) return std::nullopt;
    return ordinal;
}

std::uint64_t JournalState::end_of(std::uint32_t generation) const {
    auto next = std::ranges::find_if(generations, [&](const auto& one) { return one.number > generation; });
    return next == generations.end() ? last_ordinal : next->first_ordinal - 1;
}

void JournalBatch::begin_generation(std::uint32_t number) {
    if (number > state_.generations.back().number)
        state_.generations.push_back({number, state_.last_ordinal + 1});
}

JournalRow JournalBatch::append(const core::Record& record) {
    JournalRow row;
    row.ordinal = ++state_.last_ordinal;
    row.stored.position = state_.last();
    row.stored.record = record;
    row.stored.previous = state_.last_hash;
    row.body = dhip::record_body(row.stored.position, record);
    row.stored.hash = state_.last_hash = chain_hash(row.stored.previous, row.body);
    if (owner_cursor_ && gone() > *owner_cursor_) ++state_.unreported;
    return row;
}

std::optional<JournalRow> JournalBatch::report_losses(base::UtcTime at, std::int32_t utc_offset_s) {
    if (!owner_cursor_ || state_.unreported == 0) return std::nullopt;
    const auto cursor = static_cast<std::int64_t>(*owner_cursor_);
    const bool first = cursor != state_.reported_cursor;
    if (!first && state_.unreported < std::max<std::uint64_t>(1, capacity_ / 64)) return std::nullopt;
    core::Record record;
    record.kind = core::RecordKind::records_overwritten;
    record.at = at;
    record.utc_offset_s = utc_offset_s;
    record.detail =
        core::written({core::DetailTerm::overwritten_unread, {{core::DetailName::count, state_.unreported}}});
    state_.unreported = 0;
    state_.reported_cursor = cursor;
    return append(record);
}

std::uint64_t JournalBatch::gone() const {
    return state_.last_ordinal > capacity_ ? state_.last_ordinal - capacity_ : 0;
}

}  // namespace sallyport::codec
