#include "core/door/debouncer.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;
using Settled = Debouncer::Settled;

const base::Instant start{10s};
constexpr auto settle = Debouncer::usual_settle;

struct Edge {
    Level level;
    base::Instant at;
};

void take(Debouncer& line, base::Instant now, std::vector<Settled>& into) {
    while (const auto settled = line.handle_timeout(now)) into.push_back(*settled);
}

/// Everything that settles while these edges come, and in the silence after them.
std::vector<Settled> settled_in(const std::vector<Edge>& edges) {
    Debouncer line;
    std::vector<Settled> result;
    for (const auto& edge : edges) {
        take(line, edge.at, result);
        line.handle(edge.level, edge.at);
    }
    while (const auto deadline = line.next_deadline()) take(line, *deadline, result);
    RC_ASSERT(line.level() == line.raw());
    return result;
}

/// Alternating edges, these times apart, the first one active at `start`.
std::vector<Edge> edges_after(const std::vector<base::Duration>& steps) {
    std::vector<Edge> edges;
    auto at = start;
    auto level = Level::active;
    for (const auto step : steps) {
        edges.push_back({level, at});
        level = level == Level::active ? Level::inactive : Level::active;
        at = at + step;
    }
    return edges;
}

std::vector<base::Duration> any_steps(base::Duration least, base::Duration most) {
    const auto counts = *rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::inRange<std::int64_t>(least.count(), most.count()));
    std::vector<base::Duration> steps;
    for (const auto count : counts) steps.emplace_back(count);
    return steps;
}

RC_GTEST_PROP(Debouncer, D2_changes_alternate_in_time_and_end_with_the_line, ()) {
    auto level = Level::inactive;
    base::Instant last;
    const auto edges = edges_after(any_steps(0us, 700ms));
    for (const auto& settled : settled_in(edges)) {
        RC_ASSERT(settled.level != level);
        RC_ASSERT(settled.at >= last);
        level = settled.level;
        last = settled.at;
    }
    RC_ASSERT(level == (edges.empty() ? Level::inactive : edges.back().level));
}

RC_GTEST_PROP(Debouncer, D2_pulses_shorter_than_the_settling_time_are_never_seen, ()) {
    auto steps = any_steps(0us, settle);
    for (std::size_t i = 1; i < steps.size(); i += 2) steps[i] += settle;  // each pause ends the activity
    if (steps.size() % 2 != 0) steps.push_back(settle);
    RC_ASSERT(settled_in(edges_after(steps)).empty());
}

RC_GTEST_PROP(Debouncer, D2_activity_of_400_ms_is_always_seen, ()) {
    std::vector<Edge> edges;
    auto at = start;
    while (at < start + Debouncer::always_seen) {
        edges.push_back({Level::active, at});
        at = at + base::Duration{*rc::gen::inRange(1'000, 45'000)};
        edges.push_back({Level::inactive, at});
        at = at + base::Duration{*rc::gen::inRange(1'000, 45'000)};
    }
    const auto settled = settled_in(edges);
    RC_ASSERT(!settled.empty());
    RC_ASSERT(settled.front().level == Level::active);
    RC_ASSERT(settled.front().at <= start + Debouncer::always_seen);
}

RC_GTEST_PROP(Debouncer, what_settles_does_not_depend_on_when_it_is_asked, ()) {
    Debouncer line;
    std::vector<Settled> asked_often;
    const auto edges = edges_after(any_steps(0us, 200ms));
    for (const auto& edge : edges) {
        // In small steps up to the edge, as a loop that wakes for other reasons does.
        while (const auto deadline = line.next_deadline()) {
            if (*deadline > edge.at) break;
            take(line, *deadline, asked_often);
        }
        line.handle(edge.level, edge.at);
    }
    while (const auto deadline = line.next_deadline()) take(line, *deadline + 3s, asked_often);
    const auto expected = settled_in(edges);
    RC_ASSERT(asked_often.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        RC_ASSERT(asked_often[i].level == expected[i].level);
        RC_ASSERT(asked_often[i].at == expected[i].at);
    }
}

TEST(Debouncer, D2_a_clean_edge_counts_after_50_ms) {
    Debouncer line;
    line.handle(Level::active, start);
    EXPECT_EQ(line.next_deadline(), start + 50ms);
    EXPECT_FALSE(line.handle_timeout(start + 49ms));
    const auto settled = line.handle_timeout(start + 50ms);
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->level, Level::active);
    EXPECT_EQ(settled->at, start + 50ms);
    EXPECT_FALSE(line.next_deadline());
}

TEST(Debouncer, an_edge_that_comes_late_is_not_before_the_one_that_overtook_it) {
    Debouncer line;
    line.handle(Level::active, start + 2ms);
    line.handle(Level::inactive, start + 1ms);
    EXPECT_FALSE(line.next_deadline());
    EXPECT_EQ(line.level(), Level::inactive);
}

TEST(Debouncer, a_line_may_begin_active) {
    Debouncer line(0us, Level::active);
    EXPECT_FALSE(line.next_deadline());
    line.handle(Level::inactive, start);
    ASSERT_TRUE(line.handle_timeout(start));
    EXPECT_EQ(line.level(), Level::inactive);
}

}  // namespace
}  // namespace sallyport::core
