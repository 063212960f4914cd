#include "base/ids.hpp"

#include <gtest/gtest.h>

namespace sallyport::base {

TEST(CardNumber, is_written_with_8_digits_and_with_16_above_32_bits) {
    EXPECT_EQ(CardNumber{0x4A1B2C3}.text(), "04A1B2C3");
    EXPECT_EQ(CardNumber{0xFFFF'FFFF}.text(), "FFFFFFFF");
    EXPECT_EQ(CardNumber{0x1'0000'0000}.text(), "0000000100000000");
    EXPECT_EQ(CardNumber::from("04a1b2c3"), CardNumber{0x4A1B2C3});
}

TEST(CardNumber, refuses_what_is_no_number) {
    for (auto text : {"", "0x12", "12345678901234567", "12 4", "G1"})
        EXPECT_FALSE(CardNumber::from(text)) << text;
}

TEST(UserId, takes_up_to_31_plain_characters) {
    EXPECT_TRUE(UserId::from("1001"));
    EXPECT_TRUE(UserId::from(std::string(31, '9')));
    EXPECT_FALSE(UserId::from(std::string(32, '9')));
    EXPECT_FALSE(UserId::from(""));
    EXPECT_FALSE(UserId::from("a b"));
    EXPECT_FALSE(UserId::from("a'b"));
}

TEST(Hex, round_trip_and_refusal) {
    EXPECT_EQ(from_hex(to_hex(std::string("\x00\xff\x10", 3))), std::string("\x00\xff\x10", 3));
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_hex("zz"));
}

}  // namespace sallyport::base
