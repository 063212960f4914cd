#include "codec/osdp/card.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "codec/osdp/pcap.hpp"

namespace sallyport::codec::osdp {
namespace {

TEST(OsdpCard, every_wiegand_format_gives_its_payload_and_a_wrong_parity_none) {
    for (const auto& format : wiegand::formats()) {
        if (format.name.view() == "H10304") continue;  // as long as H10302, which stands before it
        const auto frame = wiegand::encode(format, {0x1A2B3}).value();
        EXPECT_EQ(card_from(bits_of(frame)), (Card{{0x1A2B3}, format.facility_of(frame.bits)}))
            << format.name.view();
        auto wrong = frame;
        wrong.bits ^= 1;
        const auto fault = card_from(bits_of(wrong));
        ASSERT_FALSE(fault) << format.name.view();
        EXPECT_TRUE(fault.error().starts_with("frame_parity_wrong bits="));
    }
}

TEST(OsdpCard, a_serial_number_of_another_length_is_taken_as_it_came) {
    EXPECT_EQ(card_from(CardBits{0, 0, 32, {0x04, 0xA1, 0xB2, 0xC3}}), Card{{0x04A1B2C3}});
    EXPECT_EQ(card_from(CardBits{0, 0, 56, {1, 2, 3, 4, 5, 6, 7}}), Card{{0x01020304050607}});
    EXPECT_FALSE(card_from(CardBits{0, 1, 32, {0x04, 0xA1, 0xB2, 0xC3}}));
    EXPECT_FALSE(card_from(CardBits{0, 0, 72, {1, 2, 3, 4, 5, 6, 7, 8, 9}}));
    EXPECT_FALSE(card_from(CardBits{0, 0, 0, {}}));
}

TEST(OsdpCard, a_card_of_any_length_goes_up_as_it_is_read) {
    for (const std::uint64_t number : {0x04A1B2C3ULL, 0x1ULL, 0x04A1B2C3D4ULL, 0xFEDCBA9876543210ULL})
        EXPECT_EQ(card_from(card_bits({number})).value().number, base::CardNumber{number});
}

TEST(OsdpCard, formatted_text_is_hexadecimal_and_may_come_backwards) {
    EXPECT_EQ(card_from(CardText{0, 0, {'0', '4', 'a', '1'}}), Card{{0x04A1}});
    EXPECT_EQ(card_from(CardText{0, 1, {'1', 'a', '4', '0'}}), Card{{0x04A1}});
    EXPECT_FALSE(card_from(CardText{0, 0, {'x'}}));
    EXPECT_FALSE(card_from(CardText{0, 0, {}}));
}

TEST(OsdpCard, R4_only_the_formats_that_are_accepted_are_cards) {
    const auto usual = card_bits({7});
    const std::vector accepted{*wiegand::find_format("H10301")};
    EXPECT_EQ(card_from(usual), CardOrFault(Card{{7}, 0}));
    EXPECT_FALSE(card_from(usual, accepted));
    EXPECT_EQ(card_from(CardBits{0, 0, 32, {0, 0, 0, 9}}, accepted), CardOrFault(Card{{9}}));
}

TEST(OsdpPcap, joins_the_pieces_of_a_reply_and_keeps_to_its_bound) {
    Pcap capture(24 + 16 + 4 + 16 + 3);
    const Bytes command{0xFF, 0x53, 0x01, 0x02};
    capture.add(Direction::command, command, {1'700'000'000'000'007});
    capture.add(Direction::reply, Bytes{0x53, 0x81}, {1'700'000'000'000'100});
    capture.add(Direction::reply, Bytes{0x09}, {1'700'000'000'000'200});
    capture.add(Direction::command, command, {1'700'000'000'000'300});
    EXPECT_FALSE(capture.full());
    capture.add(Direction::command, command, {1'700'000'000'000'400});
    EXPECT_TRUE(capture.full());
    const auto file = capture.take();
    ASSERT_EQ(file.size(), 24U + 16 + 4 + 16 + 3);
    EXPECT_EQ(file.substr(0, 4), "\xD4\xC3\xB2\xA1");
    EXPECT_EQ(static_cast<unsigned char>(file[20]), Pcap::link_type);
    EXPECT_EQ(static_cast<unsigned char>(file[24 + 4]), 7);
    EXPECT_EQ(static_cast<unsigned char>(file[44 + 4]), 100);
    EXPECT_EQ(file.substr(60), std::string("\x53\x81\x09"));
}

}  // namespace
}  // namespace sallyport::codec::osdp
