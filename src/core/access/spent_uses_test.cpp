#include "core/access/spent_uses.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

Person guest(std::string_view id, std::uint32_t uses, std::uint64_t series) {
    Person one;
    one.user_id = base::UserId::from(id).value();
    one.uses_left = uses;
    one.uses_series = {series};
    return one;
}

PublicPassword code(std::uint32_t number, std::uint32_t uses, std::uint64_t series) {
    PublicPassword one;
    one.number = number;
    one.uses_left = uses;
    one.uses_series = {series};
    return one;
}

std::optional<std::uint32_t> left_of(const SpentUses& spent, auto sent) {
    spent.keep(sent);
    return sent.uses_left;
}

TEST(SpentUses, a_series_belongs_to_one_person_or_one_public_password) {
    SpentUses spent;
    spent.note(guest("1", 0, 5));
    EXPECT_EQ(left_of(spent, guest("1", 3, 5)), 0U);
    EXPECT_EQ(left_of(spent, guest("1", 3, 6)), 3U);
    EXPECT_EQ(left_of(spent, guest("2", 3, 5)), 3U);
    EXPECT_EQ(left_of(spent, code(1, 3, 5)), 3U);
    Person unlimited = guest("1", 0, 5);
    unlimited.uses_left.reset();
    EXPECT_EQ(left_of(spent, unlimited), std::nullopt);
    spent.note(code(1, 2, 5));
    EXPECT_EQ(left_of(spent, code(1, 3, 5)), 2U);
    EXPECT_EQ(left_of(spent, code(1, 1, 5)), 1U) << "never more than is sent";
    EXPECT_EQ(left_of(spent, code(2, 3, 5)), 3U);
}

TEST(SpentUses, what_no_owner_counts_is_not_remembered) {
    SpentUses spent;
    UsesSeries series;
    spent.note(guest("1", 0, series.value));
    series.begin_anew();
    const auto first = series;
    spent.note(guest("1", 0, series.value));
    series.begin_anew();
    EXPECT_NE(series, first);
    spent.note(guest("1", 0, series.value));
    Person unlimited = guest("1", 0, 5);
    unlimited.uses_left.reset();
    spent.note(unlimited);
    EXPECT_TRUE(spent.all().empty());
}

TEST(SpentUses, public_passwords_that_are_not_sent_again_leave) {
    SpentUses spent;
    std::vector<PublicPassword> sent{code(2, 9, 5), code(3, 9, 5)};
    spent.replace(sent, {code(1, 4, 5), code(2, 3, 5)});
    EXPECT_EQ(sent[0].uses_left, 3U);
    EXPECT_EQ(sent[1].uses_left, 9U);
    ASSERT_EQ(spent.all().size(), 1U);
    auto held = std::exchange(sent, {code(1, 9, 5)});
    spent.replace(sent, held);
    EXPECT_EQ(sent[0].uses_left, 4U);
}

/// However often people come and go, a series gives no more than its uses.
RC_GTEST_PROP(SpentUsesProperty, come_and_go, ()) {
    SpentUses spent;
    std::map<std::string, Person> here;
    std::map<std::pair<std::string, std::uint64_t>, std::uint32_t> given;
    for (int i = 0; i < 200; ++i) {
        const auto id = fmt::format("{}", *rc::gen::inRange(1, 5));
        const auto what = *rc::gen::inRange(0, 3);
        const auto present = here.find(id);
        if (present == here.end()) {
            auto one = guest(id, 3, *rc::gen::inRange<std::uint64_t>(1, 3));
            spent.keep(one);
            RC_ASSERT(one.uses_left == 3 - (given[{id, one.uses_series.value}]));
            here.emplace(id, one);
        } else if (what == 0) {
            spent.note(present->second);
            here.erase(present);
        } else if (*present->second.uses_left > 0) {
            --*present->second.uses_left;
            ++given[{id, present->second.uses_series.value}];
        }
    }
}

}  // namespace
}  // namespace sallyport::core
