#include "core/access/roster.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/core.h>
#include <sodium.h>

#include "core/access/heap_block.hpp"

namespace sallyport::core {

namespace {

constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> zero_key{};

std::uint64_t sip_hash(std::string_view bytes) {
    std::array<unsigned char, crypto_shorthash_BYTES> out{};
    crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     zero_key.data());
    std::uint64_t value = 0;
    for (std::size_t i = out.size(); i-- > 0;) value = value << 8 | out[i];
    return value;
}

std::uint32_t hash_of(const base::UserId& user) {
    return static_cast<std::uint32_t>(sip_hash(user.view()));
}

/// The finaliser of SplitMix64: neighbouring card numbers end far apart.
std::uint32_t hash_of(base::CardNumber card) {
    std::uint64_t x = card.value + 0x9E37'79B9'7F4A'7C15U;
    x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9U;
    x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBU;
    return static_cast<std::uint32_t>(x ^ (x >> 31));
}

const Card* card_in(const Person& person, base::CardNumber number) {
    const auto found = std::ranges::find(person.cards, number, &Card::number);
    return found == person.cards.end() ? nullptr : &*found;
}

std::unexpected<base::Error> code_taken(std::string message) {
    return base::fail(base::ErrorKind::conflict, "code_taken", std::move(message));
}

}  // namespace

std::uint64_t entry_digest(const base::UserId& user, EntryTag tag) {
    std::array<char, 31 + 8> bytes;
    const std::string_view id = user.view();
    std::memcpy(bytes.data(), id.data(), id.size());
    for (std::size_t i = 0; i < 8; ++i) bytes[id.size() + i] = static_cast<char>(tag.value >> (8 * i));
    return sip_hash({bytes.data(), id.size() + 8});
}

Roster::Roster(RosterLimits limits) : limits_(limits) {}

std::optional<Roster::Slot> Roster::slot_of(const base::UserId& user) const {
    return by_user_.find(hash_of(user), [&](Slot slot) { return at(slot).user_id == user; });
}

std::optional<Roster::Slot> Roster::slot_of(base::CardNumber card) const {
    return by_card_.find(hash_of(card), [&](Slot slot) { return card_in(at(slot), card) != nullptr; });
}

bool Roster::is_public_password(const base::UserId& user, const PinKey& key) const {
    return !public_passwords_.empty() && is_pin(user.view()) &&
           find_public_password(hash_public_password(key, base::Secret(user.text()))) != nullptr;
}

base::Status Roster::check_cards(const Person& person) const {
    if (person.cards.size() > limits_.cards_per_person) {
        return base::fail(base::ErrorKind::limit, "cards_limit",
                          fmt::format("User {} would have {} cards; the limit is {} a person.",
                                      person.user_id.view(), person.cards.size(), limits_.cards_per_person));
    }
    for (std::size_t i = 0; i < person.cards.size(); ++i) {
        const base::CardNumber number = person.cards[i].number;
        if (card_in(person, number) != &person.cards[i]) {
            return base::fail(base::ErrorKind::invalid, "card_twice",
                              fmt::format("User {} is given the same card twice; leave one of them out.",
                                          person.user_id.view()));
        }
        const Person* owner = find(number);
        if (owner != nullptr && owner->user_id != person.user_id) {
            return base::fail(
                base::ErrorKind::conflict, "card_taken",
                fmt::format("User {} cannot have this card: it belongs to user {}. Take it from there first.",
                            person.user_id.view(), owner->user_id.view()));
        }
    }
    return {};
}

base::Status Roster::check_upsert(const Person& person, const PinKey& key) const {
    if (person.user_id.empty()) {
        return base::fail(base::ErrorKind::invalid, "user_id", "A person needs a user ID.");
    }
    if (size_ >= limits_.people && find(person.user_id) == nullptr) {
        return base::fail(
            base::ErrorKind::limit, "people_limit",
            fmt::format("There are {} people already, which is the limit of this controller.", size_));
    }
    if (is_public_password(person.user_id, key)) {
        return code_taken(fmt::format("User ID {} is a public password already; choose another user ID.",
                                      person.user_id.view()));
    }
    return check_cards(person);
}

base::Status Roster::upsert(Person person, const PinKey& key) {
    if (auto status = check_upsert(person, key); !status) return status;
    person.cards.shrink_to_fit();
    person.rights.shrink_to_fit();
    digest_.value += entry_digest(person.user_id, person.tag);
    if (const auto slot = slot_of(person.user_id)) {
        Person& present = at(*slot);
        digest_.value -= entry_digest(present.user_id, present.tag);
        forget_cards(present, *slot);
        present = std::move(person);
        index_cards(present, *slot);
    } else {
        append(std::move(person));
    }
    return {};
}

void Roster::append(Person person) {
    const auto slot = static_cast<Slot>(size_);
    if (size_ % block_size == 0) {
        blocks_.emplace_back().reserve(block_size);
    }
    blocks_.back().push_back(std::move(person));
    ++size_;
    by_user_.insert(hash_of(at(slot).user_id), slot);
    index_cards(at(slot), slot);
}

void Roster::index_cards(const Person& person, Slot slot) {
    for (const Card& card : person.cards) by_card_.insert(hash_of(card.number), slot);
}

void Roster::forget_cards(const Person& person, Slot slot) {
    for (const Card& card : person.cards) by_card_.erase(hash_of(card.number), slot);
}

// The last person moves into the gap, so that the blocks stay full.
bool Roster::remove(const base::UserId& user) {
    const auto slot = slot_of(user);
    if (!slot) return false;
    Person& gone = at(*slot);
    digest_.value -= entry_digest(gone.user_id, gone.tag);
    by_user_.erase(hash_of(gone.user_id), *slot);
    forget_cards(gone, *slot);
    const auto last = static_cast<Slot>(size_ - 1);
    if (*slot != last) {
        Person& moved = at(last);
        by_user_.move(hash_of(moved.user_id), last, *slot);
        for (const Card& card : moved.cards) by_card_.move(hash_of(card.number), last, *slot);
        gone = std::move(moved);
    }
    blocks_.back().pop_back();
    if (blocks_.back().empty()) blocks_.pop_back();
    --size_;
    return true;
}

void Roster::clear() {
    blocks_.clear();
    blocks_.shrink_to_fit();
    size_ = 0;
    by_user_.clear();
    by_card_.clear();
    digest_ = {};
}

const Person* Roster::find(const base::UserId& user) const {
    const auto slot = slot_of(user);
    return slot ? &at(*slot) : nullptr;
}

const Person* Roster::find(base::CardNumber card) const {
    const auto slot = slot_of(card);
    return slot ? &at(*slot) : nullptr;
}

const Card* Roster::find_card(base::CardNumber card) const {
    const Person* person = find(card);
    return person == nullptr ? nullptr : card_in(*person, card);
}

std::size_t Roster::size() const {
    return size_;
}

RosterDigest Roster::digest() const {
    return digest_;
}

const RosterLimits& Roster::limits() const {
    return limits_;
}

std::size_t Roster::memory_bytes() const {
    std::size_t bytes = sizeof *this + by_user_.memory_bytes() + by_card_.memory_bytes() +
                        heap_block_bytes(blocks_.capacity() * sizeof(std::vector<Person>)) +
                        heap_block_bytes(public_passwords_.capacity() * sizeof(PublicPassword));
    for (const auto& block : blocks_) {
        bytes += heap_block_bytes(block.capacity() * sizeof(Person));
        for (const Person& person : block) {
            bytes += heap_block_bytes(person.cards.capacity() * sizeof(Card)) +
                     heap_block_bytes(person.rights.capacity() * sizeof(Right));
        }
    }
    return bytes;
}

void Roster::for_each(const std::function<bool(const Person&)>& visit) const {
    for (const auto& block : blocks_) {
        for (const Person& person : block) {
            if (!visit(person)) return;
        }
    }
}

base::Status Roster::set_public_passwords(std::vector<PublicPassword> passwords, const PinKey& key) {
    if (passwords.size() > limits_.public_passwords) {
        return base::fail(base::ErrorKind::limit, "public_passwords_limit",
                          fmt::format("There would be {} public passwords; the limit is {}.",
                                      passwords.size(), limits_.public_passwords));
    }
    std::vector<std::pair<PinHash, std::uint32_t>> added;
    for (std::size_t i = 0; i < passwords.size(); ++i) {
        const PublicPassword& password = passwords[i];
        if (std::ranges::find(passwords, password.code, &PublicPassword::code) - passwords.begin() !=
            static_cast<std::ptrdiff_t>(i)) {
            return code_taken(
                fmt::format("Public password {} is there twice; choose another code.", password.number));
        }
        if (find_public_password(password.code) == nullptr)
            added.emplace_back(password.code, password.number);
    }
    base::Status status;
    const auto compare = [&](const Person& person) {
        if (!is_pin(person.user_id.view())) return true;
        const PinHash hash = hash_public_password(key, base::Secret(person.user_id.text()));
        const auto same = std::ranges::find(added, hash, &std::pair<PinHash, std::uint32_t>::first);
        if (same == added.end()) return true;
        status = code_taken(
            fmt::format("Public password {} is somebody's user ID; choose another code.", same->second));
        return false;
    };
    if (!added.empty()) for_each(compare);
    if (!status) return status;
    keep_spent(passwords, public_passwords_);
    passwords.shrink_to_fit();
    public_passwords_ = std::move(passwords);
    return {};
}

const PublicPassword* Roster::find_public_password(const PinHash& code) const {
    const auto found = std::ranges::find(public_passwords_, code, &PublicPassword::code);
    return found == public_passwords_.end() ? nullptr : &*found;
}

bool Roster::count_use(const base::UserId& user) {
    const auto slot = slot_of(user);
    if (!slot) return false;
    auto& left = at(*slot).uses_left;
    if (left && *left > 0) --*left;
    return true;
}

bool Roster::count_use(const PinHash& public_password) {
    const auto found = std::ranges::find(public_passwords_, public_password, &PublicPassword::code);
    if (found == public_passwords_.end()) return false;
    if (found->uses_left && *found->uses_left > 0) --*found->uses_left;
    return true;
}

const std::vector<PublicPassword>& Roster::public_passwords() const {
    return public_passwords_;
}

}  // namespace sallyport::core
