// Frames: published examples byte for byte, any frame there and back in any pieces, and good frames behind
// noise.
#include "codec/osdp/frame.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/osdp/hex.hpp"

namespace sallyport::codec::osdp {
namespace {

std::vector<Received> all_of(ByteView bytes, std::size_t piece) {
    FrameDecoder decoder;
    std::vector<Received> found;
    while (!bytes.empty()) {
        const auto part = bytes.first(std::min(piece, bytes.size()));
        decoder.feed(part);
        bytes = bytes.subspan(part.size());
        while (auto next = decoder.next()) found.push_back(*std::move(next));
    }
    return found;
}

TEST(OsdpFrame, PublishedFramesAreReadAndWrittenByteForByte) {
    for (const auto* text : {
             "53 00 08 00 06 60 89 CC",                                      // POLL
             "53 00 07 00 02 60 44",                                         // POLL with a checksum
             "53 00 09 00 06 62 00 F3 5D",                                   // CAP
             "53 00 0D 00 06 6E 01 80 25 00 00 EC 7B",                       // COMSET
             "53 00 0D 00 06 6A 00 02 02 02 01 59 92",                       // BUZ
             "53 80 14 00 06 45 00 0E E3 10 10 00 00 74 97 23 06 06 1B 88",  // PDID
             "53 00 13 00 0D 03 11 00 76 CD CD 92 12 12 D3 EE 6A 8C 8B",     // CHLNG
             "53 80 0E 00 0F 02 16 40 B1 89 2D FE 52 95",                    // ACK with a MAC
         }) {
        const auto bytes = from_hex(text);
        const auto found = all_of(bytes, 1);
        ASSERT_EQ(found.size(), 1U) << text;
        const auto* frame = std::get_if<Frame>(&found[0]);
        ASSERT_NE(frame, nullptr) << text;
        EXPECT_EQ(encode(*frame), bytes) << text;
    }
}

TEST(OsdpFrame, FieldsAreWhereTheStandardPutsThem) {
    const auto found = all_of(from_hex("FF 53 80 0E 00 0F 02 16 40 B1 89 2D FE 52 95"), 4);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(std::get<Frame>(found[0]), (Frame{.direction = Direction::reply,
                                                .address = 0,
                                                .sequence = 3,
                                                .check = Check::crc16,
                                                .security = SecurityBlock{0x16, {}},
                                                .code = 0x40,
                                                .payload = {},
                                                .mac = {0xB1, 0x89, 0x2D, 0xFE}}));
}

TEST(OsdpFrame, RefusesWhatIsTooLong) {
    Frame frame{.code = 0x7C, .payload = Bytes(frame_limit - 8)};
    EXPECT_TRUE(encode(frame).has_value());
    frame.payload.push_back(0);
    ASSERT_FALSE(encode(frame).has_value());
    EXPECT_EQ(encode(frame).error().code, "frame_too_long");
}

TEST(OsdpFrame, AWrongLengthOrSecurityBlockIsABadFrame) {
    for (const auto* text : {
             "53 00 06 00 04 60 00",           // shorter than any frame
             "53 00 A1 05 04 60 00 00",        // longer than any frame
             "53 00 08 00 06 60 89 CD",        // wrong CRC
             "53 00 08 00 0A 01 15 86 00",     // a security block of one byte
             "53 00 0A 00 0A 02 15 60 22 00",  // a MAC that is not there
         }) {
        const auto found = all_of(from_hex(text), 100);
        ASSERT_FALSE(found.empty()) << text;
        EXPECT_TRUE(std::holds_alternative<BadFrame>(found[0])) << text;
    }
}

Frame any_frame() {
    Frame frame;
    frame.direction = *rc::gen::element(Direction::command, Direction::reply);
    frame.address = *rc::gen::inRange<std::uint8_t>(0, 0x80);
    frame.sequence = *rc::gen::inRange<std::uint8_t>(0, 4);
    frame.check = *rc::gen::element(Check::checksum, Check::crc16);
    frame.code = *rc::gen::arbitrary<std::uint8_t>();
    frame.payload = *rc::gen::arbitrary<Bytes>();
    if (*rc::gen::arbitrary<bool>()) {
        frame.security = SecurityBlock{*rc::gen::inRange<std::uint8_t>(0x11, 0x19), {}};
        if (frame.security->has_mac()) frame.mac = *rc::gen::arbitrary<Mac>();
        frame.security->content.resize(*rc::gen::inRange<std::size_t>(0, 3));
    }
    return frame;
}

RC_GTEST_PROP(OsdpFrame, ComesBackInAnyPiecesWithItsMark, ()) {
    const auto frame = any_frame();
    auto bytes = *encode(frame);
    bytes.insert(bytes.begin(), mark);
    const auto found = all_of(bytes, *rc::gen::inRange<std::size_t>(1, 20));
    RC_ASSERT(found.size() == 1U);
    RC_ASSERT(std::get<Frame>(found[0]) == frame);
}

RC_GTEST_PROP(OsdpFrame, IsFoundBehindAFrameWithOneByteWrong, ()) {
    auto broken = *encode(any_frame());
    // Not in the length: a longer one would wait for bytes that the time-out of the line ends.
    auto place = *rc::gen::inRange<std::size_t>(4, broken.size());
    broken[place] = static_cast<std::uint8_t>(broken[place] ^ *rc::gen::inRange(1, 256));
    const Frame good{.address = 5, .sequence = 1, .code = 0x60};
    const auto whole = *encode(good);
    broken.insert(broken.end(), whole.begin(), whole.end());
    broken.resize(broken.size() + frame_limit);  // a false start inside may ask for this much
    const auto found = all_of(broken, 64);
    // The checksum of a false start inside is right by chance once in 256 times: then that is a frame.
    RC_PRE(std::ranges::none_of(found, [&](const Received& one) {
        return std::holds_alternative<Frame>(one) && std::get<Frame>(one) != good;
    }));
    RC_ASSERT(std::ranges::find(found, Received{good}) != found.end());
}

}  // namespace
}  // namespace sallyport::codec::osdp
