#pragma once
// The arithmetic of a journal that is a ring and a chain, without storage (controller.md section 2, E1):
// numbers, hashes, what goes when it is full, and what must be said about it. Every store keeps a
// JournalState beside its records and writes both in one transaction.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/dhip/record_json.hpp"
#include "core/record/record.hpp"

namespace sallyport::codec {

using dhip::chain_hash;

struct Generation {
    std::uint32_t number = 1;
    std::uint64_t first_ordinal = 1;  ///< of its record with sequence 1
    friend bool operator==(const Generation&, const Generation&) = default;
};

struct JournalRow {
    std::uint64_t ordinal = 0;
    std::string body;  ///< canonical JSON
    core::StoredRecord stored;
};

struct JournalState {
    std::uint64_t last_ordinal = 0;  ///< counts from 1 through all generations; 0: no record yet
    core::ChainHash last_hash;
    std::vector<Generation> generations{Generation{}};  ///< in order, never empty
    std::uint64_t unreported = 0;       ///< went without the owner, and stand in no records_overwritten yet
    std::int64_t reported_cursor = -1;  ///< ordinal of the owner's cursor at the last such report; -1: never

    [[nodiscard]] core::RecordPosition position_of(std::uint64_t ordinal) const;
    [[nodiscard]] core::RecordPosition last() const { return position_of(last_ordinal); }
    /// The ordinal of a record that was given; of sequence 0 the one before the generation's first. nullopt
    /// for a position that never was.
    [[nodiscard]] std::optional<std::uint64_t> ordinal_of(core::RecordPosition) const;
    /// The last ordinal of a generation.
    [[nodiscard]] std::uint64_t end_of(std::uint32_t generation) const;
    friend bool operator==(const JournalState&, const JournalState&) = default;
};

/// The journal during one commit.
class JournalBatch {
  public:
    /// `capacity`: records kept, at least 1. `owner_cursor`: ordinal that the roster's owner has
    /// acknowledged; none: there is no owner, and nobody to report losses to.
    JournalBatch(JournalState state, std::uint64_t capacity, std::optional<std::uint64_t> owner_cursor)
        : state_(std::move(state)), capacity_(capacity), owner_cursor_(owner_cursor) {}

    /// Later records count from sequence 1 of this generation; does nothing unless it is a newer one.
    void begin_generation(std::uint32_t number);
    [[nodiscard]] JournalRow append(const core::Record&);
    /// The records_overwritten record that is due, if any: at the first loss after the owner has read, then
    /// once for each 64th part of the capacity, so that a full ring does not fill with reports of itself.
    [[nodiscard]] std::optional<JournalRow> report_losses(base::UtcTime at, std::int32_t utc_offset_s);
    /// Rows up to and including this ordinal are gone after the commit; 0: none.
    [[nodiscard]] std::uint64_t gone() const;
    [[nodiscard]] const JournalState& state() const { return state_; }

  private:
    JournalState state_;
    std::uint64_t capacity_;
    std::optional<std::uint64_t> owner_cursor_;
};

}  // namespace sallyport::codec
