#pragma once
// The controller as a value: doors, keypads and readers around one roster (controller.md sections 3-5). It
// has no I/O, clock or thread; the shell feeds events in the order in which they happened, carries out the
// effects in order, and calls `handle_timeout` when `next_deadline` has come. The same machine runs in the
// daemon, the simulator and the tests.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/access/decide.hpp"
#include "core/access/roster.hpp"
#include "core/access/settings.hpp"
#include "core/access/spent_uses.hpp"
#include "core/door/door_terms.hpp"
#include "core/keypad/panel.hpp"
#include "core/record/record.hpp"

namespace sallyport::core {

// ---------------------------------------------------------------- events: what the shell tells the station

/// '0'-'9', '*' or '#'.
struct KeyPressed {
    base::DoorNumber door;
    char key = '#';
};
struct CardRead {
    base::DoorNumber door;
    base::ReaderNumber reader;
    base::CardNumber card;
    std::optional<std::uint32_t> facility{};  ///< or company, where the card's format has such a field
};
/// A reader sent what fails its format's check: a record, never a card (R1).
struct BadFrame {
    base::DoorNumber door;
    base::ReaderNumber reader;
    std::string detail;  ///< a written Detail: "frame_parity_wrong bits=26 parity=even"
};
/// A reader on a line of its own does not answer any more, or does again (D3, R2): a record, and a tamper
/// alarm of its door for as long as one is lost.
struct ReaderLinkChanged {
    base::DoorNumber door;
    base::ReaderNumber reader;
    Level lost = Level::inactive;
};
struct InputChanged {
    base::DoorNumber door;
    Input input = Input::contact;
    Level level = Level::inactive;
};
struct CommandReceived {
    base::DoorNumber door;
    DoorCommand command = DoorCommand::open;
    std::string by;  ///< account, and the operator the manager names; goes into the record
    std::optional<base::UserId> user_id;  ///< the dialect's UserID
};
/// Anti-passback forgets where somebody is, so that the next reader lets him or her pass (A7).
struct PositionForgotten {
    std::variant<base::UserId, AreaNumber> whose;  ///< a pardon, or the reset of an area
    std::string by;                                ///< as in CommandReceived
};
/// What an operator says to an AskOperator. Nothing happens where the question is over.
struct OperatorAnswered {
    std::uint64_t question = 0;
    Verification answer = Verification::denied;  ///< granted or denied
    std::string by;                              ///< as in CommandReceived
};
/// A write that the station asked for is durable, or failed. `write` is the number in the effect.
struct WriteDone {
    std::uint64_t write = 0;
    base::Status status;
};
/// The daemon has started: the first event. Doors take up their persisted modes, and K12's 30 s begin.
struct PoweredOn {
    enum class Cause : std::uint8_t { started, power_returned } cause = Cause::started;
};
/// The shell changed roster, settings or calendar through the accessors below, after the write was durable.
struct PolicyChanged {};
/// Storage went bad or well again: alarm storage_failed (E3).
struct StorageChanged {
    Level failing = Level::inactive;
};

using StationEvent =
    std::variant<KeyPressed, CardRead, BadFrame, ReaderLinkChanged, InputChanged, CommandReceived,
                 PositionForgotten, OperatorAnswered, WriteDone, PoweredOn, PolicyChanged, StorageChanged>;

// ---------------------------------------------------------------- effects: what the shell is asked for

struct SetLock {
    base::DoorNumber door;
    Lock lock = Lock::locked;
};
struct SetLight {
    base::DoorNumber door;
    Light light = Light::off;
    KeyboardLight keyboard = KeyboardLight::off;
};
struct ShowSignal {
    base::DoorNumber door;
    Signal signal = Signal::key;
};
/// Write the record; nothing waits for it.
struct Append {
    Record record;
};
/// What a keypad procedure wants stored, together with its record, in one durable step. The shell answers
/// with WriteDone, and on success has applied the change to roster and settings before it does.
struct AddPerson {
    Person person;
};
struct RemovePerson {
    base::UserId user_id;
};
struct RemoveEveryone {};
struct HoldTime {
    std::int32_t seconds = 3;
};
/// The one field that was set, the admin password among them: what else has changed meanwhile stays.
struct ChangeSettings {
    base::DoorNumber door;
    std::variant<UnlockMode, HoldTime, Detector, WorkingMode, PinHash> to;
};
void change(Settings&, const ChangeSettings&);
struct ChangeDoorMode {
    base::DoorNumber door;
    DoorMode mode = DoorMode::normal;
};
/// A use was spent; the record of the same grant travels with it (E2).
struct CountUse {
    std::optional<base::UserId> user_id;  ///< or a public password:
    std::optional<PinHash> public_password;
    /// The name of its SpentSeries: who leaves before this is written leaves with one use less.
    std::optional<std::uint64_t> series{};
};
/// Where somebody went, with the record of it (E2). The station has taken it up already.
struct MovePerson {
    base::UserId user_id;
    Position position;
};
struct ForgetPosition {
    std::variant<base::UserId, AreaNumber> whose;
};
/// A first card has come: others may enter until the period is over. The station has taken it up already. Or,
/// with an empty period: it counts no more.
struct BeginFirstCard {
    base::DoorNumber door;
    PeriodOfDay period;
};
/// What such a change of the settings makes of first cards, for the store.
[[nodiscard]] std::vector<BeginFirstCard> first_cards_ended(const Settings& before, const Settings& after);
struct RestoreFactory {
};  ///< K11: erases users, settings and accounts; records stay. The shell restarts the station afterwards.
struct RestoreAdminPassword {};
using Change = std::variant<AddPerson, RemovePerson, RemoveEveryone, ChangeSettings, ChangeDoorMode, CountUse,
                            MovePerson, ForgetPosition, BeginFirstCard, RestoreFactory, RestoreAdminPassword>;
struct Write {
    std::uint64_t write = 0;  ///< number that WriteDone brings back
    std::vector<Change> changes;
    std::vector<Record> records;
};

/// Somebody stands before a door that asks (A7). Whoever may answer is told until StopAsking, also when he
/// comes later; without an answer the attempt is refused when `patience` is over, whether anybody was there
/// or not: who stands outside does not learn whether the platform can be reached.
struct AskOperator {
    std::uint64_t question = 0;  ///< never given twice, not after a restart either
    Record attempt;              ///< as its record would be, without result and time
    base::Duration patience;
};
struct StopAsking {
    std::uint64_t question = 0;
};

using StationEffect = std::variant<SetLock, SetLight, ShowSignal, Append, Write, AskOperator, StopAsking>;
using Effects = std::vector<StationEffect>;

// ---------------------------------------------------------------- the station

/// What an onlooker sees of one door: tiles, front panel, status calls.
struct DoorView {
    base::DoorNumber door;
    Lock lock = Lock::locked;
    ContactState contact = ContactState::unknown;  ///< unknown while the detector is off
    DoorMode mode = DoorMode::normal;
    /// Active ones, in the order of the enumeration, those of the whole controller included; never duress,
    /// which is silent and travels as a record only (A3).
    std::vector<Alarm> alarms;
    std::vector<Alarm> silenced;  ///< of `alarms`, in the same order
    Light light = Light::off;
    KeyboardLight keyboard = KeyboardLight::off;
    bool awake = false;
    bool menu = false;
    base::Duration hold_left{};  ///< until the lock relocks; 0 when locked or always open
    friend bool operator==(const DoorView&, const DoorView&) = default;
};

/// Whether the roster is what was stored. Lost: the people could not be read, and whoever is on the roster
/// was put there since.
enum class People : std::uint8_t { known, lost };

struct StationState {
    Roster roster;
    People people = People::known;
    Settings settings;
    Calendar calendar;
    PinKey pin_key;
    std::vector<DoorMode> door_modes;                     ///< as persisted; missing ones are normal
    SpentUses spent{};                                    ///< as persisted
    Positions positions;                                  ///< as persisted
    std::vector<std::optional<PeriodOfDay>> first_cards;  ///< of each door, as persisted; may be shorter
    PowerOnCodes power_on_codes = PowerOnCodes::allowed;  ///< of the installation; no reset touches it
    FacilityFallback fallback{};                          ///< as well
};

class Station {
  public:
    explicit Station(StationState);
    ~Station();
    Station(Station&&) noexcept;
    Station& operator=(Station&&) noexcept;

    [[nodiscard]] Effects handle(const StationEvent&, const base::Moment& now);
    [[nodiscard]] Effects handle_timeout(const base::Moment& now);
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;

    [[nodiscard]] DoorView view(base::DoorNumber, const base::Moment& now) const;
    [[nodiscard]] std::uint8_t doors() const;
    /// Whether an operator may still answer it.
    [[nodiscard]] bool is_asking(std::uint64_t question) const;

    /// For the shell: applies a change that has become durable. Followed by WriteDone (own writes) or
    /// PolicyChanged (a manager's).
    void apply(const Change&);
    [[nodiscard]] Roster& roster();
    [[nodiscard]] const Roster& roster() const;
    [[nodiscard]] People people() const;
    /// The roster's owner says that everybody is on it again. Followed by PolicyChanged.
    void set_people_known();
    [[nodiscard]] const Settings& settings() const;
    /// A first card that came under another rule of its door counts no more.
    void set_settings(Settings);
    /// The person has another entry now, or none: he has not come to any door that waits for several.
    void forget_arrivals(const base::UserId&);
    /// Before `sent` takes the place of an entry, or comes back: what was spent stays spent.
    void keep_spent(Person& sent) const;
    /// The same with all of them. Who is told what can be in the way is asked at the roster.
    void set_public_passwords(std::vector<PublicPassword>);
    void set_calendar(Calendar);
    [[nodiscard]] const Calendar& calendar() const;
    [[nodiscard]] const PinKey& pin_key() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sallyport::core
