#pragma once
// A controller with everything around it but wires and sockets: the station, its store on a disk that fails
// and loses power, a manager that takes the records, and time that is moved by hand. Watched by the
// invariants. Deterministic: the same calls after the same seed do the same.
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/station/station.hpp"
#include "sim/disk.hpp"
#include "sim/invariants.hpp"
#include "sim/site.hpp"
#include "sim/witnessed_store.hpp"

namespace sallyport::sim {

class Installation {
  public:
    /// `first`: what its owner puts in place. `doors`: how many are wired.
    Installation(std::uint32_t seed, std::uint8_t doors, const ports::StoreWrite& first,
                 std::vector<std::string> secrets, Zone, base::UtcTime start);

    void play(const core::StationEvent&);
    void wait(base::Duration);
    /// The civil clock is set by so much; holds and time-outs go on.
    void step_clock(base::Duration);
    /// What the owner of the roster changes: taken up when it is stored, refused when the disk refuses.
    void change_people(const std::vector<core::Person>& upsert, const std::vector<base::UserId>& remove);
    /// The manager says how far it has come.
    void acknowledge();
    /// Nothing that is not on the disk is left, and the station starts anew.
    void cut_power();
    /// While it is slow, what happens waits for the disk until time passes.
    void set_slow(bool slow) { slow_ = slow; }

    [[nodiscard]] Disk& disk() { return disk_; }
    [[nodiscard]] core::Station& station() { return *station_; }
    [[nodiscard]] const base::Moment& now() const { return now_; }
    [[nodiscard]] std::uint64_t question() const { return question_; }
    [[nodiscard]] std::uint64_t told() const { return told_.sequence; }
    [[nodiscard]] int restarts() const { return restarts_; }
    /// Sentences; empty is well.
    [[nodiscard]] std::vector<std::string> broken() const;
    std::function<void(const std::string&)> on_words;  ///< each effect, as it happens

  private:
    struct Job {
        ports::StoreWrite write;
        std::optional<core::Write> asked;  ///< none: nobody waits for the answer
    };

    void feed(const core::StationEvent&);
    void take(const core::StationEvent*, const core::Effects&);
    void settle();
    void settle_as_it_is();
    [[nodiscard]] bool worth_trying() const;
    /// Nobody waits for it, or not for its answer.
    [[nodiscard]] static bool is_fact(const Job&);
    void answer(std::vector<Job>, const base::Status&);
    void note_health(const base::Status&);
    void tell(const std::vector<core::StoredRecord>&);
    void hear_the_rest();
    void start();
    void set_utc(base::UtcTime);
    void check(bool holds, const std::string& sentence);

    Disk disk_;
    WitnessedStore store_;
    std::uint8_t doors_;
    Zone zone_;
    base::Moment now_;
    std::optional<core::Station> station_;
    std::vector<core::DoorMode> door_modes_;
    std::deque<Job> queue_;
    Invariants invariants_;
    core::RecordPosition told_;
    std::uint64_t question_ = 0;
    int restarts_ = 0;
    bool failing_ = false;
    base::Instant tried_{};  ///< the disk was, last
    bool slow_ = false;
    std::vector<std::string> broken_;
};

}  // namespace sallyport::sim
