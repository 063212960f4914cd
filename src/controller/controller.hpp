#pragma once
// The shell around the Station: feeds it what happens, carries out what it asks for, wakes it when its time
// has come, and keeps what belongs to the controller but not to a door (accounts, owner, cursors).
//
// All functions are called, and call back, on the loop thread. Locks, lights and buzzers are always served
// before anything of the same event is queued for the disk (controller.md E2).
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/latency.hpp"
#include "controller/loop.hpp"
#include "controller/reader_mode.hpp"
#include "controller/store_thread.hpp"
#include "core/station/station.hpp"
#include "ports/clock.hpp"
#include "ports/controller_store.hpp"
#include "ports/door_io.hpp"
#include "ports/reader_link.hpp"

namespace sallyport::controller {

struct ControllerOptions {
    std::uint8_t doors = 1;
    core::RosterLimits roster;
    core::CalendarLimits calendar;
    std::size_t records_limit = 60'000;
    core::PowerOnCodes power_on_codes = core::PowerOnCodes::allowed;
    core::FacilityFallback fallback;
};

/// What somebody on the network wants changed besides doors: stored first, then taken up.
struct PolicyChange {
    ports::StoreWrite write;
    /// Takes it up in the station; may be empty.
    std::move_only_function<void(core::Station&)> take_up;
};

class Controller {
  public:
    using Prepare = std::move_only_function<base::Result<PolicyChange>()>;
    using Done = std::move_only_function<void(const base::Status&)>;
    using Observer = std::function<void()>;
    using RecordObserver = std::function<void(const Records&)>;

    /// All of them outlive it. It takes over the callbacks of `doors` and `store`.
    Controller(boost::asio::io_context&, ports::Clock&, const ports::TimeZones&, ports::DoorIo& doors,
               StoreThread& store, const ControllerOptions&);

    /// Serves the link beside the doors from now on; takes over its callback. It outlives the controller.
    void connect(ports::ReaderLink&);
    /// Asked first for everything that happens at the doors. It outlives the controller.
    void connect(ReaderMode& mode) { reader_mode_ = &mode; }
    /// None without a line to a panel.
    [[nodiscard]] ReaderMode* reader_mode() { return reader_mode_; }
    /// By all readers; checked before.
    void accept_formats(const std::vector<core::CardFormat>&);
    /// At the door's panel and its readers, whatever the station shows.
    void show_light(base::DoorNumber, core::Light, core::KeyboardLight);
    void show_signal(base::DoorNumber, core::Signal);

    /// Takes up what the store held.
    void start(ports::ControllerImage, core::PoweredOn::Cause);
    /// Everything in memory is forgotten and read again from the store, as when the power returns.
    void restart(core::PoweredOn::Cause);

    void handle(const core::StationEvent&);
    /// Of what happened at `since`; see ports::DoorIo.
    void handle(const core::StationEvent&, base::Instant since);
    /// Fires what is due at the station and at the doors, in order.
    void handle_timeouts();
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;
    /// The civil clock was set, or moved.
    void clock_changed();

    /// One after the other: `prepare` sees what all earlier ones have done, and what keypads had asked for
    /// before. `done` comes when it is durable and taken up, or with the error of `prepare` or of the disk.
    void change_policy(Prepare prepare, Done done);
    /// Writes down what happened elsewhere: logins, refused discovery.
    void note(core::Record);
    void acknowledge(const ports::Cursor&, Done);

    [[nodiscard]] bool running() const { return station_.has_value(); }
    /// Only while `running`.
    [[nodiscard]] const core::Station& station() const { return *station_; }
    [[nodiscard]] core::Station& station() { return *station_; }
    [[nodiscard]] core::DoorView view(base::DoorNumber) const;
    [[nodiscard]] base::Moment now() const;
    /// All that is configured, people included: copied, so a few milliseconds for 30,000 of them.
    [[nodiscard]] ports::ControllerImage configuration() const;
    [[nodiscard]] const ControllerOptions& options() const { return options_; }
    [[nodiscard]] const std::string& serial() const { return serial_; }
    [[nodiscard]] const std::vector<ports::Account>& accounts() const { return accounts_; }
    [[nodiscard]] bool initialised() const { return !accounts_.empty(); }
    [[nodiscard]] const ports::OwnerState& owner() const { return owner_; }
    [[nodiscard]] std::optional<core::RecordPosition> cursor(const std::string& manager) const;
    [[nodiscard]] core::RecordPosition last() const { return last_; }
    [[nodiscard]] std::uint64_t oldest_sequence() const { return oldest_; }
    /// Those that are not answered yet, `patience` being what is left of it.
    [[nodiscard]] std::vector<core::AskOperator> questions() const;
    [[nodiscard]] const Latency& latency() const { return latency_; }
    [[nodiscard]] StoreThread& store() { return store_; }

    /// Called after everything that may have changed what an onlooker sees.
    void observe(Observer observer) { observers_.push_back(std::move(observer)); }
    /// Called with what was stored.
    void observe_records(RecordObserver observer) { record_observers_.push_back(std::move(observer)); }
    /// Operators are asked about somebody, or no longer (core::AskOperator).
    std::function<void(const core::AskOperator&)> on_question;
    std::function<void(const core::StopAsking&)> on_question_over;
    std::function<void()> on_restarted;  ///< sessions and what they knew are void

  private:
    struct WaitingChange {
        Prepare prepare;
        Done done;
    };

    void take_effects(core::Effects, base::Instant since);
    void show(const core::StationEffect&, base::Instant since);
    void store(core::StationEffect);
    void write(core::Write);
    void written(const core::Write&, const base::Status&);
    void next_change();
    void take_up(PolicyChange&);
    void changed();
    void arm();
    void stored(const Records&);
    [[nodiscard]] core::StationState state_from(ports::ControllerImage&);

    ports::Clock& clock_;
    const ports::TimeZones& zones_;
    ports::DoorIo& doors_;
    std::vector<ports::ReaderLink*> links_;
    ReaderMode* reader_mode_ = nullptr;
    StoreThread& store_;
    ControllerOptions options_;
    LoopTimer timer_;

    std::optional<core::Station> station_;
    std::vector<core::DoorMode> door_modes_;
    std::string serial_;
    std::vector<ports::Account> accounts_;
    ports::OwnerState owner_;
    std::map<std::string, core::RecordPosition> cursors_;
    core::RecordPosition last_;
    std::uint64_t oldest_ = 0;

    struct OpenQuestion {
        core::AskOperator asked;
        base::Instant until;
    };
    std::map<std::uint64_t, OpenQuestion> questions_;

    std::deque<WaitingChange> changes_;
    bool changing_ = false;
    std::size_t asked_at_doors_ = 0;  ///< changes on their way to the disk, which may refuse them
    Latency latency_;
    std::vector<Observer> observers_;
    std::vector<RecordObserver> record_observers_;
};

}  // namespace sallyport::controller
