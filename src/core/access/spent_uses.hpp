#pragma once
// What is left of limited uses after those who had them left this controller: who is blocked, or taken off a
// door, and comes back goes on with that (controller.md A3, K13; docs/decisions/0049).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/access/person.hpp"

namespace sallyport::core {

struct SpentSeries {
    std::uint64_t name = 0;  ///< hash of who it is and of the series: whoever left is not named
    std::uint32_t uses_left = 0;
    friend bool operator==(const SpentSeries&, const SpentSeries&) = default;
};
/// None where uses are not limited, or are not of an owner's series.
[[nodiscard]] std::optional<SpentSeries> spent_series(const Person&);
/// Public passwords are known by their number.
[[nodiscard]] std::optional<SpentSeries> spent_series(const PublicPassword&);

class SpentUses {
  public:
    /// Of those who left last. Who left before them and comes back with the same series begins at its uses
    /// again: rather that than a memory that grows for ever.
    static constexpr std::size_t limit = 10'000;

    void note(const SpentSeries&);
    /// Before somebody leaves.
    template <class Entry>
    void note(const Entry& leaving) {
        if (const auto series = spent_series(leaving)) note(*series);
    }
    /// Before somebody comes.
    template <class Entry>
    void keep(Entry& sent) const {
        const auto series = spent_series(sent);
        if (!series) return;
        if (const auto left = left_of(series->name)) sent.uses_left = std::min(*sent.uses_left, *left);
    }
    /// A use of somebody who has left meanwhile, by the name of the series.
    void spend(std::uint64_t name);
    /// `sent` takes the place of all that are `held`.
    void replace(std::vector<PublicPassword>& sent, const std::vector<PublicPassword>& held);

    /// Who left first comes first.
    [[nodiscard]] std::vector<SpentSeries> all() const;

  private:
    struct Left {
        std::uint32_t uses = 0;
        std::uint64_t turn = 0;
    };
    [[nodiscard]] std::optional<std::uint32_t> left_of(std::uint64_t name) const;

    std::unordered_map<std::uint64_t, Left> by_name_;
    std::map<std::uint64_t, std::uint64_t> by_turn_;  ///< their names
    std::uint64_t turns_ = 0;
};

}  // namespace sallyport::core
