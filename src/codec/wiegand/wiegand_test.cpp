#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/wiegand/decoder.hpp"

namespace sallyport::codec::wiegand {
namespace {

using namespace std::chrono_literals;

const base::Instant start{5s};

/// Everything that a decoder sees in these pulses, and in the silence after them.
std::vector<Seen> seen_in(const std::vector<Pulse>& train) {
    Decoder decoder;
    std::vector<Seen> result;
    const auto note = [&result](std::optional<Seen> seen) {
        if (seen) result.push_back(*seen);
    };
    for (const auto& pulse : train) note(decoder.handle(pulse));
    if (const auto deadline = decoder.next_deadline()) note(decoder.handle_timeout(*deadline));
    RC_ASSERT(!decoder.next_deadline());
    return result;
}

std::vector<Seen> seen_in(const Frame& frame, base::Duration bit_time = 1ms) {
    return seen_in(pulses(frame, start, bit_time));
}

std::string words_of(const std::vector<Seen>& seen) {
    if (seen.size() != 1 || !std::holds_alternative<BadFrameSeen>(seen[0])) return "not one bad frame";
    return std::get<BadFrameSeen>(seen[0]).detail;
}

rc::Gen<const Format*> any_format() {
    return rc::gen::map(rc::gen::inRange<std::size_t>(0, formats().size()),
                        [](std::size_t i) { return &formats()[i]; });
}

base::CardNumber any_card(const Format& format) {
    return {format.payload.of(*rc::gen::arbitrary<std::uint64_t>())};
}

RC_GTEST_PROP(Wiegand, what_is_sent_is_read, ()) {
    const auto* format = *any_format();
    const auto card = any_card(*format);
    const auto bit_time = base::Duration{*rc::gen::inRange(200, 20'001)};
    const auto seen = seen_in(*encode(*format, card), bit_time);
    RC_ASSERT(seen.size() == 1U);
    RC_ASSERT(std::get<CardSeen>(seen[0]).card == card);
    RC_ASSERT(std::get<CardSeen>(seen[0]).format->length == format->length);
}

RC_GTEST_PROP(Wiegand, any_flipped_bit_of_a_card_is_caught, ()) {
    const auto* format = *any_format();
    auto frame = *encode(*format, any_card(*format));
    frame.bits ^= std::uint64_t{1} << *rc::gen::inRange<int>(0, format->length);
    RC_ASSERT(words_of(seen_in(frame)).starts_with("frame_parity_wrong "));
}

RC_GTEST_PROP(Wiegand, a_lost_pulse_is_caught_by_its_length, ()) {
    const auto* format = *any_format();
    auto train = pulses(*encode(*format, any_card(*format)), start);
    train.erase(train.begin() + *rc::gen::inRange<int>(0, format->length));
    const auto seen = seen_in(train);
    RC_ASSERT(seen.size() == 1U);
    // 34 bits left of 35 may pass by chance where both formats are accepted, as on any reader.
    if (format->length != 35) RC_ASSERT(std::holds_alternative<BadFrameSeen>(seen[0]));
}

RC_GTEST_PROP(Wiegand, random_pulses_never_do_harm, ()) {
    const auto steps = *rc::gen::container<std::vector<std::pair<bool, int>>>(
        rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange(-100, 70'000)));
    std::vector<Pulse> train;
    auto at = start;
    for (const auto& [one, step] : steps) {
        at = at + base::Duration{step};
        train.push_back({one ? Line::d1 : Line::d0, at});
    }
    RC_ASSERT(seen_in(train).size() <= train.size());
}

RC_GTEST_PROP(Wiegand, jitter_of_half_a_bit_changes_nothing, ()) {
    const auto* format = *any_format();
    const auto card = any_card(*format);
    auto train = pulses(*encode(*format, card), start, 2ms);
    for (auto& pulse : train) pulse.at = pulse.at + base::Duration{*rc::gen::inRange(-500, 501)};
    const auto seen = seen_in(train);
    RC_ASSERT(seen.size() == 1U);
    RC_ASSERT(std::get<CardSeen>(seen[0]).card == card);
}

// Worked by hand from the published layouts.
TEST(Wiegand, frames_are_those_of_the_published_formats) {
    EXPECT_EQ(encode(*find_format("H10301"), {0}), (Frame{0x000'0001, 26}));
    EXPECT_EQ(encode(*find_format("H10301"), {0x7B'BABE}), (Frame{0x2F7'757D, 26}));
    EXPECT_EQ(encode(*find_format("34-bit"), {0x04A1'B2C3}), (Frame{0x0'0943'6587, 34}));
    EXPECT_EQ(encode(*find_format("H10302"), {0}), (Frame{1, 37}));
    EXPECT_EQ(encode(*find_format("Corporate 1000"), {0}), (Frame{1, 35}));
}

TEST(Wiegand, a_number_too_wide_for_a_format_is_not_sent) {
    EXPECT_FALSE(encode(*find_format("H10301"), {0x100'0000}));
    EXPECT_FALSE(encode(*find_format("34-bit"), {0x1'0000'0000}));
    EXPECT_TRUE(encode(*find_format("H10302"), {0x7'FFFF'FFFF}));
    EXPECT_EQ(find_format("H10303"), nullptr);
}

TEST(Wiegand, fields_are_where_the_format_says) {
    const auto* format = find_format("H10304");
    const auto frame = *encode(*format, {(0x1234ULL << 19) | 0x5'6789});
    EXPECT_EQ(format->facility.of(frame.bits), 0x1234U);
    EXPECT_EQ(format->number.of(frame.bits), 0x5'6789U);
    EXPECT_EQ(find_format("H10302")->facility.of(frame.bits), 0U);
}

TEST(Wiegand, keys_are_read_in_both_bursts) {
    for (const char key : std::string("0123456789*#")) {
        for (const auto burst : {KeyBurst::four_bits, KeyBurst::eight_bits}) {
            const auto seen = seen_in(*encode_key(key, burst));
            ASSERT_EQ(seen.size(), 1U);
            EXPECT_EQ(std::get<KeySeen>(seen[0]).key, key);
        }
    }
    EXPECT_FALSE(encode_key('A', KeyBurst::four_bits));
    EXPECT_EQ(words_of(seen_in(Frame{0xC, 4})), "frame_no_key bits=4");
    EXPECT_EQ(words_of(seen_in(Frame{0x11, 8})), "frame_no_key bits=8");
}

TEST(Wiegand, a_bad_frame_says_what_is_wrong) {
    EXPECT_EQ(words_of(seen_in(Frame{0, 26})), "frame_parity_wrong bits=26 parity=odd");
    EXPECT_EQ(words_of(seen_in(Frame{0x200'0001, 26})), "frame_parity_wrong bits=26 parity=even");
    EXPECT_EQ(words_of(seen_in(Frame{0, 1})), "frame_length_unknown bits=1");
    EXPECT_EQ(words_of(seen_in(Frame{0, 64})), "frame_length_unknown bits=64");
}

TEST(Wiegand, a_frame_ends_after_three_of_its_own_bit_times) {
    Decoder decoder;
    for (const auto& pulse : pulses(*encode(*find_format("H10301"), {1}), start)) {
        EXPECT_FALSE(decoder.handle(pulse));
    }
    EXPECT_EQ(decoder.next_deadline(), start + 25ms + 3ms);
    EXPECT_FALSE(decoder.handle_timeout(start + 27ms));
    EXPECT_TRUE(decoder.handle_timeout(start + 28ms));
    EXPECT_FALSE(decoder.handle_timeout(start + 60s));
}

TEST(Wiegand, a_card_tells_its_facility_where_the_format_has_one) {
    const auto facility = [](std::string_view format, std::uint64_t card) {
        const auto seen = seen_in(pulses(*encode(*find_format(format), {card}), start));
        return std::get<CardSeen>(seen.at(0)).facility;
    };
    EXPECT_EQ(facility("H10301", 0x11'0001), 0x11U);
    EXPECT_EQ(facility("34-bit", 0x0011'0001), 0x11U);
    EXPECT_EQ(facility("H10302", 0x0011'0001), std::nullopt);
}

TEST(Wiegand, the_next_frame_ends_one_whose_timeout_came_late) {
    auto train = pulses(*encode(*find_format("H10301"), {1}), start);
    const auto second = pulses(*encode(*find_format("34-bit"), {2}), start + 500ms);
    train.insert(train.end(), second.begin(), second.end());
    const auto seen = seen_in(train);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(std::get<CardSeen>(seen[0]).card.value, 1U);
    EXPECT_EQ(std::get<CardSeen>(seen[1]).card.value, 2U);
}

TEST(Wiegand, a_chattering_line_is_reported_once_and_recovers_with_silence) {
    std::vector<Pulse> train;
    for (int i = 0; i < 1'000; ++i) train.push_back({Line::d1, start + i * base::Duration{300}});
    const auto card = pulses(*encode(*find_format("34-bit"), {7}), start + 1s);
    train.insert(train.end(), card.begin(), card.end());
    const auto seen = seen_in(train);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(std::get<BadFrameSeen>(seen[0]).detail, "frame_too_long bits=128");
    EXPECT_EQ(std::get<CardSeen>(seen[1]).card.value, 7U);
}

}  // namespace
}  // namespace sallyport::codec::wiegand
