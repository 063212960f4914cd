#include "codec/wiegand/ordered_decoder.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::wiegand {
namespace {

using namespace std::chrono_literals;

const base::Instant start{5s};

void take(OrderedDecoder& decoder, base::Instant now, std::vector<base::CardNumber>& into) {
    while (const auto ended = decoder.handle_timeout(now)) {
        RC_ASSERT(ended->at <= now);
        if (const auto* card = std::get_if<CardSeen>(&ended->seen)) into.push_back(card->card);
    }
}

/// The cards in these pulses, and in the silence after them, when all are read at once.
std::vector<base::CardNumber> cards_in(const std::vector<Pulse>& train) {
    OrderedDecoder decoder;
    std::vector<base::CardNumber> cards;
    for (const auto& pulse : train) decoder.handle(pulse);
    while (const auto deadline = decoder.next_deadline()) take(decoder, *deadline, cards);
    return cards;
}

RC_GTEST_PROP(OrderedDecoder, R1_pulses_that_are_read_line_by_line_give_the_same_card, ()) {
    const base::CardNumber card{*rc::gen::arbitrary<std::uint32_t>()};
    auto train = pulses(*encode(*find_format("34-bit"), card), start);
    // What was read together comes sorted by line, as two queues that are emptied one after the other.
    for (auto at = train.begin(); at != train.end();) {
        const auto most = static_cast<int>(train.end() - at);
        const auto end = at + std::min(most, *rc::gen::inRange(1, 12));
        std::ranges::sort(at, end, std::less{},
                          [](const Pulse& pulse) { return std::pair(pulse.line, pulse.at); });
        at = end;
    }
    RC_ASSERT(cards_in(train) == std::vector{card});
}

TEST(OrderedDecoder, frames_follow_each_other) {
    auto train = pulses(*encode(*find_format("H10301"), {1}), start);
    const auto second = pulses(*encode(*find_format("34-bit"), {2}), start + 500ms);
    train.insert(train.end(), second.begin(), second.end());
    std::ranges::sort(train, {}, &Pulse::line);
    EXPECT_EQ(cards_in(train), (std::vector<base::CardNumber>{{1}, {2}}));
}

TEST(OrderedDecoder, a_frame_ended_three_bit_times_after_its_last_pulse) {
    OrderedDecoder decoder;
    for (const auto& pulse : pulses(*encode(*find_format("H10301"), {1}), start)) decoder.handle(pulse);
    EXPECT_EQ(decoder.next_deadline(), start + 25ms + 3ms);
    EXPECT_FALSE(decoder.handle_timeout(start + 27ms));
    const auto ended = decoder.handle_timeout(start + 60ms);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->at, start + 28ms);
    EXPECT_FALSE(decoder.next_deadline());
}

TEST(OrderedDecoder, noise_without_a_pause_needs_no_more_room_and_is_over_with_silence) {
    std::vector<Pulse> train;
    for (int i = 0; i < 10'000; ++i) train.push_back({Line::d1, start + i * base::Duration{300}});
    const auto card = pulses(*encode(*find_format("34-bit"), {7}), start + 10s);
    train.insert(train.end(), card.begin(), card.end());
    EXPECT_EQ(cards_in(train), (std::vector<base::CardNumber>{{7}}));
}

RC_GTEST_PROP(OrderedDecoder, pulses_in_any_order_never_do_harm, ()) {
    const auto steps = *rc::gen::container<std::vector<std::pair<bool, int>>>(
        rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange(-30'000, 70'000)));
    std::vector<Pulse> train;
    auto at = start;
    for (const auto& [one, step] : steps) {
        at = at + base::Duration{step};
        train.push_back({one ? Line::d1 : Line::d0, at});
    }
    RC_ASSERT(cards_in(train).size() <= train.size());
}

}  // namespace
}  // namespace sallyport::codec::wiegand
