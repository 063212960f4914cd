#pragma once
// The people of one controller, found by user ID or card in constant time.
// Owned and changed by one thread; a change is made in place, after its write is durable.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "core/access/person.hpp"
#include "core/access/slot_index.hpp"

namespace sallyport::core {

struct RosterLimits {
    std::size_t people = 30'000;
    std::size_t cards_per_person = 1;
    std::size_t public_passwords = 500;
};

/// Digest of a whole roster: the sum modulo 2^64 of a hash over (user ID, tag) of each entry, so that one
/// changed entry changes it in constant time and order does not matter. Owner and controller compute it
/// alike.
struct RosterDigest {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(const RosterDigest&, const RosterDigest&) = default;
};
/// SipHash-2-4 with an all-zero key over the user ID's bytes, then the tag as 8 little-endian bytes.
[[nodiscard]] std::uint64_t entry_digest(const base::UserId&, EntryTag);

class Roster {
  public:
    explicit Roster(RosterLimits limits = {});

    /// Adds or replaces. Errors, nothing changed: `limit` "people_limit" or "cards_limit", `conflict`
    /// "card_taken" with the user ID that has the card, `conflict` "code_taken" where the user ID equals a
    /// public password, `invalid` "user_id" (empty) or "card_twice".
    [[nodiscard]] base::Status check_upsert(const Person&, const PinKey&) const;
    base::Status upsert(Person, const PinKey&);
    /// False when there was none. Pointers from `find` are void after any change but count_use.
    bool remove(const base::UserId&);
    /// Everyone goes; public passwords stay.
    void clear();

    [[nodiscard]] const Person* find(const base::UserId&) const;
    [[nodiscard]] const Person* find(base::CardNumber) const;
    [[nodiscard]] const Card* find_card(base::CardNumber) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] RosterDigest digest() const;
    [[nodiscard]] const RosterLimits& limits() const;
    /// Bytes held, everything included: indexes, entries, their cards and rights, and what the allocator adds
    /// to each block. Walks all entries.
    [[nodiscard]] std::size_t memory_bytes() const;
    /// Entries in an order that stays the same while nothing is added or removed; false from `visit` stops.
    void for_each(const std::function<bool(const Person&)>& visit) const;

    /// Replaces all public passwords; those of the same number and series keep what is left. Errors, nothing
    /// changed: `limit` "public_passwords_limit", `conflict` "code_taken" when one equals a user ID or
    /// another one. Codes that were not there before are compared with every user ID, about 0.5 us each.
    base::Status set_public_passwords(std::vector<PublicPassword>, const PinKey&);
    [[nodiscard]] const PublicPassword* find_public_password(const PinHash&) const;
    /// One use fewer; does nothing for an unlimited one.
    /// False when there is no such entry.
    bool count_use(const base::UserId&);
    bool count_use(const PinHash& public_password);
    [[nodiscard]] const std::vector<PublicPassword>& public_passwords() const;

  private:
    using Slot = SlotIndex::Slot;
    static constexpr std::size_t block_size = 1'024;

    // Blocks, not one vector: growing never moves a person and never needs twice the memory.
    [[nodiscard]] const Person& at(Slot slot) const { return blocks_[slot / block_size][slot % block_size]; }
    [[nodiscard]] Person& at(Slot slot) { return blocks_[slot / block_size][slot % block_size]; }
    [[nodiscard]] std::optional<Slot> slot_of(const base::UserId&) const;
    [[nodiscard]] std::optional<Slot> slot_of(base::CardNumber) const;
    [[nodiscard]] bool is_public_password(const base::UserId&, const PinKey&) const;
    [[nodiscard]] base::Status check_cards(const Person&) const;
    void append(Person);
    void index_cards(const Person&, Slot);
    void forget_cards(const Person&, Slot);

    RosterLimits limits_;
    std::vector<std::vector<Person>> blocks_;  ///< all full but the last
    std::size_t size_ = 0;
    SlotIndex by_user_;
    SlotIndex by_card_;
    RosterDigest digest_;
    std::vector<PublicPassword> public_passwords_;
};

}  // namespace sallyport::core
