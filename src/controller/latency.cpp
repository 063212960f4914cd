#include "controller/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sallyport::controller {

void Latency::add(base::Duration taken) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, taken.count()));
    ++counts_[step_of(us)];
    ++count_;
    max_ = std::max(max_, us);
}

// Below 16 a step each; from there on the highest bit and the four after it.
std::size_t Latency::step_of(std::uint64_t us) {
    if (us < fine) return us;
    const auto doubling = static_cast<std::size_t>(std::bit_width(us)) - 5;
    return std::min((doubling + 1) * fine + (us >> doubling) - fine, 40 * fine - 1);
}

std::uint64_t Latency::end_of(std::size_t step) {
    if (step < fine) return step;
    const auto doubling = step / fine - 1;
    return ((fine + step % fine + 1) << doubling) - 1;
}

std::uint64_t Latency::quantile_us(double part) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (const auto& step : steps()) {
        seen += step.count;
        if (seen >= wanted) return std::min(step.up_to_us, max_);
    }
    return max_;
}

std::vector<Latency::Step> Latency::steps() const {
    std::vector<Step> result;
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (counts_[i] > 0) result.push_back({end_of(i), counts_[i]});
    return result;
}

}  // namespace sallyport::controller
