#pragma once
// Who may open what: a person as one controller holds him or her (controller.md sections 2 and 4).
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/door_set.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::core {

/// The numbers are those of the dialect (device-protocol.md, Enumerations).
enum class UserType : std::uint8_t {
    general = 0,
    blocklist = 1,
    guest = 2,
    patrol = 3,
    vip = 4,
    extended_time = 5
};
BOOST_DESCRIBE_ENUM(UserType, general, blocklist, guest, patrol, vip, extended_time)

enum class CardType : std::uint8_t { general = 0, vip = 1, guest = 2, patrol = 3, blocklist = 4, duress = 5 };
BOOST_DESCRIBE_ENUM(CardType, general, vip, guest, patrol, blocklist, duress)

enum class CardStatus : std::uint8_t { normal, lost, cancelled, frozen };
BOOST_DESCRIBE_ENUM(CardStatus, normal, lost, cancelled, frozen)

struct Card {
    base::CardNumber number;
    CardType type = CardType::general;
    CardStatus status = CardStatus::normal;
    friend bool operator==(const Card&, const Card&) = default;
};

/// PINs never rest in clear: BLAKE2b-128, keyed with a secret of this one controller, over user ID and PIN
/// (E4). What a person typed is compared with `equal`.
struct PinHash {
    std::array<std::uint8_t, 16> bytes{};
    friend bool operator==(const PinHash&, const PinHash&) = default;
};
struct PinKey {
    std::array<std::uint8_t, 32> bytes{};
};
[[nodiscard]] PinHash hash_pin(const PinKey&, const base::UserId&, const base::Secret& digits);
/// A public password has no person: hashed under an empty user ID.
[[nodiscard]] PinHash hash_public_password(const PinKey&, const base::Secret& digits);
/// The admin password of the keypad, domain-separated from the other two.
[[nodiscard]] PinHash hash_admin_password(const PinKey&, const base::Secret& digits);
/// Takes the same time wherever the two differ.
[[nodiscard]] bool equal(const PinHash&, const PinHash&);
/// 1-8 digits.
[[nodiscard]] bool is_pin(std::string_view text);
/// The true PIN that `entered` is the duress form of: last digit minus one modulo ten, no borrow (A4).
[[nodiscard]] base::Secret true_pin_of_duress(const base::Secret& entered);

using base::DoorSet;

enum class RightKind : std::uint8_t {
    allow,
    deny,       ///< one that applies wins over every allow
    first_card  ///< an allow; and its holder is the one that a door's first card rule waits for
};
BOOST_DESCRIBE_ENUM(RightKind, allow, deny, first_card)

/// When a right is over (excluded), in whole seconds from 1970 to 2106: a right takes no more room for it.
struct RightEnd {
    std::uint32_t second = UINT32_MAX;  ///< the largest: never
    [[nodiscard]] static RightEnd at(base::UtcTime);
    [[nodiscard]] bool never() const { return second == UINT32_MAX; }
    [[nodiscard]] base::UtcTime time() const { return {std::int64_t{second} * 1'000'000}; }
    friend bool operator==(const RightEnd&, const RightEnd&) = default;
};

struct Right {
    DoorSet doors;  ///< none at first
    ScheduleIndex schedule = always;
    RightKind kind = RightKind::allow;
    RightEnd end{};
    friend bool operator==(const Right&, const Right&) = default;
};

/// Half-open [from, to).
struct Validity {
    base::UtcTime from = base::beginning_of_time;
    base::UtcTime to = base::end_of_time;
    friend bool operator==(const Validity&, const Validity&) = default;
};

/// What the roster's owner knows an entry by: any 64-bit value that changes when the entry changes. 0 is an
/// entry made at the keypad, which no owner knows.
struct EntryTag {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(const EntryTag&, const EntryTag&) = default;
};

/// Which setting of the uses `uses_left` counts down. The owner gives a new one whenever somebody sets the
/// uses; an entry that comes again with the same one goes on with what is left.
struct UsesSeries {
    std::uint64_t value = 0;
    /// Here nobody names a series: 0 at the keypad, and those with the highest bit in the plain dialect.
    static constexpr std::uint64_t made_here = std::uint64_t{1} << 63;
    [[nodiscard]] bool is_owners() const { return value != 0 && value < made_here; }
    /// The count begins anew without an owner.
    void begin_anew() { value = (value + 1) | made_here; }
    friend constexpr auto operator<=>(const UsesSeries&, const UsesSeries&) = default;
};

struct Person {
    base::UserId user_id;
    UserType type = UserType::general;
    Validity validity;
    std::optional<std::uint32_t> uses_left;  ///< none: unlimited
    UsesSeries uses_series;
    std::optional<PinHash> pin;
    std::vector<Card> cards;  ///< at most one unless the configuration allows more
    std::vector<Right> rights;
    EntryTag tag;
    friend bool operator==(const Person&, const Person&) = default;
};

/// A code that opens without a person: its own doors, validity and uses; not limited by unlock modes (K13).
struct PublicPassword {
    PinHash code;
    DoorSet doors;  ///< none at first
    Validity validity;
    std::optional<std::uint32_t> uses_left;
    std::uint32_t number = 0;  ///< names it in records; the code itself never appears
    UsesSeries uses_series;
    friend bool operator==(const PublicPassword&, const PublicPassword&) = default;
};

/// `sent` takes the place of `held`: within one series, what was spent stays spent, and uses never grow.
template <class Entry>
void keep_spent(Entry& sent, const Entry& held) {
    if (!sent.uses_left || !held.uses_left || sent.uses_series != held.uses_series) return;
    sent.uses_left = std::min(*sent.uses_left, *held.uses_left);
}
/// The same for public passwords, which are known by their number.
void keep_spent(std::vector<PublicPassword>& sent, const std::vector<PublicPassword>& held);

}  // namespace sallyport::core
