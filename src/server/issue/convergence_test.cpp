#include "server/issue/convergence.hpp"

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
    const auto diff = difference(desired, known);

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
    RC_ASSERT(difference(desired_from(want), known_from(want)).empty());
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
