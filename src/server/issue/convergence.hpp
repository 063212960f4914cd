#pragma once
// Converge, don't command: what a controller should hold, what it holds, and the difference. Pure.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/access/roster.hpp"

namespace sallyport::server {

/// One person as one controller should hold him or her.
struct DesiredEntry {
    base::UserId user_id;
    core::EntryTag tag;
    boost::json::object person;  ///< docs/device-protocol.md "Person", tag included
};

/// One entry that a controller is known to hold. Tag 0: added at its keypad.
struct KnownEntry {
    base::UserId user_id;
    core::EntryTag tag;
    friend bool operator==(const KnownEntry&, const KnownEntry&) = default;
};

/// Both sorted by user ID, each user ID once.
using DesiredRoster = std::vector<DesiredEntry>;
using KnownRoster = std::vector<KnownEntry>;

/// Entries that somebody deleted at the keypad, with the tags that they were sent with; and with tag 0,
/// entries made there that are to go.
using KeypadRemovals = std::map<base::UserId, core::EntryTag>;

struct HeldRoster {
    KnownRoster entries;
    KeypadRemovals removals;
    base::UtcTime at{};  ///< when it was known to be so
};

struct Difference {
    std::vector<const DesiredEntry*> upsert;  ///< into the desired roster
    std::vector<base::UserId> remove;
    [[nodiscard]] bool empty() const { return upsert.empty() && remove.empty(); }
};

/// What to send. What somebody did at the keypad stays: whoever was added there, unless somebody of that user
/// ID is to be there; whoever was deleted; and whoever was deleted and added again, as long as the entry that
/// was there before is still the one that is wanted. Undoing it is an operator's decision, not a side effect.
[[nodiscard]] Difference difference(const DesiredRoster&, const HeldRoster&);
/// The removals that mean nothing any more: the entry is not there, and nobody wants it to be.
[[nodiscard]] std::vector<base::UserId> stale_removals(const DesiredRoster&, const HeldRoster&);

[[nodiscard]] core::RosterDigest digest_of(const KnownRoster&);

/// The tag of an entry: keyed, so that it tells nothing of the PIN inside. Never 0. `key`: 32 bytes.
[[nodiscard]] core::EntryTag tag_of(std::string_view canonical_person, std::string_view key);

}  // namespace sallyport::server
