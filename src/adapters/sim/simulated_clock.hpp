#pragma once
// The machine's clocks plus an offset that can be moved.
#include "ports/simulation.hpp"

namespace sallyport::adapters {

class SimulatedClock final : public ports::MovableClock {
  public:
    /// `real` outlives it.
    explicit SimulatedClock(const ports::Clock& real) : real_(real) {}
    [[nodiscard]] base::Instant monotonic() const override { return real_.monotonic() + offset_; }
    [[nodiscard]] base::UtcTime utc() const override { return real_.utc() + utc_offset_; }
    [[nodiscard]] base::ClockTrust trust() const override { return trust_; }
    base::Status set_utc(base::UtcTime) override;
    /// The civil clock goes wrong by this much more, unseen.
    void step_utc(base::Duration step) { utc_offset_ += step; }
    void advance_to(base::Instant target) override;
    void lose_civil_time() override { trust_ = base::ClockTrust::not_set; }

  private:
    const ports::Clock& real_;
    base::Duration offset_{};
    base::Duration utc_offset_{};
    base::ClockTrust trust_ = base::ClockTrust::set;
};

}  // namespace sallyport::adapters
