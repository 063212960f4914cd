#pragma once
// How many calls came, how they were answered and how long that took, for each operation. Any thread.
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "ports/clock.hpp"
#include "server/metrics/exposition.hpp"

namespace sallyport::server {

class RequestMeter {
  public:
    /// Upper bounds of the histogram in seconds; what takes longer is above the last.
    static constexpr std::array bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                       0.1,   0.25,   0.5,   1.0,  2.5,   10.0};

    explicit RequestMeter(const ports::Clock& clock) : clock_(clock) {}
    [[nodiscard]] base::Instant now() const { return clock_.monotonic(); }
    /// `route` is a pattern of the contract, never what a client made up: each is kept for good.
    void count(std::string_view method, std::string_view route, int status, base::Instant began);
    void write(Exposition&) const;

  private:
    struct Route {
        std::map<int, std::uint64_t> by_status;
        std::array<std::uint64_t, bounds.size()> up_to{};  ///< each with the ones before
        std::uint64_t calls = 0;
        double seconds = 0;
    };
    const ports::Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Route> routes_;
};

}  // namespace sallyport::server
