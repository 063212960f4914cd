#include "codec/wiegand/format_text.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::wiegand {
namespace {

using Parities = std::vector<std::string>;

std::string refusal(std::string_view bits, const Parities& parities) {
    const auto format = format_from("Site", bits, parities);
    return format ? "taken" : format.error().message;
}

TEST(FormatText, R1_known_formats_are_written_the_same_way) {
    EXPECT_EQ(format_from("H10301", "P FFFFFFFF NNNNNNNNNNNNNNNN P",
                          Parities{"E XXXXXXXX XXXX............ .", ". ........ ....XXXXXXXXXXXX O"}),
              *find_format("H10301"));
    EXPECT_EQ(format_from(
                  "H10302", "PNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNP",
                  Parities{"EXXXXXXXXXXXXXXXXXX..................", "..................XXXXXXXXXXXXXXXXXXO"}),
              *find_format("H10302"));
    EXPECT_EQ(format_from(
                  "Corporate 1000", "PP FFFFFFFFFFFF NNNNNNNNNNNNNNNNNNNN P",
                  Parities{".E XX.XX.XX.XX. XX.XX.XX.XX.XX.XX.XX .", ".X X.XX.XX.XX.X X.XX.XX.XX.XX.XX.XX. O",
                           "OX XXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXX X"}),
              *find_format("Corporate 1000"));
}

TEST(FormatText, a_format_without_parity_or_facility_is_one_as_well) {
    const auto format = format_from("plain", std::string(32, 'C'), Parities{});
    ASSERT_TRUE(format);
    EXPECT_EQ(format->payload, (Field{0, 32}));
    EXPECT_EQ(format->facility, Field{});
    const Frame frame = *encode(*format, {0x04A1'B2C3});
    EXPECT_EQ(frame, (Frame{0x04A1'B2C3, 32}));
}

TEST(FormatText, says_what_is_wrong) {
    EXPECT_EQ(format_from("", std::string(32, 'C'), Parities{}).error().message,
              "needs a name of 1 to 31 letters");
    EXPECT_EQ(refusal("CCCC", {}), "has 4 bits; a card has from 10 to 64");
    EXPECT_EQ(refusal("CCCCCCCCCX", {}), "has other letters for its bits than P, F, N and C");
    EXPECT_EQ(refusal("FFFFPNNNNN", {}),
              "has a P between the bits of the card, or F or N that do not stand together");
    EXPECT_EQ(refusal("PPPPPPPPPP", {}),
              "has a P between the bits of the card, or F or N that do not stand together");
    EXPECT_EQ(refusal("PNNNNNNNNN", {}), "has a P that no parity makes");
    EXPECT_EQ(refusal("PNNNNNNNNN", {"EXX"}),
              "has a parity that is not one letter of E, O, X and . for each of its 10 bits");
    EXPECT_EQ(refusal("PNNNNNNNNN", {"XXXXXXXXXX"}),
              "has a parity without exactly one E (even) or O (odd), the bit that it makes");
    EXPECT_EQ(refusal("PNNNNNNNNN", {"E........."}),
              "has a parity over no bit: mark those that it covers with X");
    EXPECT_EQ(refusal("PNNNNNNNNN", {"XEXXXXXXXX"}),
              "has a parity whose E or O is not at a P, or at one that another makes already");
    EXPECT_EQ(refusal("PPNNNNNNNN", {"EXX.......", ".O.XXXXXXX"}),
              "has a parity over one that is made after it: write that one first");
    EXPECT_EQ(refusal("PNNNNNNNNN", {"EX........", "EX........", "EX........", "EX........"}),
              "has 4 parities; 3 at most");
}

TEST(FormatText, R4_a_list_is_taken_as_a_whole_or_refused_with_a_sentence) {
    const core::CardFormat known{.name = "H10301"};
    const core::CardFormat own{.name = "Site", .bits = "P NNNNNNNNN", .parities = {"E XXXXXXXXX"}};
    const std::vector both{known, own};
    const auto taken = formats_from(both);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->at(0), *find_format("H10301"));
    EXPECT_EQ(taken->at(1).length, 10);
    EXPECT_TRUE(formats_from({})->empty());
    const auto fault = [](std::vector<core::CardFormat> wanted) {
        const auto format = formats_from(wanted);
        return format ? "taken" : format.error().message;
    };
    EXPECT_EQ(
        fault({known, {.name = "Site"}}),
        "The format 'Site' needs bits, unless it is one of H10301, 34-bit, Corporate 1000, H10302, H10304.");
    EXPECT_EQ(fault({own, own}), "The format 'Site' stands twice in the list.");
    EXPECT_EQ(fault({{.name = "H10302"}, {.name = "H10304"}}),
              "The format 'H10304' has 37 bits as 'H10302' has: readers can tell one of them only.");
    EXPECT_EQ(
        fault({{.name = "H10301", .bits = "CCCCCCCCCC"}}),
        "The format 'H10301' is one that is known: give it by its name alone, or another name to yours.");
    EXPECT_EQ(fault({known, {.name = "Site", .bits = "PNNNNNNNNN"}}),
              "The format 'Site' has a P that no parity makes.");
    EXPECT_EQ(fault(std::vector(17, own)), "There may be 16 formats at most, not 17.");
}

RC_GTEST_PROP(FormatText, no_text_does_harm_and_what_is_taken_can_be_sent, ()) {
    const auto letter = rc::gen::element('P', 'F', 'N', 'C', 'E', 'O', 'X', '.');
    const auto text = rc::gen::container<std::string>(letter);
    const auto format = format_from("any", *text, *rc::gen::container<Parities>(text));
    if (!format) RC_ASSERT(!format.error().message.empty());
    if (format) RC_ASSERT(encode(*format, {0}).has_value());
}

}  // namespace
}  // namespace sallyport::codec::wiegand
