#pragma once
// Rules of doors and readers beyond "who, where and when" (controller.md A6, A7; platform.md G3): what the
// roster's owner sets once, and every attempt is held against. A site without them has the defaults.
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/area/area.hpp"
#include "core/group/group.hpp"
#include "core/interlock/interlock.hpp"
#include "core/record/record.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::core {

/// The numbers are those of the keypad menu (K7).
enum class UnlockMode : std::uint8_t {
    card = 0,
    card_and_pin = 1,
    user_and_pin = 2,
    card_or_user_and_pin = 3
};
BOOST_DESCRIBE_ENUM(UnlockMode, card, card_and_pin, user_and_pin, card_or_user_and_pin)

/// While the schedule holds, the door asks for this instead of its unlock mode.
struct UnlockPeriod {
    ScheduleIndex schedule;
    UnlockMode mode = UnlockMode::card;
    friend bool operator==(const UnlockPeriod&, const UnlockPeriod&) = default;
};

enum class AfterFirstCard : std::uint8_t {
    others_may_enter,
    door_stays_open  ///< as with always_open, to the end of the period
};
BOOST_DESCRIBE_ENUM(AfterFirstCard, others_may_enter, door_stays_open)

/// While a period of the schedule lasts, people are granted only after somebody with a right of the kind
/// `first_card` has been. With `always` each day is a period. With the clock not set it is always required.
struct FirstCardRule {
    ScheduleIndex schedule;
    AfterFirstCard then = AfterFirstCard::others_may_enter;
    friend bool operator==(const FirstCardRule&, const FirstCardRule&) = default;
};

/// With the clock not set, none of the schedules here holds: nothing is released by a guess, and "always"
/// rights still open (A5).
struct DoorRules {
    std::optional<ScheduleIndex> always_open;    ///< released while it holds, unless a command says otherwise
    std::optional<ScheduleIndex> always_closed;  ///< nobody is granted while it holds; wins over always_open
    std::vector<UnlockPeriod> unlock_periods;    ///< at most 4; the first that holds counts
    std::int32_t extended_s = 5;                 ///< 1-600: what people of the type extended_time get on top
    std::int32_t pre_alarm_s = 0;                ///< 0-9,999: so long before overtime a warning; 0: none
    std::optional<FirstCardRule> first_card{};
    GroupRules groups{};
    std::optional<std::int32_t> verification_s{};  ///< 1-120: how long an operator is asked; none: nobody is
    friend bool operator==(const DoorRules&, const DoorRules&) = default;
};

/// Where a reader is. One that is not named here is outside its door when its number is odd, and inside when
/// it is even.
struct ReaderRules {
    base::ReaderNumber number;
    base::DoorNumber door;
    Direction direction = Direction::entry;
    Passage passage{};  ///< from area to area
    friend bool operator==(const ReaderRules&, const ReaderRules&) = default;
};

struct Rules {
    std::vector<DoorRules> doors;       ///< index 0 is door 1; doors past the end have the defaults
    std::vector<ReaderRules> readers;   ///< each number once
    std::vector<Interlock> interlocks;  ///< at most 64, of at least two doors each
    std::vector<AreaRules> areas;       ///< each number once
    friend bool operator==(const Rules&, const Rules&) = default;
};

[[nodiscard]] const DoorRules& rules_of(const Rules&, base::DoorNumber);
/// `wired` is the door that the reader's wires end at; it counts where the rules name no other.
[[nodiscard]] ReaderRules rules_of(const Rules&, base::ReaderNumber, base::DoorNumber wired);

/// The areas that an attempt leads between: of its reader, or at the keypad of the door's first entry reader.
[[nodiscard]] Passage passage_of(const Rules&, base::ReaderNumber, base::DoorNumber);
/// Whether a reader leads into the area or out of it; the outside is always there.
[[nodiscard]] bool is_there(const Rules&, AreaNumber);
/// The rules that count for the way; null: none do.
[[nodiscard]] const AreaRules* area_of(const Rules&, const Passage&);

/// For a controller with this many doors: one sentence naming what is wrong and its range.
[[nodiscard]] base::Status check(const Rules&, std::size_t doors);

}  // namespace sallyport::core
