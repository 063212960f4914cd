#include "adapters/linux/machine_clock.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/timex.h>
#include <time.h>

#include <fmt/core.h>

namespace sallyport::adapters {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr base::UtcTime year_2026{1'767'225'600 * microseconds_per_second};
constexpr base::UtcTime year_2100{4'102'444'800 * microseconds_per_second};

std::int64_t read(clockid_t clock) {
    timespec at{};
    clock_gettime(clock, &at);
    return at.tv_sec * microseconds_per_second + at.tv_nsec / 1'000;
}

/// Every PC and its virtual machines have one, listed there or not; small boards often have none.
ClockEvidence::Hardware look_for_hardware() {
#if defined(__x86_64__)
    return ClockEvidence::Hardware::present;
#else
    std::error_code ignored;
    return std::filesystem::exists("/sys/class/rtc/rtc0", ignored) ? ClockEvidence::Hardware::present
                                                                   : ClockEvidence::Hardware::absent;
#endif
}

}  // namespace

base::ClockTrust judge(const ClockEvidence& evidence) {
    if (evidence.utc < year_2026) return base::ClockTrust::not_set;
    const bool vouched = evidence.hardware == ClockEvidence::Hardware::present ||
                         evidence.synchronised == ClockEvidence::Synchronised::yes ||
                         evidence.set_by_us == ClockEvidence::SetByUs::yes;
    return vouched ? base::ClockTrust::set : base::ClockTrust::not_set;
}

base::NetworkTime network_time_of_the_kernel() {
    timex state{};
    const int answer = adjtimex(&state);
    if (answer == -1) return {};
    const bool nanoseconds = (state.status & STA_NANO) != 0;
    return {answer == TIME_ERROR ? base::NetworkTime::State::unsynchronised
                                 : base::NetworkTime::State::synchronised,
            base::Duration{nanoseconds ? state.offset / 1'000 : state.offset},
            base::Duration{state.maxerror}};
}

ClockSources sources_of_this_machine() {
    return {.hardware = look_for_hardware()};
}

ClockEvidence::Synchronised MachineClock::synchronised_since_boot() const {
    using enum ClockEvidence::Synchronised;
    if (synchronised_ == yes) return yes;
    std::error_code ignored;
    if (sources_.network_time().state == base::NetworkTime::State::synchronised ||
        std::filesystem::exists(sources_.stamp, ignored))
        synchronised_ = yes;
    return synchronised_;
}

base::Instant MachineClock::monotonic() const {
    return {base::Duration{read(CLOCK_BOOTTIME)}};
}

base::UtcTime MachineClock::utc() const {
    return {read(CLOCK_REALTIME)};
}

base::ClockTrust MachineClock::trust() const {
    return judge({utc(), sources_.hardware, synchronised_since_boot(), set_by_us_.load()});
}

base::Status MachineClock::set_utc(base::UtcTime at) {
    if (at < year_2026 || at >= year_2100) {
        return base::fail(base::ErrorKind::invalid, "clock_range",
                          "The time to set must lie between the years 2026 and 2099.");
    }
    const timespec value{.tv_sec = at.microseconds / microseconds_per_second,
                         .tv_nsec = at.microseconds % microseconds_per_second * 1'000};
    if (clock_settime(CLOCK_REALTIME, &value) != 0) {
        return base::fail(base::ErrorKind::forbidden, "clock_not_permitted",
                          fmt::format("The machine's clock could not be set ({}). Give the program the "
                                      "capability CAP_SYS_TIME, or let network time set it.",
                                      std::strerror(errno)));
    }
    set_by_us_ = ClockEvidence::SetByUs::yes;
    return {};
}

}  // namespace sallyport::adapters
