#pragma once
// What holds whatever happens (docs/architecture.md, "The core"): an onlooker that is shown each event with
// its effects and remembers what it saw broken.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/station/station.hpp"

namespace sallyport::sim {

class Invariants {
  public:
    /// `secrets`: PINs and passwords; none may appear in a record.
    explicit Invariants(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}

    /// `event` is null for a time-out. `station` is as it stands after it.
    void see(const core::Station& station, const core::StationEvent* event, const core::Effects&,
             const base::Moment& now);
    /// Sentences; empty is well.
    [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

  private:
    struct DoorSeen {
        core::Lock lock = core::Lock::locked;
        base::Instant released_until{};  ///< the latest that a hold may last
        int grants = 0;
        int outcomes = 0;  ///< taken and not taken
        bool scheduled_open = false;
    };

    void see_record(const core::Station&, const core::Effects&, const core::Record&, const base::Moment& now);
    void check_facility(const core::Station&, const core::Record&, const base::Moment& now);
    void check_interlock(const core::Station&, base::DoorNumber, const base::Moment& now);
    void see_lock(const core::Station&, const core::SetLock&);
    void see_press(const core::Station&, const core::InputChanged&, const core::Effects&,
                   const base::Moment&);
    void see_key(const core::Effects&);
    void check_holds(const core::Station&, const base::Moment& now);
    void check(bool holds, const std::string& sentence);

    std::vector<std::string> secrets_;
    std::vector<std::string> broken_;
    std::uint64_t events_ = 0;
    bool by_hand_ = false;  ///< the event at hand is a card or a key
    std::map<base::DoorNumber, DoorSeen> doors_;
    std::set<std::pair<base::DoorNumber, core::Alarm>> alarms_;
    std::set<base::DoorNumber> pressed_;  ///< exit buttons
    std::set<base::DoorNumber> causes_;  ///< doors for which this event queued a record that may release them
};

}  // namespace sallyport::sim
