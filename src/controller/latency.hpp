#pragma once
// How long something takes, as a histogram that costs nothing to fill.
#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace sallyport::controller {

/// Microseconds in steps of at most 7 %: 16 for each doubling.
class Latency {
  public:
    void add(base::Duration);
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t max_us() const { return max_; }
    /// The upper end of the step in which the given part (0-1) of all lies; 0 without any.
    [[nodiscard]] std::uint64_t quantile_us(double part) const;

    struct Step {
        std::uint64_t up_to_us = 0;
        std::uint64_t count = 0;
    };
    /// Those that are not empty, in order.
    [[nodiscard]] std::vector<Step> steps() const;

  private:
    static constexpr std::size_t fine = 16;
    static std::size_t step_of(std::uint64_t us);
    static std::uint64_t end_of(std::size_t step);

    std::array<std::uint64_t, 40 * fine> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace sallyport::controller
