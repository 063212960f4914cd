#pragma once
// The inside of the station: not for other folders. An event goes to the machines of its door; what they
// answer goes either to another machine or out as effects. `Turn` is the event at hand.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/door/door.hpp"
#include "core/keypad/keypad.hpp"
#include "core/keypad/lockout.hpp"
#include "core/record/detail.hpp"
#include "core/station/station.hpp"

namespace sallyport::core {

struct Turn {
    const base::Moment& now;
    Effects& out;
};

/// An attempt that waits for an operator's word.
struct Question {
    std::uint64_t number = 0;
    Attempt attempt;
    base::Instant until;
};

/// A door with its keypad.
struct Post {
    base::DoorNumber number;
    Door door;
    Keypad keypad{};
    Lockout lockout{};
    std::optional<Attempt> awaiting_pin{};
    std::optional<Question> question{};
    Gathering gathering{};                   ///< who has come of a group
    std::vector<base::UserId> companions{};  ///< who goes along with the person of the last grant
    std::set<base::ReaderNumber> lost_readers{};
};

// What a write is for, until WriteDone.
/// For an attempt: these people's next one waits.
struct AttemptStored {
    std::optional<CountUse> use;
    std::vector<base::UserId> moved;
};
/// For a procedure of a keypad's menu.
struct MenuStored {
    base::DoorNumber door;
};
/// For a code after power-on.
struct RestoreStored {
    base::DoorNumber door;
};
/// For what holds already.
struct FactStored {};
using Purpose = std::variant<AttemptStored, MenuStored, RestoreStored, FactStored>;

/// An attempt of somebody whose last use is not durable yet (E2). After a few seconds nobody stands there any
/// more, and the door must not open for nobody.
struct Waiting {
    Attempt attempt;
    base::Instant until;
};
inline constexpr base::Duration longest_wait_for_disk = std::chrono::seconds{5};

/// Whether a refusal is shown at the panel, or another attempt takes its place at once.
enum class Shown : std::uint8_t { yes, no };

/// Of an attempt that was decided.
[[nodiscard]] Record record_of(const Attempt&, const Decision&);
/// Of what somebody does at a keypad.
[[nodiscard]] Record keypad_record(const Post&, RecordKind, const Detail&);

struct Station::Parts {
    explicit Parts(StationState);

    void on(const KeyPressed&, Turn&);
    void on(const CardRead&, Turn&);
    void on(const BadFrame&, Turn&);
    void on(const ReaderLinkChanged&, Turn&);
    void on(const InputChanged&, Turn&);
    void on(const CommandReceived&, Turn&);
    void on(const PositionForgotten&, Turn&);
    void on(const OperatorAnswered&, Turn&);
    void on(const WriteDone&, Turn&);
    void on(const PoweredOn&, Turn&);
    void on(const PolicyChanged&, Turn&);
    void on(const StorageChanged&, Turn&);

    void apply(const AddPerson&);
    void apply(const RemovePerson&);
    void apply(const RemoveEveryone&);
    void apply(const ChangeSettings&);
    void apply(const ChangeDoorMode&);
    void apply(const CountUse&);
    void apply(const MovePerson&) {}      // taken up when it was asked for
    void apply(const ForgetPosition&) {}  // as well
    void apply(const BeginFirstCard&) {}  // as well
    void apply(const RestoreFactory&);
    void apply(const RestoreAdminPassword&);
    void keep_spent(Person& sent) const;

    // attempts.cpp: what people present
    void present(const Attempt&, Turn&);
    void settle(const Attempt&, const Decision&, Shown, Turn&);
    void grant(Post&, const Decision&, Record, Turn&);
    void deny(Post&, const Attempt&, const Decision&, Record, Shown, Turn&);
    void give_up_pin(Post&, Shown, Turn&);
    [[nodiscard]] Decision decide_now(const Attempt&, const Turn&);
    [[nodiscard]] bool waits_for_write(const Attempt&) const;
    void resume_waiting(Turn&);
    void refuse_waiting(Turn&);
    [[nodiscard]] bool is_reread(const CardRead&, base::Instant now);

    // rules.cpp: what an attempt changes beyond its door, and who else is asked
    [[nodiscard]] std::vector<Change> moves_of(const Record&, const std::vector<base::UserId>& companions,
                                               Turn&);
    void begin_first_card(base::DoorNumber, const PeriodOfDay&, std::vector<Change>&);
    void taken(Post&, Record, Turn&);
    void write_attempt(std::optional<CountUse>, std::vector<Change>, Record, Turn&);
    [[nodiscard]] Signal arrive(Post&, const Decision&, Turn&);
    void ask(Post&, const Attempt&, const Decision&, Turn&);
    std::optional<Attempt> stop_asking(Post&, Verification, Turn&);
    void give_up_question(Post&, Turn&);
    void end_questions(Turn&);

    // keypads.cpp: what keypads ask for
    void run(Post&, const KeypadEvent&, Turn&);
    void carry_out(Post&, const KeypadEffects&, Turn&);
    void carry_out(Post&, const Signal&, Turn&);
    void carry_out(Post&, const LightChanged&, Turn&);
    void carry_out(Post&, const CodeEntered&, Turn&);
    void carry_out(Post&, const PinEntered&, Turn&);
    void carry_out(Post&, const PinGivenUp&, Turn&);
    void carry_out(Post&, const AdminPasswordEntered&, Turn&);
    void carry_out(Post&, const RestoreWanted&, Turn&);
    void carry_out(Post&, const MenuRequest&, Turn&);

    // administration.cpp: what the procedures of the menu ask for
    void carry_out(Post&, const UserIdAsked&, Turn&);
    void carry_out(Post&, const CardAsked&, Turn&);
    void carry_out(Post&, const SettingWanted&, Turn&);
    void carry_out(Post&, const AdminPasswordWanted&, Turn&);
    void carry_out(Post&, const PersonWanted&, Turn&);
    void carry_out(Post&, const RemovalWanted&, Turn&);
    void carry_out(Post&, const FactoryWanted&, Turn&);
    void remove(Post&, const Person&, Turn&);
    void answer(Post&, Answer, Turn&);
    void refuse(Post&, Record, Turn&);
    void store(Post&, Change, Record, Turn&);
    [[nodiscard]] bool is_administering() const;
    [[nodiscard]] std::optional<Record> why_not_add(const Post&, const Person&) const;
    [[nodiscard]] bool is_admin_password(const base::Secret&) const;

    // schedules.cpp: what the civil clock does to doors
    void follow_schedules(Turn&);
    [[nodiscard]] DoorMode scheduled_mode(base::DoorNumber, const base::Moment&) const;
    [[nodiscard]] std::optional<base::Instant> next_look(const base::Moment&) const;

    // station.cpp: doors, alarms of the whole controller, records
    void run(Post&, const DoorEvent&, Turn&);
    void carry_out(Post&, const DoorEffects&, Turn&);
    void expire(Turn&);
    void check_clock(Turn&);
    void configure_doors(Turn&);
    void fire_changed(const InputChanged&, Turn&);
    void check_storage(Turn&);
    void set_alarm(Alarm, Level, Turn&, const std::string& detail = {});
    void append_alarm(Alarm, Level, base::DoorNumber, Turn&, const std::string& detail = {});
    void append(Record, Turn&);
    void write(Purpose, std::vector<Change>, Record, Turn&);
    [[nodiscard]] std::optional<PeriodOfDay> first_card(base::DoorNumber) const;
    [[nodiscard]] Post* post(base::DoorNumber);
    [[nodiscard]] DoorMode persisted_mode(base::DoorNumber) const;
    [[nodiscard]] DoorsNow doors_now() const;

    struct Reading {
        base::CardNumber card;
        base::Instant at;
    };

    StationState state;
    std::vector<Post> posts;  ///< index 0 is door 1
    std::map<base::ReaderNumber, Reading> last_readings;
    std::map<std::uint64_t, Purpose> writes;  ///< not answered yet
    std::uint64_t last_write = 0;
    std::uint64_t last_question = 0;
    std::deque<Waiting> waiting;                 ///< oldest first
    std::set<Alarm> alarms;                      ///< of the whole controller
    Level disk = Level::inactive;                ///< active: it refuses what happens
    std::set<Alarm> silenced;                    ///< of those, and fire
    std::set<base::DoorNumber> fires;            ///< where a fire input is active
    std::optional<base::Instant> look_at_clock;  ///< when a schedule may change a door's mode
};

}  // namespace sallyport::core
