#include "server/issue/convergence.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

namespace sallyport::server {

namespace {

/// Left as the keypad has it.
bool is_left(const DesiredEntry& want, const KnownEntry* have, const KeypadRemovals& removals) {
    const auto removal = removals.find(want.user_id);
    if (removal == removals.end() || removal->second.value == 0) return false;
    return have == nullptr || (have->tag.value == 0 && removal->second == want.tag);
}

template <class Roster>
bool contains(const Roster& roster, const base::UserId& user) {
    const auto found =
        std::ranges::lower_bound(roster, user, {}, [](const auto& one) { return one.user_id; });
    return found != roster.end() && found->user_id == user;
}

}  // namespace

Difference difference(const DesiredRoster& desired, const HeldRoster& held) {
    Difference result;
    const auto& known = held.entries;
    auto have = known.begin();
    const auto drop_before = [&](const base::UserId* limit) {
        for (; have != known.end() && (limit == nullptr || have->user_id < *limit); ++have) {
            if (have->tag.value != 0 || held.removals.contains(have->user_id))
                result.remove.push_back(have->user_id);
        }
    };
    for (const auto& want : desired) {
        drop_before(&want.user_id);
        const auto* same = have != known.end() && have->user_id == want.user_id ? &*have : nullptr;
        if ((same == nullptr || same->tag != want.tag) && !is_left(want, same, held.removals))
            result.upsert.push_back(&want);
        if (same != nullptr) ++have;
    }
    drop_before(nullptr);
    return result;
}

std::vector<base::UserId> stale_removals(const DesiredRoster& desired, const HeldRoster& held) {
    std::vector<base::UserId> stale;
    for (const auto& [user, tag] : held.removals) {
        const auto entry = std::ranges::lower_bound(held.entries, user, {}, &KnownEntry::user_id);
        const bool is_there = entry != held.entries.end() && entry->user_id == user;
        if (!is_there && (tag.value == 0 || !contains(desired, user))) stale.push_back(user);
    }
    return stale;
}

core::RosterDigest digest_of(const KnownRoster& known) {
    core::RosterDigest digest;
    for (const auto& entry : known) digest.value += core::entry_digest(entry.user_id, entry.tag);
    return digest;
}

core::EntryTag tag_of(std::string_view canonical_person, std::string_view key) {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(
        hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(canonical_person.data()),
        canonical_person.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | hash[static_cast<std::size_t>(i)];
    return {value == 0 ? 1 : value};
}

}  // namespace sallyport::server
