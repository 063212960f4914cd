#pragma once
// One door: its lock, what its contact says, and its alarms (controller.md A6 and section 5; manual 1, 5.6
// and 5.8). A value: the station feeds events and carries the effects on; it stamps door and time on the
// records.
//
// Choices that the specification leaves open:
// - A second grant ends the first, which was not taken if the door had stayed closed: each grant has one
// outcome.
// - With the door standing open already, a grant is taken at once.
// - A person's grant ends with lockdown and always closed; what the exit button released lasts its hold (D5).
// - The warning before overtime ends when overtime begins. One that would come before the lock has locked is
//   given at once then.
// - A fault of a supervised line is tampering. Meanwhile a contact counts as open and a tamper contact as
//   opened; an exit button counts as not pressed and a fire input as it was, or whoever cuts a line could
//   open a door, and a fire that burns one could lock it.
// - A further cause of tampering is an alarm of its own: it ends the one that stands, and the last one ends
// when
//   no cause is left.
// - Intrusion and overtime end when the door closes, illegal_card 50 s after the last unauthorised card,
// duress
//   and blocklist after 60 s or when the next one starts.
#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/burst.hpp"
#include "base/deadlines.hpp"
#include "base/time.hpp"
#include "core/access/settings.hpp"
#include "core/door/door_terms.hpp"
#include "core/record/record.hpp"

namespace sallyport::core {

inline constexpr base::Duration exit_button_stuck_after = std::chrono::seconds{60};
inline constexpr base::Duration illegal_card_window = std::chrono::seconds{50};
inline constexpr std::size_t illegal_cards = 6;  ///< more than 5
inline constexpr base::Duration momentary_alarm = std::chrono::seconds{60};

// ---------------------------------------------------------------- events

/// A decision has granted. `access` is its record; taken and not taken name the same person.
struct DoorGranted {
    base::Duration hold;
    Record access;
};
/// Not for Input::fire, which concerns all doors: FireChanged.
struct DoorInput {
    Input input = Input::contact;
    Level level = Level::inactive;
};
/// Whether any reader of the door that hangs on a line of its own is lost.
struct ReadersLost {
    Level level = Level::inactive;
};
struct FireChanged {
    Level level = Level::inactive;
};
struct DoorCommanded {
    DoorCommand command = DoorCommand::open;
};
/// The mode that a schedule puts the door into while no command says otherwise (A6): normal, always open or
/// always closed.
struct ModeScheduled {
    DoorMode mode = DoorMode::normal;
};
/// An alarm without a lasting cause, duress or blocklist. `attempt` is the record of what caused it.
struct AlarmRaised {
    Alarm alarm = Alarm::duress;
    Record attempt;
};
/// A card was refused that may not open this door now.
struct UnauthorisedCard {
    Record attempt;
};
struct DoorConfigured {
    DoorSettings settings;
    std::int32_t pre_alarm_s = 0;  ///< of the door's rules
};
/// The program has started: says what the lock shall be, even where that is no change.
struct DoorStarted {};

using DoorEvent = std::variant<DoorGranted, DoorInput, ReadersLost, FireChanged, DoorCommanded, ModeScheduled,
                               AlarmRaised, UnauthorisedCard, DoorConfigured, DoorStarted>;

// ---------------------------------------------------------------- effects

/// The new state of the lock, or a record without door and time.
using DoorEffect = std::variant<Lock, Record>;
using DoorEffects = std::vector<DoorEffect>;

// ---------------------------------------------------------------- the machine

class Door {
  public:
    Door(DoorSettings, DoorMode);

    [[nodiscard]] DoorEffects handle(const DoorEvent&, base::Instant now);
    [[nodiscard]] DoorEffects handle_timeout(base::Instant now);
    [[nodiscard]] std::optional<base::Instant> next_deadline() const { return timers_.next(); }

    /// False for a remote `open` in lockdown, the one command that a mode refuses.
    [[nodiscard]] bool accepts(DoorCommand) const;
    [[nodiscard]] Lock lock() const { return lock_; }
    /// What the door obeys: what was commanded last, or else the schedule.
    [[nodiscard]] DoorMode mode() const { return commanded_ != DoorMode::normal ? commanded_ : scheduled_; }
    [[nodiscard]] DoorMode commanded() const { return commanded_; }
    [[nodiscard]] DoorMode scheduled() const { return scheduled_; }
    [[nodiscard]] ContactState contact() const;
    /// Active and silenced; an alarm that starts anew is heard again.
    [[nodiscard]] bool silenced(Alarm alarm) const { return silenced_.test(static_cast<std::size_t>(alarm)); }
    [[nodiscard]] std::int32_t pre_alarm_s() const { return pre_alarm_s_; }
    [[nodiscard]] bool alarmed(Alarm alarm) const { return alarms_.test(static_cast<std::size_t>(alarm)); }
    /// 0 without a hold, and while the lock stays released after it.
    [[nodiscard]] base::Duration hold_left(base::Instant now) const;
    [[nodiscard]] const DoorSettings& settings() const { return settings_; }

  private:
    enum class Timer : std::uint8_t {
        hold,
        overtime_soon,
        overtime,
        exit_button_stuck,
        illegal_card,
        duress,
        blocklist
    };
    static constexpr std::size_t timer_count = 7;
    using Handler = void (Door::*)(base::Instant due);
    static const std::array<Handler, timer_count> handlers;

    enum class Holding : std::uint8_t { nobody, entrant, exit_button };  ///< for whom the lock is released

    void on(const DoorGranted&, base::Instant now);
    void on(const DoorInput&, base::Instant now);
    void on(const ReadersLost&, base::Instant now);
    void on(const FireChanged&, base::Instant now);
    void on(const DoorCommanded&, base::Instant now);
    void on(const ModeScheduled&, base::Instant now);
    void on(const AlarmRaised&, base::Instant now);
    void on(const UnauthorisedCard&, base::Instant now);
    void on(const DoorConfigured&, base::Instant now);
    void on(const DoorStarted&, base::Instant now);

    void hold_over(base::Instant due);
    void overtime_soon(base::Instant due);
    void overtime(base::Instant due);
    void exit_button_stuck(base::Instant due);
    void illegal_card_over(base::Instant due);
    void duress_over(base::Instant due);
    void blocklist_over(base::Instant due);

    void contact_changed(base::Instant now);
    void exit_button_changed(Level, base::Instant now);
    [[nodiscard]] std::vector<std::string> tamper_causes() const;
    void tamper_changed();
    void await_overtime(base::Instant now);
    void end_overtime();
    void release(Holding, base::Duration hold, base::Instant now);
    void end_hold(base::Instant now);
    void command_mode(DoorMode, base::Instant now);
    void mode_changed(base::Instant now);
    void settle_grant(RecordKind);
    void update_lock(base::Instant now);
    void start(Alarm, Record about = Record());
    void end(Alarm);
    [[nodiscard]] bool level(Input input) const { return levels_.test(static_cast<std::size_t>(input)); }
    [[nodiscard]] bool detects() const { return settings_.detector == Detector::on; }
    [[nodiscard]] DoorEffects take_effects();

    DoorSettings settings_;
    DoorMode commanded_;
    DoorMode scheduled_ = DoorMode::normal;
    Lock lock_ = Lock::locked;
    Holding holding_ = Holding::nobody;
    bool opened_ = false;  ///< since the hold began
    bool fire_ = false;
    bool readers_lost_ = false;
    std::vector<std::string> tampered_;  ///< what the tamper alarm stands for, each a written Detail
    std::optional<Record> grant_;        ///< neither taken nor not taken yet
    std::int32_t pre_alarm_s_ = 0;
    std::bitset<input_count> levels_;          ///< of Input
    std::array<Level, input_count> faults_{};  ///< of Input: shorted, cut, or inactive for none
    std::bitset<16> alarms_;                   ///< of Alarm
    std::bitset<16> silenced_;                 ///< of Alarm
    base::Burst<illegal_cards> unauthorised_;
    base::Deadlines<Timer, timer_count> timers_;
    DoorEffects effects_;  ///< of the event at hand; empty between events
};

}  // namespace sallyport::core
