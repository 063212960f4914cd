#pragma once
// A station with everything around it that it needs: time that is moved by hand, and a store that works, is
// slow or fails. Deterministic: the same calls give the same effects.
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "core/station/station.hpp"

namespace sallyport::sim {

enum class StoreHealth : std::uint8_t {
    works,   ///< answers each write at once
    slow,    ///< answers when `answer_store` is called
    failing  ///< refuses each write at once
};

/// Which local time it is in the site's zone.
using Zone = std::function<base::LocalTime(base::UtcTime)>;
[[nodiscard]] base::LocalTime utc_zone(base::UtcTime);

/// Sees each event with its effects, and each time-out with null.
using Watch = std::function<void(const core::StationEvent*, const core::Effects&, const base::Moment&)>;

class Site {
  public:
    Site(core::StationState, Zone, base::UtcTime start);

    /// The event, what the store answers, and the effects of both.
    core::Effects play(const core::StationEvent&);
    /// Time passes up to `until` or to the next thing that the station does of itself.
    core::Effects wait(base::Instant until);
    /// Time passes and the shell is too busy to say so.
    void be_late(base::Duration);
    /// What was not stored is lost, and a station starts with what was.
    core::Effects cut_power();
    /// Answers the oldest write that waits: the changes are applied, or the write failed. Factory defaults
    /// restart the station.
    core::Effects answer_store(StoreHealth = StoreHealth::works);
    void set_store(StoreHealth health) { store_ = health; }
    void set_utc(base::UtcTime);
    void set_trust(base::ClockTrust trust) { now_.trust = trust; }
    void watch(Watch watch) { watch_ = std::move(watch); }

    [[nodiscard]] const base::Moment& now() const { return now_; }
    [[nodiscard]] core::Station& station() { return station_; }
    [[nodiscard]] std::size_t unanswered() const { return writes_.size(); }

  private:
    void feed(const core::StationEvent&, core::Effects& all);
    void note(const core::StationEvent*, const core::Effects&, core::Effects& all);
    void settle_store(core::Effects& all);
    /// What the store holds of what only the station knows besides.
    struct Stored {
        std::vector<core::DoorMode> door_modes;
        core::Positions positions;
        std::vector<std::optional<core::PeriodOfDay>> first_cards;
    };
    void keep(const core::Change&);
    void restart(core::Effects& all);

    core::PowerOnCodes power_on_codes_;
    core::FacilityFallback fallback_;
    core::Station station_;
    Zone zone_;
    base::Moment now_;
    Stored stored_;
    StoreHealth store_ = StoreHealth::works;
    std::deque<core::Write> writes_;
    Watch watch_;
};

}  // namespace sallyport::sim
