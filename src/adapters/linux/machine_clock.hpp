#pragma once
// The clocks of this machine. Thread-safe.
#include <atomic>

#include "ports/clock.hpp"

namespace sallyport::adapters {

/// What speaks for or against the civil clock.
struct ClockEvidence {
    enum class Hardware { absent, present };  ///< a real-time clock with a battery
    enum class Synchronised { no, yes };      ///< the kernel's word, from NTP or PTP
    enum class SetByUs { no, yes };           ///< through MachineClock::set_utc
    base::UtcTime utc;
    Hardware hardware = Hardware::absent;
    Synchronised synchronised = Synchronised::no;
    SetByUs set_by_us = SetByUs::no;
};
/// A time before this program was written is never trusted; otherwise a battery, network time or an operator
/// vouches for it (controller.md A5).
[[nodiscard]] base::ClockTrust judge(const ClockEvidence&);

class MachineClock final : public ports::Clock {
  public:
    MachineClock();
    /// Since boot, running on while the machine sleeps.
    [[nodiscard]] base::Instant monotonic() const override;
    [[nodiscard]] base::UtcTime utc() const override;
    [[nodiscard]] base::ClockTrust trust() const override;
    /// Steps the clock of the machine. `invalid` "clock_range" before 2026 or after 2100; `forbidden`
    /// "clock_not_permitted" without the capability CAP_SYS_TIME.
    base::Status set_utc(base::UtcTime) override;

  private:
    ClockEvidence::Hardware hardware_;
    std::atomic<ClockEvidence::SetByUs> set_by_us_{ClockEvidence::SetByUs::no};
};

}  // namespace sallyport::adapters
