#pragma once
// The dialect's enumerations (device-protocol.md, Enumerations): our words as its numbers, and back.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/access/person.hpp"
#include "core/access/settings.hpp"
#include "core/record/record.hpp"

namespace sallyport::codec::cgi {

/// How a record says that somebody asked: 1 card, 2 card then password, 4 remote, 5 exit button, 11 the last
/// of a group that was needed, 13 duress password, 20 public password, 21 user ID + password; 0 for what has
/// no number. There is no 3, 6, 12, 14, 15 or 46 here: none of these ways to ask is built in.
[[nodiscard]] int method_number(const core::Record&);
/// Why it was refused: 0 none, 16 unauthorised ... 96 not verified; 22 whatever else is wrong with a duress
/// code that opened nothing. There is no 26 and no 99 here: no door shuts for an intrusion, and who comes
/// twice is 21.
[[nodiscard]] int error_code(const core::Record&);

/// AccessControl[n].Method: 5 where periods have modes of their own, 11 where groups are needed. Card or
/// (user ID + password) has no exact number: 2, and a field of our own says which it is.
[[nodiscard]] int unlock_mode_number(core::UnlockMode, const core::DoorRules&);
/// nullopt for a number that no unlock mode stands for (0 password alone, 5 by period, 11 multi-person ...).
[[nodiscard]] std::optional<core::UnlockMode> unlock_mode_from(std::int64_t number);

[[nodiscard]] int card_type_number(core::CardType);
/// 6 (inspection) and 255 (mother card) have no meaning here: nullopt.
[[nodiscard]] std::optional<core::CardType> card_type_from(std::int64_t number);

/// Bits: 0 normal, 1 lost, 2 cancelled, 4 frozen.
[[nodiscard]] int card_status_bits(core::CardStatus);
/// Of several bits the strictest counts; 8 (arrears) and 16 (overdue) are frozen: the card does not open.
[[nodiscard]] std::optional<core::CardStatus> card_status_from(std::int64_t bits);

/// nullopt for other numbers than 0-5.
[[nodiscard]] std::optional<core::UserType> user_type_from(std::int64_t number);

// ---------------------------------------------------------------- back, for who reads a controller's records

/// How somebody asked; `flags` gets what the number says besides (13: duress). `none` for ways that are not
/// known here (6 fingerprint, 12 key, 14 QR, 15 face).
[[nodiscard]] core::Method method_from(std::int64_t number, core::Flags& flags);
/// Whether a record names a card.
enum class Shown : std::uint8_t { no_card, card };
/// Of the reasons that have the number, the one that says least.
[[nodiscard]] core::Reason reason_from(std::int64_t error_code, Shown);
/// nullopt for AlarmLocal and codes that are not known.
[[nodiscard]] std::optional<core::Alarm> alarm_from(std::string_view code);

/// AccessControl[n].State.
[[nodiscard]] std::string_view door_state_word(core::DoorMode);
[[nodiscard]] std::optional<core::DoorMode> door_mode_from(std::string_view word);

/// Whether a code is one of an event that can come.
[[nodiscard]] bool is_event_code(std::string_view);
/// An event of the dialect's stream.
struct EventName {
    std::string_view code;    ///< "AccessControl" ...
    std::string_view action;  ///< "Pulse", "Start", "Stop"
};
/// nullopt for records that the dialect has no event for (logins, settings ...).
[[nodiscard]] std::optional<EventName> event_of(const core::Record&);

/// The record stands in the list AccessControlCardRec: somebody asked at the door or from afar.
[[nodiscard]] bool is_card_record(const core::Record&);
/// The record stands in the list AccessControlAlarmRecord.
[[nodiscard]] bool is_alarm_record(const core::Record&);

}  // namespace sallyport::codec::cgi
