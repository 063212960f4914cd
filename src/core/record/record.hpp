#pragma once
// What happened, as it is written down (controller.md E1; interfaces.md "an event"). The record is the
// controller's word; an event is the same thing once it has arrived at the platform.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/enum.hpp>

#include "base/bounded.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/access/reason.hpp"

namespace sallyport::core {

enum class RecordKind : std::uint8_t {
    access,
    patrol,
    access_taken,
    access_not_taken,
    door_opened,
    door_closed,
    alarm_started,
    alarm_ended,
    exit_button,
    bad_frame,
    reader_offline,
    reader_online,
    remote_command,
    keypad_admin,
    login,
    settings_changed,
    factory_reset,
    restarted,
    records_overwritten,
    scheduled_mode
};
BOOST_DESCRIBE_ENUM(RecordKind, access, patrol, access_taken, access_not_taken, door_opened, door_closed,
                    alarm_started, alarm_ended, exit_button, bad_frame, reader_offline, reader_online,
                    remote_command, keypad_admin, login, settings_changed, factory_reset, restarted,
                    records_overwritten, scheduled_mode)

enum class Alarm : std::uint8_t {
    intrusion,
    overtime,
    duress,
    tamper,
    illegal_card,
    exit_button_stuck,
    clock_invalid,
    storage_failed,
    mains_failed,
    battery_low,
    blocklist,
    fire,
    overtime_soon
};
BOOST_DESCRIBE_ENUM(Alarm, intrusion, overtime, duress, tamper, illegal_card, exit_button_stuck,
                    clock_invalid, storage_failed, mains_failed, battery_low, blocklist, fire, overtime_soon)

/// How the person asked. Named as in the dialect, whose numbers codec/ knows.
enum class Method : std::uint8_t {
    none,
    card,
    card_and_pin,
    user_and_pin,
    public_password,
    remote,
    exit_button,
    keypad
};
BOOST_DESCRIBE_ENUM(Method, none, card, card_and_pin, user_and_pin, public_password, remote, exit_button,
                    keypad)

enum class Direction : std::uint8_t { none, entry, exit };
BOOST_DESCRIBE_ENUM(Direction, none, entry, exit)

enum class AccessResult : std::uint8_t { none, granted, denied };  ///< `none` unless the kind is access
BOOST_DESCRIBE_ENUM(AccessResult, none, granted, denied)

struct Flags {
    bool duress = false;
    bool vip = false;
    bool patrol = false;
    bool anti_passback = false;  ///< granted against a soft anti-passback
    bool facility_only =
        false;  ///< nobody was recognised: the people are lost (decide.hpp, FacilityFallback)
    friend bool operator==(const Flags&, const Flags&) = default;
};

/// A rule that the decision looked at, in the order of `Reason`.
enum class Rule : std::uint8_t {
    working_mode,
    keypad_lock,
    credential,
    facility,  ///< only while the people are lost
    blocklist,
    card_status,
    validity,
    uses,
    unlock_mode,
    pin,
    deny_rights,
    rights,
    schedule,
    patrol,
    door_mode,
    interlock,
    anti_passback,
    first_card,
    group,
    verification
};
BOOST_DESCRIBE_ENUM(Rule, working_mode, keypad_lock, credential, facility, blocklist, card_status, validity,
                    uses, unlock_mode, pin, deny_rights, rights, schedule, patrol, door_mode, interlock,
                    anti_passback, first_card, group, verification)
enum class RuleOutcome : std::uint8_t { passed, failed, not_applicable };
BOOST_DESCRIBE_ENUM(RuleOutcome, passed, failed, not_applicable)
struct TraceStep {
    Rule rule = Rule::working_mode;
    RuleOutcome outcome = RuleOutcome::not_applicable;
    /// What the rule looked at: the card's facility code, the schedule's index for rights and schedule, uses
    /// left, the unlock mode, the door that an interlock waits for, the area where the person is known to be,
    /// how many have come of a group; -1 where nothing.
    std::int32_t looked_at = -1;
    friend bool operator==(const TraceStep&, const TraceStep&) = default;
};
using Trace = base::BoundedVector<TraceStep, 24>;

struct Record {
    RecordKind kind = RecordKind::access;
    base::UtcTime at;
    std::int32_t utc_offset_s = 0;
    base::DoorNumber door;
    base::ReaderNumber reader;
    Direction direction = Direction::none;
    AccessResult result = AccessResult::none;
    Reason reason = Reason::none;
    Method method = Method::none;
    std::optional<Alarm> alarm;  ///< for alarm_started and alarm_ended
    std::optional<base::UserId> user_id;
    std::optional<base::CardNumber> card;
    Flags flags;
    Trace trace;
    std::string detail;  ///< a written Detail (detail.hpp): the command, the setting and its values; never a
                         ///< PIN, password or key
    friend bool operator==(const Record&, const Record&) = default;
};

/// BLAKE2b-256 over the previous record's hash and this record's stored bytes (codec/record).
struct ChainHash {
    std::array<std::uint8_t, 32> bytes{};
    friend bool operator==(const ChainHash&, const ChainHash&) = default;
};

/// Where a record stands. The generation grows when a sequence falls back (a replaced board); the sequence is
/// given in the commit, from 1, without gaps, and survives factory defaults.
struct RecordPosition {
    std::uint32_t generation = 1;
    std::uint64_t sequence = 0;
    friend constexpr auto operator<=>(const RecordPosition&, const RecordPosition&) = default;
};

struct StoredRecord {
    RecordPosition position;
    Record record;
    ChainHash previous;
    ChainHash hash;
    friend bool operator==(const StoredRecord&, const StoredRecord&) = default;
};

}  // namespace sallyport::core
