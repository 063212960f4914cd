#pragma once
// How a benchmark tells its figures: a line of JSON each, which bench/run.py collects (see there), and any
// other lines for people. Durations are nanoseconds.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace sallyport::bench {

struct Reference {
    std::string_view what;  ///< the peer or limit, measured or valid in the same run
    double value = 0;
};

inline void publish(std::string_view name, double value, std::string_view unit, std::size_t n,
                    const Reference& reference) {
    fmt::print(R"({{"name": "{}", "value": {:.6g}, "unit": "{}", "n": {}, )"
               R"("reference": {{"what": "{}", "value": {:.6g}}}}})"
               "\n",
               name, value, unit, n, reference.what, reference.value);
}

/// Durations of single calls.
class Samples {
  public:
    explicit Samples(std::size_t expected) { nanoseconds_.reserve(expected); }
    void add(std::uint64_t nanoseconds) { nanoseconds_.push_back(nanoseconds); }
    [[nodiscard]] std::size_t count() const { return nanoseconds_.size(); }
    /// `share` of 0.99 is the 99th percentile; 1 the longest. There must be samples.
    [[nodiscard]] double percentile_us(double share) {
        const auto rank = static_cast<std::size_t>(share * static_cast<double>(nanoseconds_.size() - 1));
        const auto at = nanoseconds_.begin() + static_cast<std::ptrdiff_t>(rank);
        std::ranges::nth_element(nanoseconds_, at);
        return static_cast<double>(*at) / 1'000;
    }
    /// A line for each doubling of the time.
    void print_histogram(std::string_view title) {
        std::map<unsigned, std::size_t> buckets;
        for (const std::uint64_t value : nanoseconds_)
            ++buckets[static_cast<unsigned>(std::bit_width(value))];
        fmt::print("{}: {} calls; p50 {:.3f}, p90 {:.3f}, p99 {:.3f}, p99.9 {:.3f}, longest {:.1f} us\n",
                   title, count(), percentile_us(0.5), percentile_us(0.9), percentile_us(0.99),
                   percentile_us(0.999), percentile_us(1));
        for (const auto& [width, calls] : buckets) {
            const double share = static_cast<double>(calls) / static_cast<double>(count());
            fmt::print("  under {:>9.3f} us {:>9.4f} % {}\n",
                       static_cast<double>(std::uint64_t{1} << width) / 1'000, share * 100,
                       std::string(static_cast<std::size_t>(share * 60), '#'));
        }
    }

  private:
    std::vector<std::uint64_t> nanoseconds_;
};

}  // namespace sallyport::bench
