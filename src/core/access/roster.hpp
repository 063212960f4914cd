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

    /// Adds or replaces. Errors, nothing changed: `limit` (too many people or cards), `conflict` "card_taken"
    /// with the user ID that has the card, `conflict` "code_taken" where the user ID equals a public
    /// password.
    [[nodiscard]] base::Status check_upsert(const Person&, const PinKey&) const;
    base::Status upsert(Person, const PinKey&);
    /// False when there was none.
    bool remove(const base::UserId&);
    void clear();

    [[nodiscard]] const Person* find(const base::UserId&) const;
    [[nodiscard]] const Person* find(base::CardNumber) const;
    [[nodiscard]] const Card* find_card(base::CardNumber) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] RosterDigest digest() const;
    [[nodiscard]] const RosterLimits& limits() const;
    /// Bytes held, all indexes and entries included.
    [[nodiscard]] std::size_t memory_bytes() const;
    /// Entries in an order that stays the same while nothing is added or removed; false from `visit` stops.
    void for_each(const std::function<bool(const Person&)>& visit) const;

    /// Replaces all public passwords. `conflict` "code_taken" when one equals a user ID.
    base::Status set_public_passwords(std::vector<PublicPassword>, const PinKey&);
    [[nodiscard]] const PublicPassword* find_public_password(const PinHash&) const;
    /// One use fewer; does nothing for an unlimited one.
    void count_use(const base::UserId&);
    void count_use(const PinHash& public_password);
    [[nodiscard]] const std::vector<PublicPassword>& public_passwords() const;

  private:
    // Open-addressing indexes over a vector of entries: see roster.cpp.
};

}  // namespace sallyport::core
