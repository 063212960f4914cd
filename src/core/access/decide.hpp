#pragma once
// The decision: one pure function (controller.md A1-A5, A8). The platform links it for "why?" and "what if?".
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
#include "core/record/record.hpp"

namespace sallyport::core {

/// What was presented at a door. A PIN that never came is `pin_timed_out`.
struct Attempt {
    base::DoorNumber door;
    base::ReaderNumber reader;
    Direction direction = Direction::entry;
    Method method = Method::card;
    std::optional<base::CardNumber> card;
    std::optional<base::UserId> user;
    std::optional<base::Secret> pin;  ///< or the public password with Method::public_password
    bool pin_timed_out = false;
};

/// What the decision needs to know of the door and its keypad at this moment.
struct DoorSituation {
    DoorMode mode = DoorMode::normal;
    WorkingMode working_mode = WorkingMode::controller;
    KeypadLock keypad = KeypadLock::open;
};

enum class Outcome : std::uint8_t {
    granted,
    denied,
    needs_pin,  ///< all is well so far and the unlock mode asks for a PIN (A8); never a final answer
};
BOOST_DESCRIBE_ENUM(Outcome, granted, denied, needs_pin)

struct Decision {
    Outcome outcome = Outcome::denied;
    Reason reason = Reason::none;    ///< none if and only if granted or needs_pin
    Flags flags;                     ///< duress, vip, patrol, blocklisted
    const Person* person = nullptr;  ///< into the roster, valid until it changes; null when unknown
    const PublicPassword* public_password = nullptr;
    Trace trace;
};

/// All that the decision reads, by reference: valid for the call.
struct Policy {
    const Roster& roster;
    const Settings& settings;
    const Calendar& calendar;
    const PinKey& pin_key;
};

[[nodiscard]] Decision decide(const Attempt&, const Policy&, const DoorSituation&, const base::Moment& now);

}  // namespace sallyport::core
