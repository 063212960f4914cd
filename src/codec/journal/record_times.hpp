#pragma once
// Where in a journal records of a time may be, so that a search by time does not read all of it (docs/
// decisions). Times do not grow with the numbers, because clocks are set: for each block of 256 records the
// earliest and the latest time are known. Pure; 16 bytes a block, 62 KiB for a million records.
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time_span.hpp"

namespace sallyport::codec {

class RecordTimes {
  public:
    /// Ordinals, both included.
    struct Stretch {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        friend bool operator==(const Stretch&, const Stretch&) = default;
    };

    /// The time of a record. In order and without gaps; after a gap all before it is unknown again.
    void note(std::uint64_t ordinal, base::UtcTime at);
    /// Records up to and including this one are gone.
    void forget(std::uint64_t ordinal);
    /// The first stretch after `after` that may hold records of that time; what is unknown may. Never empty;
    /// nullopt: nothing further up to `upto`.
    [[nodiscard]] std::optional<Stretch> next(std::uint64_t after, std::uint64_t upto,
                                              const base::TimeSpan&) const;

  private:
    struct Block {
        base::UtcTime earliest;
        base::UtcTime latest;
    };
    static constexpr std::uint64_t block_records = 256;
    [[nodiscard]] bool may_hold(std::uint64_t block, const base::TimeSpan&) const;

    std::uint64_t known_from_ = 0;   ///< ordinal; what is before it is unknown
    std::uint64_t known_until_ = 0;  ///< excluded
    std::deque<Block> blocks_;       ///< from that of known_from_ on
};

}  // namespace sallyport::codec
