#pragma once
// The clocks of this machine. Thread-safe.
#include <atomic>
#include <filesystem>
#include <utility>

#include "ports/clock.hpp"

namespace sallyport::adapters {

/// What speaks for or against the civil clock.
struct ClockEvidence {
    enum class Hardware { absent, present };  ///< a real-time clock with a battery
    enum class Synchronised { no, yes };      ///< by NTP or PTP, at any time since the machine started
    enum class SetByUs { no, yes };           ///< through MachineClock::set_utc
    base::UtcTime utc;
    Hardware hardware = Hardware::absent;
    Synchronised synchronised = Synchronised::no;
    SetByUs set_by_us = SetByUs::no;
};
/// A time before this program was written is never trusted; otherwise a battery, network time or an operator
/// vouches for it (controller.md A5).
[[nodiscard]] base::ClockTrust judge(const ClockEvidence&);

/// What adjtimex(2) tells; `unsynchronised` also where it may not be asked.
[[nodiscard]] base::NetworkTime network_time_of_the_kernel();

/// Where a MachineClock looks for what vouches for it.
struct ClockSources {
    ClockEvidence::Hardware hardware = ClockEvidence::Hardware::absent;
    base::NetworkTime (*network_time)() = network_time_of_the_kernel;
    /// There from the first synchronisation to the end of this boot, for a program that was started later:
    /// systemd-timesyncd keeps one.
    std::filesystem::path stamp = "/run/systemd/timesync/synchronized";
};
[[nodiscard]] ClockSources sources_of_this_machine();

/// Network time that was there once vouches for the clock until the machine is switched off: the kernel takes
/// its word back hours after the last answer, but a clock that was right runs on, and losing the network
/// changes nothing at a door.
class MachineClock final : public ports::Clock {
  public:
    explicit MachineClock(ClockSources sources = sources_of_this_machine()) : sources_(std::move(sources)) {}
    /// Since boot, running on while the machine sleeps.
    [[nodiscard]] base::Instant monotonic() const override;
    [[nodiscard]] base::UtcTime utc() const override;
    [[nodiscard]] base::ClockTrust trust() const override;
    /// Steps the clock of the machine. `invalid` "clock_range" before 2026 or after 2100; `forbidden`
    /// "clock_not_permitted" without the capability CAP_SYS_TIME.
    base::Status set_utc(base::UtcTime) override;
    [[nodiscard]] base::NetworkTime network_time() const override { return sources_.network_time(); }

  private:
    [[nodiscard]] ClockEvidence::Synchronised synchronised_since_boot() const;

    ClockSources sources_;
    mutable std::atomic<ClockEvidence::Synchronised> synchronised_{ClockEvidence::Synchronised::no};
    std::atomic<ClockEvidence::SetByUs> set_by_us_{ClockEvidence::SetByUs::no};
};

}  // namespace sallyport::adapters
