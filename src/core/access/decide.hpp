#pragma once
// The decision: one pure function (controller.md A1-A5, A8, K7, K13). The platform links it for "why?" and
// "what if?".
//
// Choices that the specification leaves open:
// - While the keypad is locked, a card that would need a PIN is refused at once: keypad_locked (K14).
// - With the clock not set, a bounded validity and a deny right with a schedule cannot be judged:
// clock_invalid.
//   Persons without bounds whose allow right is `always` get in, where the door's schedule is `always`.
// - A deny right applies while its schedule holds; one whose schedule does not exist always applies.
// - The door's schedule holds for public passwords, too.
// - A public password is nobody: it keeps to no area, cannot be the first card, and comes in no group.
// - While the people are lost, a card of a listed facility is nobody's either: every rule of the door holds,
// and where
//   the door would ask for a PIN or a user ID it is refused, for there is none to compare with.
// - An unlock period counts only while the clock is set.
// - A PIN that came is checked whatever else is wrong, and for unknown people, so that time tells nobody
// which
//   IDs exist and the duress flag stands beside every refusal (A4).
#include <cstdint>
#include <optional>

#include <boost/describe/enum.hpp>

#include "base/bounded.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/access/person.hpp"
#include "core/access/reason.hpp"
#include "core/access/roster.hpp"
#include "core/access/settings.hpp"
#include "core/area/area.hpp"
#include "core/group/group.hpp"
#include "core/record/record.hpp"

namespace sallyport::core {

/// What an operator said of an attempt at a door that asks one.
enum class Verification : std::uint8_t { not_asked, granted, denied, unanswered };
BOOST_DESCRIBE_ENUM(Verification, not_asked, granted, denied, unanswered)

/// What was presented at a door. A PIN that never came is `pin_timed_out`. Methods other than card,
/// card_and_pin, user_and_pin and public_password are nobody's credential: unknown_user.
struct Attempt {
    base::DoorNumber door;
    base::ReaderNumber reader;
    Direction direction = Direction::entry;
    Method method = Method::card;
    std::optional<base::CardNumber> card;
    std::optional<std::uint32_t> facility{};  ///< of the card's format, where it has one
    std::optional<base::UserId> user;
    std::optional<base::Secret> pin;  ///< or the public password with Method::public_password;
                                      ///< not looked at with Method::card
    bool pin_timed_out = false;
    Verification verification = Verification::not_asked;
};

/// What the decision needs to know of the door and its keypad at this moment.
struct DoorSituation {
    DoorMode mode = DoorMode::normal;
    WorkingMode working_mode = WorkingMode::controller;
    KeypadLock keypad = KeypadLock::open;
    std::optional<base::DoorNumber> blocked_by;  ///< a door of the same interlock (core/interlock)
    std::optional<PeriodOfDay> first_card;       ///< the period in which the last first card came
    const Gathering* gathering = nullptr;        ///< who has come of a group; null: nobody
};

enum class Outcome : std::uint8_t {
    granted,
    denied,
    needs_pin,          ///< all is well so far and the unlock mode asks for a PIN (A8); never a final answer
    needs_verification  ///< all is well so far and an operator is to be asked; never a final answer
};
BOOST_DESCRIBE_ENUM(Outcome, granted, denied, needs_pin, needs_verification)

struct Decision {
    Outcome outcome = Outcome::denied;
    Reason reason = Reason::none;    ///< none if and only if not denied
    Flags flags;                     ///< set for whoever was recognised, granted or not
    const Person* person = nullptr;  ///< into the roster, valid until it changes; null when unknown
    const PublicPassword* public_password = nullptr;
    std::optional<PeriodOfDay> first_card;  ///< of a grant that lets others in after it
    Trace trace;
};

/// By door (index 0 is door 1; doors past the end have none) the facility or company codes whose cards are
/// let in while the people cannot be read and nobody is known by name. Said by the installation; none by
/// default.
struct FacilityFallback {
    std::vector<std::vector<std::uint32_t>> doors;
    [[nodiscard]] bool admits(base::DoorNumber, std::uint32_t facility) const;
};

/// All that the decision reads, by reference: valid for the call.
struct Policy {
    const Roster& roster;
    const Settings& settings;
    const Calendar& calendar;
    const PinKey& pin_key;
    const Positions* positions = nullptr;        ///< null: nobody's is known
    const FacilityFallback* fallback = nullptr;  ///< null unless the people are lost
};

[[nodiscard]] Decision decide(const Attempt&, const Policy&, const DoorSituation&, const base::Moment& now);

}  // namespace sallyport::core
