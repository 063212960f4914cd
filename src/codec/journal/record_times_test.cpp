#include "codec/journal/record_times.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec {
namespace {

using Stretch = RecordTimes::Stretch;

base::TimeSpan span(std::int64_t from, std::int64_t to) {
    return {{from}, {to}};
}

std::uint64_t looked_at(const RecordTimes& times, std::uint64_t last, const base::TimeSpan& wanted) {
    std::uint64_t count = 0;
    for (std::uint64_t after = 0;;) {
        const auto stretch = times.next(after, last, wanted);
        if (!stretch) return count;
        count += stretch->last - stretch->first + 1;
        after = stretch->last;
    }
}

TEST(RecordTimes, leave_out_nearly_all_of_a_journal) {
    RecordTimes times;
    constexpr std::uint64_t records = 60'000;
    for (std::uint64_t i = 1; i <= records; ++i) times.note(i, {static_cast<std::int64_t>(i) * 60});
    EXPECT_LE(looked_at(times, records, span(1'800'000, 1'803'600)), 512U);
    EXPECT_EQ(looked_at(times, records, {}), records);
    EXPECT_EQ(looked_at(times, records, span(records * 60 + 1, records * 61)), 0U);
}

TEST(RecordTimes, a_clock_that_was_wrong_for_a_while_widens_only_its_own_blocks) {
    RecordTimes times;
    for (std::uint64_t i = 1; i <= 10'000; ++i) {
        const bool wrong = i >= 5'000 && i < 5'010;
        times.note(i, {static_cast<std::int64_t>(i) + (wrong ? 1'000'000 : 0)});
    }
    EXPECT_LE(looked_at(times, 10'000, span(1'000'000, 2'000'000)), 256U);
    EXPECT_LE(looked_at(times, 10'000, span(5'003, 5'004)), 512U);
}

TEST(RecordTimes, what_was_not_noted_may_be_of_any_time) {
    RecordTimes times;
    EXPECT_EQ(times.next(3, 9, span(0, 1)), (Stretch{4, 9}));
    for (std::uint64_t i = 1'000; i <= 2'000; ++i) times.note(i, {5});
    EXPECT_EQ(times.next(0, 3'000, span(6, 7)), (Stretch{1, 999}));
    EXPECT_EQ(times.next(999, 3'000, span(6, 7)), (Stretch{2'001, 3'000}));
    EXPECT_EQ(times.next(999, 2'000, span(6, 7)), std::nullopt);
    times.note(2'500, {6});  // a gap
    EXPECT_EQ(times.next(999, 3'000, span(8, 9)), (Stretch{1'000, 2'499}));
}

RC_GTEST_PROP(RecordTimes, never_miss_a_record_and_always_get_on, ()) {
    RecordTimes times;
    const auto first = *rc::gen::inRange<std::uint64_t>(1, 1'000);
    const auto count = *rc::gen::inRange<std::uint64_t>(1, 3'000);
    const auto last = first + count - 1;
    std::vector<std::int64_t> at(count);
    std::int64_t now = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        now += i % 500 == 499 ? *rc::gen::inRange<std::int64_t>(-3'000, 3'000) : 1;
        times.note(first + i, {at[i] = now});
    }
    const auto gone = *rc::gen::inRange<std::uint64_t>(0, last + 1);
    times.forget(gone);
    const auto from = *rc::gen::inRange<std::int64_t>(-3'000, 6'000);
    const auto wanted = span(from, from + *rc::gen::inRange<std::int64_t>(1, 500));
    std::vector<bool> seen(count);
    for (auto after = *rc::gen::inRange<std::uint64_t>(0, first);;) {
        const auto stretch = times.next(after, last, wanted);
        if (!stretch) break;
        RC_ASSERT(stretch->first > after && stretch->last >= stretch->first && stretch->last <= last);
        for (auto i = std::max(first, stretch->first); i <= stretch->last; ++i) seen[i - first] = true;
        after = stretch->last;
    }
    for (std::uint64_t i = 0; i < count; ++i)
        if (wanted.contains({at[i]}) && first + i > gone) RC_ASSERT(seen[i]);
}

}  // namespace
}  // namespace sallyport::codec
