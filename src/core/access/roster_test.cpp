#include "core/access/roster.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

const PinKey key{};

base::UserId user(std::string_view text) {
    return base::UserId::from(text).value();
}

Person person(std::string_view id, std::vector<std::uint64_t> cards = {}, std::uint64_t tag = 0) {
    Person result;
    result.user_id = user(id);
    for (const std::uint64_t card : cards) result.cards.push_back({{card}});
    result.tag = {tag};
    return result;
}

PublicPassword password(std::string_view digits, std::uint32_t number) {
    PublicPassword result;
    result.code = hash_public_password(key, base::Secret(std::string(digits)));
    result.number = number;
    return result;
}

TEST(Roster, finds_by_user_and_by_card) {
    Roster roster;
    ASSERT_TRUE(roster.upsert(person("1", {10}), key));
    ASSERT_TRUE(roster.upsert(person("anna.k", {20}), key));
    EXPECT_EQ(roster.find(user("anna.k")), roster.find(base::CardNumber{20}));
    EXPECT_EQ(roster.find_card({10})->number.value, 10U);
    EXPECT_EQ(roster.find(base::CardNumber{30}), nullptr);
    EXPECT_EQ(roster.find_card({30}), nullptr);
    EXPECT_EQ(roster.find(user("2")), nullptr);
    EXPECT_EQ(roster.size(), 2U);
}

TEST(Roster, a_replaced_entry_loses_its_old_card) {
    Roster roster;
    ASSERT_TRUE(roster.upsert(person("1", {10}), key));
    ASSERT_TRUE(roster.upsert(person("1", {11}), key));
    EXPECT_EQ(roster.size(), 1U);
    EXPECT_EQ(roster.find(base::CardNumber{10}), nullptr);
    EXPECT_NE(roster.find(base::CardNumber{11}), nullptr);
    ASSERT_TRUE(roster.upsert(person("2", {10}), key));
}

TEST(Roster, says_who_has_the_card) {
    Roster roster;
    ASSERT_TRUE(roster.upsert(person("17", {10}), key));
    const auto status = roster.upsert(person("18", {10}), key);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, base::ErrorKind::conflict);
    EXPECT_EQ(status.error().code, "card_taken");
    EXPECT_EQ(status.error().message,
              "User 18 cannot have this card: it belongs to user 17. Take it from there first.");
    EXPECT_EQ(roster.size(), 1U);
    EXPECT_EQ(roster.find(user("18")), nullptr);
}

TEST(Roster, limits_are_named_and_change_nothing) {
    Roster roster({.people = 2, .cards_per_person = 1, .public_passwords = 1});
    ASSERT_TRUE(roster.upsert(person("1"), key));
    ASSERT_TRUE(roster.upsert(person("2"), key));
    const auto third = roster.upsert(person("3"), key);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, "people_limit");
    EXPECT_NE(third.error().message.find("2 people"), std::string::npos);
    EXPECT_TRUE(roster.upsert(person("2", {5}), key)) << "replacing is not adding";
    EXPECT_EQ(roster.upsert(person("1", {6, 7}), key).error().code, "cards_limit");
    EXPECT_EQ(roster.find(base::CardNumber{6}), nullptr);
    const auto passwords = roster.set_public_passwords({password("11", 1), password("22", 2)}, key);
    EXPECT_EQ(passwords.error().code, "public_passwords_limit");
    EXPECT_TRUE(roster.public_passwords().empty());
}

TEST(Roster, refuses_an_empty_user_id_and_a_card_given_twice) {
    Roster roster({.cards_per_person = 3});
    EXPECT_EQ(roster.upsert(Person{}, key).error().code, "user_id");
    EXPECT_EQ(roster.upsert(person("1", {4, 5, 4}), key).error().code, "card_twice");
    EXPECT_EQ(roster.size(), 0U);
}

TEST(Roster, a_public_password_and_a_user_id_are_never_equal) {
    Roster roster;
    ASSERT_TRUE(roster.upsert(person("1234"), key));
    const auto second = roster.set_public_passwords({password("99", 1), password("1234", 2)}, key);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "code_taken");
    EXPECT_NE(second.error().message.find("Public password 2"), std::string::npos);
    EXPECT_EQ(second.error().message.find("1234"), std::string::npos) << "the code itself never appears";
    EXPECT_TRUE(roster.public_passwords().empty());

    ASSERT_TRUE(roster.set_public_passwords({password("99", 1)}, key));
    EXPECT_EQ(roster.upsert(person("99"), key).error().code, "code_taken");
    EXPECT_TRUE(roster.upsert(person("099"), key));
    EXPECT_EQ(roster.set_public_passwords({password("5", 1), password("5", 2)}, key).error().code,
              "code_taken");
    EXPECT_TRUE(roster.set_public_passwords({password("99", 1), password("98", 2)}, key));
    EXPECT_TRUE(roster.set_public_passwords({}, key));
    EXPECT_TRUE(roster.upsert(person("99"), key));
}

TEST(Roster, counts_uses_down_to_none) {
    Roster roster;
    Person guest = person("1");
    guest.uses_left = 1;
    ASSERT_TRUE(roster.upsert(guest, key));
    ASSERT_TRUE(roster.upsert(person("2"), key));
    PublicPassword code = password("77", 1);
    code.uses_left = 2;
    ASSERT_TRUE(roster.set_public_passwords({code}, key));
    for (int i = 0; i < 3; ++i) {
        roster.count_use(user("1"));
        roster.count_use(user("2"));
        roster.count_use(user("nobody"));
        roster.count_use(code.code);
        roster.count_use(PinHash{});
    }
    EXPECT_EQ(roster.find(user("1"))->uses_left, 0U);
    EXPECT_EQ(roster.find(user("2"))->uses_left, std::nullopt);
    EXPECT_EQ(roster.find_public_password(code.code)->uses_left, 0U);
}

RC_GTEST_PROP(RosterUses, however_often_a_password_is_set_a_series_gives_no_more_than_its_uses, ()) {
    Roster roster;
    std::map<std::uint64_t, std::uint32_t> given;
    PublicPassword code = password("77", 1);
    for (int i = 0; i < 40; ++i) {
        // The owner never goes back to an earlier series.
        code.uses_series.value += *rc::gen::inRange<std::uint64_t>(0, 2);
        code.uses_left = 3;
        code.doors.bits = *rc::gen::arbitrary<std::uint64_t>();
        RC_ASSERT(roster.set_public_passwords({code}, key).has_value());
        const auto* held = roster.find_public_password(code.code);
        RC_ASSERT(held->doors == code.doors);
        RC_ASSERT(held->uses_left == 3 - given[code.uses_series.value]);
        if (*held->uses_left > 0 && *rc::gen::arbitrary<bool>()) {
            roster.count_use(code.code);
            ++given[code.uses_series.value];
        }
    }
}

TEST(Roster, for_each_stops_when_told) {
    Roster roster;
    for (int i = 1; i <= 600; ++i) ASSERT_TRUE(roster.upsert(person(fmt::format("{}", i)), key));
    int seen = 0;
    roster.for_each([&](const Person&) { return ++seen < 300; });
    EXPECT_EQ(seen, 300);
}

TEST(Roster, clear_forgets_people_and_digest_but_not_public_passwords) {
    Roster roster;
    ASSERT_TRUE(roster.set_public_passwords({password("99", 1)}, key));
    ASSERT_TRUE(roster.upsert(person("1", {10}, 5), key));
    roster.clear();
    EXPECT_EQ(roster.size(), 0U);
    EXPECT_EQ(roster.digest(), RosterDigest{});
    EXPECT_EQ(roster.find(base::CardNumber{10}), nullptr);
    EXPECT_EQ(roster.public_passwords().size(), 1U);
    EXPECT_TRUE(roster.upsert(person("2", {10}), key));
}

TEST(Roster, a_copy_is_a_roster_of_its_own) {
    Roster roster;
    for (int i = 1; i <= 300; ++i) ASSERT_TRUE(roster.upsert(person(fmt::format("{}", i)), key));
    Roster copy = roster;
    ASSERT_TRUE(copy.upsert(person("new"), key));
    ASSERT_TRUE(copy.remove(user("1")));
    EXPECT_EQ(roster.find(user("new")), nullptr);
    EXPECT_NE(roster.find(user("1")), nullptr);
    EXPECT_EQ(copy.size(), 300U);
}

TEST(RosterDigestTest, is_siphash_2_4_over_user_id_and_tag) {
    // From an independent implementation, checked against the vectors of the SipHash paper.
    EXPECT_EQ(entry_digest(user("1001"), {0x0102030405060708}), 0x87f25950909d8d89U);
}

TEST(RosterMemory, a_million_deletions_leave_no_trace) {
    Roster roster;
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(roster.upsert(person(fmt::format("a{}", i), {static_cast<std::uint64_t>(i)}), key));
    }
    const std::size_t before = roster.memory_bytes();
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        ASSERT_TRUE(roster.remove(user(fmt::format("a{}", i))));
        ASSERT_TRUE(roster.upsert(person(fmt::format("a{}", i + 1'000), {i + 1'000}), key));
    }
    EXPECT_EQ(roster.memory_bytes(), before);
    EXPECT_EQ(roster.size(), 1'000U);
}

TEST(RosterMemory, changed_cards_leave_no_trace) {
    Roster roster;
    ASSERT_TRUE(roster.upsert(person("1", {0}), key));
    const std::size_t before = roster.memory_bytes();
    for (std::uint64_t card = 1; card < 1'000; ++card) ASSERT_TRUE(roster.upsert(person("1", {card}), key));
    EXPECT_EQ(roster.memory_bytes(), before);
}

// ---------------------------------------------------------------- against a simple model

using Model = std::map<std::string, Person, std::less<>>;

const Person* owner_in(const Model& model, base::CardNumber card) {
    for (const auto& [id, entry] : model) {
        if (std::ranges::find(entry.cards, card, &Card::number) != entry.cards.end()) return &entry;
    }
    return nullptr;
}

void expect_equal(const Roster& roster, const Model& model) {
    RC_ASSERT(roster.size() == model.size());
    RosterDigest digest;
    for (const auto& [id, entry] : model) {
        const Person* found = roster.find(entry.user_id);
        RC_ASSERT(found != nullptr);
        RC_ASSERT(*found == entry);
        digest.value += entry_digest(entry.user_id, entry.tag);
    }
    RC_ASSERT(roster.digest() == digest);
    for (std::uint64_t card = 0; card < 24; ++card) {
        const Person* expected = owner_in(model, {card});
        const Person* found = roster.find(base::CardNumber{card});
        RC_ASSERT((found == nullptr) == (expected == nullptr));
        if (found != nullptr) RC_ASSERT(found->user_id == expected->user_id);
    }
    std::size_t visited = 0;
    roster.for_each([&](const Person& entry) {
        ++visited;
        return model.contains(entry.user_id.view());
    });
    RC_ASSERT(visited == model.size());
}

RC_GTEST_PROP(RosterProperty, behaves_like_a_map, ()) {
    const RosterLimits limits{.people = 12, .cards_per_person = 2};
    Roster roster(limits);
    Model model;
    const auto steps = *rc::gen::inRange(0, 120);
    for (int i = 0; i < steps; ++i) {
        const std::string id = fmt::format("{}", *rc::gen::inRange(1, 20));
        if (*rc::gen::inRange(0, 3) == 0) {
            RC_ASSERT(roster.remove(user(id)) == (model.erase(id) == 1));
            continue;
        }
        const auto cards =
            *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 24));
        const Person entry = person(id, cards, *rc::gen::arbitrary<std::uint64_t>());
        bool fits = entry.cards.size() <= limits.cards_per_person &&
                    (model.contains(id) || model.size() < limits.people);
        for (std::size_t c = 0; c < entry.cards.size(); ++c) {
            const Person* owner = owner_in(model, entry.cards[c].number);
            fits = fits && (owner == nullptr || owner->user_id == entry.user_id);
            for (std::size_t other = 0; other < c; ++other) {
                fits = fits && entry.cards[other].number != entry.cards[c].number;
            }
        }
        RC_ASSERT(roster.check_upsert(entry, key).has_value() == fits);
        RC_ASSERT(roster.upsert(entry, key).has_value() == fits);
        if (fits) model[id] = entry;
    }
    expect_equal(roster, model);
}

/// The index alone, with hashes that collide on purpose.
RC_GTEST_PROP(SlotIndexProperty, behaves_like_a_map, ()) {
    SlotIndex index;
    std::map<std::uint32_t, std::uint32_t> slots;  // slot -> hash
    const auto steps = *rc::gen::inRange(0, 200);
    for (int i = 0; i < steps; ++i) {
        const auto slot = *rc::gen::inRange<std::uint32_t>(0, 40);
        const auto found = slots.find(slot);
        if (found == slots.end()) {
            const auto hash =
                *rc::gen::element<std::uint32_t>(0, 1, 14, 15, 16, 31, 0xFFFF'FFFF, 0xFFFF'FFF0);
            index.insert(hash, slot);
            slots[slot] = hash;
        } else if (const auto to = slot + 1'000; *rc::gen::arbitrary<bool>() && !slots.contains(to)) {
            index.move(found->second, slot, to);
            slots[to] = found->second;
            slots.erase(found);
        } else {
            index.erase(found->second, slot);
            slots.erase(found);
        }
    }
    for (const auto& [slot, hash] : slots) {
        const auto is_it = [&](SlotIndex::Slot candidate) { return candidate == slot; };
        RC_ASSERT(index.find(hash, is_it) == slot);
        RC_ASSERT(!index.find(hash ^ 0x100, is_it).has_value());
    }
    std::size_t seen = 0;
    for (const std::uint32_t hash : {0U, 1U, 14U, 15U, 16U, 31U, 0xFFFF'FFFFU, 0xFFFF'FFF0U}) {
        (void)index.find(hash, [&](SlotIndex::Slot) {
            ++seen;
            return false;
        });
    }
    RC_ASSERT(seen == slots.size());
}

}  // namespace
}  // namespace sallyport::core
