#pragma once
// People whom somebody has added or deleted at a controller's keypad (platform.md G4, docs/decisions/0035):
// left as they are there, and shown, until an operator adopts them or puts them back. Inside units of work.
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "core/record/record.hpp"
#include "ports/database.hpp"
#include "server/issue/convergence.hpp"

namespace sallyport::server {

/// With the unit of work that stores this record of the device: somebody may have deleted an entry that was
/// sent from here.
[[nodiscard]] base::Status take_up_removal(ports::Connection&, std::int64_t device_id, const core::Record&);

/// Somebody has deleted entries there that were sent from here: only this one, or all.
[[nodiscard]] base::Status note_removal(ports::Connection&, std::int64_t device_id,
                                        std::optional<base::UserId> only, base::UtcTime since);

/// Those of operators, and those of barred people: what was made at the keypad goes as soon as it may let in
/// whom something here keeps out. Somebody of that user ID is on the blocklist, not valid at `now`, or denied
/// something at this controller; since the entry may have been made had a card that was lost, frozen,
/// cancelled or returned, was removed or came to have another user ID; or, whoever it is, the card that was
/// shown there is a barred one.
[[nodiscard]] base::Result<KeypadRemovals> load_removals(ports::Connection&, std::int64_t device_id,
                                                         base::UtcTime now);
/// An entry of the keypad, and a card that it has there.
struct KeypadCard {
    base::UserId user_id;
    base::CardNumber number;
};
/// Whose card is barred here: lost, frozen or cancelled, or returned since the entry may have been made.
[[nodiscard]] base::Result<std::vector<base::UserId>> barred_by_card(ports::Connection&,
                                                                     std::int64_t device_id,
                                                                     const std::vector<KeypadCard>&);
/// The person of this user ID has gone, or has another one: what keypads made for it until now goes, also
/// where it becomes known later.
[[nodiscard]] base::Status remove_from_keypads(ports::Connection&, std::string_view user_id,
                                               base::UtcTime now);
/// The entry was sent again, or is not wanted any more.
[[nodiscard]] base::Status forget_removal(ports::Connection&, std::int64_t device_id, const base::UserId&);

}  // namespace sallyport::server
