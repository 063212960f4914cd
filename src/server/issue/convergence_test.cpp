#include "server/issue/convergence.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::server {

namespace {

using Tags = std::map<int, std::uint64_t>;

base::UserId id(int n) {
    return *base::UserId::from(std::to_string(1000 + n));
}

KnownRoster known_from(const Tags& tags) {
    KnownRoster roster;
    for (auto [n, tag] : tags) roster.push_back({id(n), {tag}});
    return roster;
}

DesiredRoster desired_from(const Tags& tags) {
    DesiredRoster roster;
    for (auto [n, tag] : tags) roster.push_back({id(n), {tag}, {}});
    return roster;
}

Tags tags_with(std::uint64_t least) {
    Tags result;
    for (int n : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60))) {
        result[n] = *rc::gen::inRange<std::uint64_t>(least, 4);
    }
    return result;
}

}  // namespace

RC_GTEST_PROP(Convergence, sending_the_difference_brings_the_controller_in_step, ()) {
    const auto want = tags_with(1);
    auto have = tags_with(0);
    const auto desired = desired_from(want);
    const auto known = known_from(have);
    const auto diff = difference(desired, {known, {}});

    std::map<base::UserId, std::uint64_t> after;
    for (const auto& entry : known) after[entry.user_id] = entry.tag.value;
    for (const auto& gone : diff.remove) after.erase(gone);
    for (const auto* entry : diff.upsert) after[entry->user_id] = entry->tag.value;

    for (const auto& entry : desired) RC_ASSERT(after.at(entry.user_id) == entry.tag.value);
    for (auto [user, tag] : after) {
        const bool wanted =
            std::any_of(desired.begin(), desired.end(), [&](const auto& e) { return e.user_id == user; });
        RC_ASSERT(wanted || tag == 0);  // only what was added at the keypad may be there besides
    }
}

RC_GTEST_PROP(Convergence, nothing_is_sent_twice, ()) {
    const auto want = tags_with(1);
    RC_ASSERT(difference(desired_from(want), {known_from(want), {}}).empty());
}

RC_GTEST_PROP(Convergence, what_a_keypad_did_stays_until_somebody_decides, ()) {
    const auto want = tags_with(1);
    const auto have = tags_with(0);
    HeldRoster held{known_from(have), {}};
    for (auto [n, tag] : tags_with(0)) held.removals[id(n)] = {tag};
    const auto desired = desired_from(want);
    const auto diff = difference(desired, held);
    for (const auto* entry : diff.upsert) {
        const auto removal = held.removals.find(entry->user_id);
        if (removal == held.removals.end() || removal->second.value == 0) continue;
        const auto there = std::ranges::find(held.entries, entry->user_id, &KnownEntry::user_id);
        RC_ASSERT(there != held.entries.end());                             // who was deleted stays away
        RC_ASSERT(there->tag.value != 0 || removal->second != entry->tag);  // unless changed here since
    }
    for (const auto& user : diff.remove) {
        const auto there = std::ranges::find(held.entries, user, &KnownEntry::user_id);
        RC_ASSERT(there->tag.value != 0 || held.removals.contains(user));
    }
    // What is stale holds nothing back.
    auto rest = held;
    for (const auto& user : stale_removals(desired, held)) rest.removals.erase(user);
    const auto again = difference(desired, rest);
    RC_ASSERT(again.remove == diff.remove);
    RC_ASSERT(again.upsert == diff.upsert);
}

TEST(Convergence, who_was_changed_at_the_keypad_goes_with_the_permission_and_who_is_put_back_goes) {
    const HeldRoster changed{{{id(1), {0}}}, {{id(1), {7}}}};
    EXPECT_TRUE(difference(desired_from({{1, 7}}), changed).empty());
    EXPECT_EQ(difference(desired_from({{1, 8}}), changed).upsert.size(), 1U) << "changed here since";
    EXPECT_EQ(difference({}, changed).remove, std::vector{id(1)}) << "nobody opens a door who may not";
    const HeldRoster added{{{id(2), {0}}}, {}};
    EXPECT_TRUE(difference({}, added).empty());
    const HeldRoster put_back{{{id(2), {0}}}, {{id(2), {0}}}};
    EXPECT_EQ(difference({}, put_back).remove, std::vector{id(2)});
    const HeldRoster removed{{}, {{id(3), {7}}}};
    EXPECT_TRUE(difference(desired_from({{3, 9}}), removed).empty()) << "whatever changed here since";
    EXPECT_TRUE(stale_removals(desired_from({{3, 9}}), removed).empty());
    EXPECT_EQ(stale_removals({}, removed), std::vector{id(3)});
}

TEST(Convergence, digest_does_not_depend_on_order_and_sees_each_change) {
    KnownRoster a{{id(1), {7}}, {id(2), {8}}};
    KnownRoster b{{id(2), {8}}, {id(1), {7}}};
    EXPECT_EQ(digest_of(a), digest_of(b));
    b[0].tag.value = 9;
    EXPECT_NE(digest_of(a), digest_of(b));
}

TEST(Convergence, a_tag_depends_on_content_and_key_and_is_never_zero) {
    const std::string key(32, 'k');
    const std::string other(32, 'o');
    EXPECT_EQ(tag_of("a", key), tag_of("a", key));
    EXPECT_NE(tag_of("a", key), tag_of("b", key));
    EXPECT_NE(tag_of("a", key), tag_of("a", other));
    EXPECT_NE(tag_of("", key).value, 0U);
}

}  // namespace sallyport::server
