#pragma once
// Areas and anti-passback (controller.md A7): who may pass a reader depends on where he or she is known to
// be.
//
// Choices that the specification leaves open:
// - A reader leads from one area to another. The area that it leads into says what counts; where that one has
//   no rules (the outside, 0), the area that it leads out of does.
// - Nobody is shut out for what is not known: a person whose position is unknown passes, and it is learned.
// - Neither is a position known in an area that no reader leads into or out of any more.
// - A position moves when the door was opened within the hold; without a detector, with the grant. The exit
//   button, an operator's `open` and public passwords move nobody.
// - The daily reset needs no moment of its own: a position from before the last reset counts as unknown.
// While
//   the clock is not set there is none.
// - `timed` looks at the last way into the area alone. It counts in monotonic time; after a restart in UTC.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <boost/describe/enum.hpp>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace sallyport::core {

/// 1-255; 0 is the outside.
struct AreaNumber {
    std::uint8_t value = 0;
    friend constexpr auto operator<=>(const AreaNumber&, const AreaNumber&) = default;
};
inline constexpr AreaNumber outside{0};

/// The way past a reader; none where both are the same.
struct Passage {
    AreaNumber from = outside;
    AreaNumber to = outside;
    [[nodiscard]] bool leads() const { return from != to; }
    friend bool operator==(const Passage&, const Passage&) = default;
};

enum class Passback : std::uint8_t {
    off,   ///< positions are kept, nobody is refused
    hard,  ///< who is not where the reader leads from is refused
    soft,  ///< as hard, but granted and marked in the record
    timed  ///< who came into the area less than `minutes` ago is refused
};
BOOST_DESCRIBE_ENUM(Passback, off, hard, soft, timed)

struct AreaRules {
    AreaNumber number;
    Passback passback = Passback::off;
    std::int32_t minutes = 10;                 ///< of `timed`, 1-1,440
    std::optional<std::int32_t> reset_at_s{};  ///< second of the local day, 0-86,399: positions are forgotten
    friend bool operator==(const AreaRules&, const AreaRules&) = default;
};

/// Where a person went last.
struct Position {
    AreaNumber area;
    base::UtcTime since;
    std::int32_t utc_offset_s = 0;       ///< of the site's zone at that time
    std::optional<base::Instant> moved;  ///< none: before the last restart
    friend bool operator==(const Position&, const Position&) = default;
};

/// Where everybody is who has ever passed. Fast at any number of people; owned by one thread.
class Positions {
  public:
    [[nodiscard]] const Position* find(const base::UserId&) const;
    void move(const base::UserId&, const Position&);
    /// A pardon: wherever the person is, the next reader lets him or her pass.
    void forget(const base::UserId&);
    void forget(AreaNumber);
    void clear() { all_.clear(); }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

  private:
    struct Hash {
        std::size_t operator()(const base::UserId& id) const {
            return std::hash<std::string_view>{}(id.view());
        }
    };
    std::unordered_map<base::UserId, Position, Hash> all_;
};

enum class Passing : std::uint8_t { allowed, violation };

/// Whether a person at `position` (null: unknown) keeps to the rules of the area when passing.
[[nodiscard]] Passing judge(const AreaRules&, const Passage&, const Position*, const base::Moment& now);

}  // namespace sallyport::core
