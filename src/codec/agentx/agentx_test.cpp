#include "codec/agentx/agentx.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/ids.hpp"

namespace sallyport::codec::agentx {
namespace {

std::string bytes(std::string_view spaced) {
    std::string digits;
    for (const char c : spaced)
        if (c != ' ') digits += c;
    return base::from_hex(digits).value();
}

base::Result<Packet> parsed(const std::string& packet) {
    return parse(std::string_view(packet).substr(0, header_bytes),
                 std::string_view(packet).substr(header_bytes));
}

const Tree tree{{{1, 3, 1, 0}, std::int32_t{7}},
                {{1, 3, 2, 0}, std::string("abcde")},
                {{1, 3, 9, 1}, Gauge{1}},
                {{1, 3, 9, 2}, Counter{1ULL << 40U}}};

std::string values_of(const Packet& asked) {
    return answer(asked, tree).substr(header_bytes + 8);
}

TEST(AgentX, reads_both_byte_orders_and_the_short_form_of_names) {
    const auto network =
        parsed(bytes("01 05 10 00 00000001 00000002 00000003 00000014"
                     "02 04 01 00 00000001 0000000A 01 00 00 00 00000002"));
    ASSERT_TRUE(network);
    EXPECT_EQ(network->session, 1U);
    EXPECT_EQ(network->transaction, 2U);
    EXPECT_EQ(network->number, 3U);
    ASSERT_EQ(network->ranges.size(), 1U);
    EXPECT_EQ(network->ranges[0].start, (Oid{1, 3, 6, 1, 4, 1, 10}));
    EXPECT_EQ(network->ranges[0].from, Range::Start::included);
    EXPECT_EQ(network->ranges[0].end, Oid{2});
    const auto little =
        parsed(bytes("01 07 00 00 01000000 02000000 03000000 10000000"
                     "0100 0500 01 00 00 00 03000000 00 00 00 00"));
    ASSERT_TRUE(little);
    EXPECT_EQ(little->non_repeaters, 1U);
    EXPECT_EQ(little->repetitions, 5U);
    EXPECT_EQ(little->ranges[0].start, Oid{3});
    const auto in_context =
        parsed(bytes("01 06 18 00 00000001 00000002 00000003 00000010"
                     "00000002 61620000 00 00 00 00 00 00 00 00"));
    ASSERT_TRUE(in_context);
    EXPECT_EQ(in_context->ranges.size(), 1U);
}

TEST(AgentX, tells_one_value_or_that_there_is_none) {
    EXPECT_EQ(values_of({.type = Type::get, .ranges = {{{1, 3, 2, 0}, {}, {}}}}),
              bytes("0004 0000 04 00 00 00 00000001 00000003 00000002 00000000 00000005 6162636465 000000"));
    EXPECT_EQ(values_of({.type = Type::get, .ranges = {{{1, 3, 9, 7}, {}, {}}}}),
              bytes("0081 0000 04 00 00 00 00000001 00000003 00000009 00000007"));
    EXPECT_EQ(values_of({.type = Type::get, .ranges = {{{1, 3, 5, 0}, {}, {}}}}),
              bytes("0080 0000 04 00 00 00 00000001 00000003 00000005 00000000"));
}

TEST(AgentX, goes_on_to_the_next_and_ends_where_it_was_told) {
    const auto last = bytes("0046 0000 04 00 00 00 00000001 00000003 00000009 00000002 00000100 00000000");
    const auto before = bytes("0042 0000 04 00 00 00 00000001 00000003 00000009 00000001 00000001");
    EXPECT_EQ(values_of({.type = Type::get_next, .ranges = {{{1, 3, 9, 1}, {}, {}}}}), last);
    EXPECT_EQ(values_of({.type = Type::get_next, .ranges = {{{1, 3, 9, 1}, {}, Range::Start::included}}}),
              before);
    const auto end = bytes("0082 0000 04 00 00 00 00000001 00000003 00000009 00000001");
    EXPECT_EQ(values_of({.type = Type::get_next, .ranges = {{{1, 3, 9, 1}, {1, 3, 9, 2}, {}}}}), end);
    EXPECT_EQ(values_of({.type = Type::get_bulk, .repetitions = 3, .ranges = {{{1, 3, 3}, {}, {}}}}),
              before + last + bytes("0082 0000 04 00 00 00 00000001 00000003 00000009 00000002"));
}

TEST(AgentX, nothing_can_be_set) {
    const auto said = parsed(answer({.type = Type::test_set, .session = 4, .number = 9}, tree));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->error, 17U);
    EXPECT_EQ(said->session, 4U);
    EXPECT_EQ(said->number, 9U);
    EXPECT_EQ(answer({.type = Type::clean_up_set}, tree), "");
}

TEST(AgentX, what_breaks_off_or_is_too_much_is_refused) {
    const auto whole = bytes(
        "01 05 10 00 00000001 00000002 00000003 00000010"
        "01 00 00 00 00000001 00 00 00 00 00000000");
    EXPECT_FALSE(parsed(whole)) << "more than was asked for";
    EXPECT_FALSE(payload_size(whole.substr(0, 19)));
    EXPECT_FALSE(payload_size(bytes("02 05 10 00 00000001 00000002 00000003 00000010")));
    EXPECT_FALSE(payload_size(bytes("01 05 10 00 00000001 00000002 00000003 00010004")));
    EXPECT_FALSE(parsed(bytes("01 05 10 00 00000001 00000002 00000003 00000004 FF 00 00 00")));
    EXPECT_FALSE(parsed(bytes("01 05 18 00 00000001 00000002 00000003 00000004 FFFFFFFF")));
}

RC_GTEST_PROP(AgentX, any_bytes_are_read_or_refused_and_any_answer_is_bounded, ()) {
    const auto kind = *rc::gen::element<char>(5, 6, 7, 8, 18, 99);
    const auto words = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
    std::string payload(words.begin(), words.end());
    payload.resize(payload.size() / 4 * 4);
    std::string header = bytes("01 05 10 00 00000001 00000002 00000003 00000000");
    header[1] = kind;
    header[19] = static_cast<char>(payload.size());
    header[18] = static_cast<char>(payload.size() >> 8U);
    const auto packet = parse(header, payload);
    if (!packet) return;
    RC_ASSERT(answer(*packet, tree).size() <= header_bytes + 8 + values_limit * 530);
}

}  // namespace
}  // namespace sallyport::codec::agentx
