#include "adapters/sim/simulated_clock.hpp"

namespace sallyport::adapters {

base::Status SimulatedClock::set_utc(base::UtcTime utc) {
    utc_offset_ = utc - real_.utc();
    trust_ = base::ClockTrust::set;
    return {};
}

void SimulatedClock::advance_to(base::Instant target) {
    const auto step = target - monotonic();
    if (step <= base::Duration{}) return;
    offset_ += step;
    utc_offset_ += step;
}

}  // namespace sallyport::adapters
