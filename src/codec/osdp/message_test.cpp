// Messages: published examples, and every message there and back.
#include "codec/osdp/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/osdp/hex.hpp"

namespace sallyport::codec::osdp {
namespace {

std::vector<Command> every_command() {
    return {Poll{},
            Identify{},
            AskCapabilities{},
            AskLocalStatus{},
            AskInputs{},
            AskOutputs{},
            AskReaders{},
            SetOutputs{{{0, 3, 100}, {1, 6, 120}}},
            SetLeds{{{.reader = 0, .temporary = 2, .temporary_on_colour = Colour::green, .timer = 300}}},
            SetBuzzer{0, 2, 2, 2, 1},
            ShowText{.text = {'H', 'i'}},
            SetLine{1, 115'200},
            SetKey{Key({1, 2, 3})},
            Challenge{{1, 2, 3, 4, 5, 6, 7, 8}},
            ServerCryptogram{{9, 8, 7}},
            AnnounceReceiveSize{1'440},
            TransferFile{3, 1'000, 10, {1, 2, 3, 4, 5}},
            Manufacturer{{1, 2, 3}, {10, 11, 12}},
            Abort{},
            KeepActive{7'000}};
}

std::vector<Reply> every_reply() {
    return {Ack{},
            Nak{NakReason::unknown_command, {}},
            Identity{{0x00, 0x0E, 0xE3}, 0x10, 0x10, 0x97740000, {0x23, 6, 6}},
            Capabilities{{{1, 2, 3}, {9, 1, 1}}},
            LocalStatus{1, 0},
            InputStates{{0, 1}},
            OutputStates{{1}},
            ReaderStates{{0}},
            CardBits{0, 1, 26, {0x12, 0x34, 0x56, 0xC0}},
            CardText{0, 0, {'1', '2'}},
            Keys{0, {'1', '2', 0x0D}},
            LineSettings{1, 9'600},
            ClientCryptogram{{1}, {2}, {3}},
            InitialMac{{4}},
            Busy{},
            TransferStatus{1, 20, 0xFFFD, 128},
            ManufacturerReply{{1, 2, 3}, {}}};
}

TEST(OsdpMessage, EveryCommandComesBackAndNoOtherLengthIsTaken) {
    const auto commands = every_command();
    ASSERT_EQ(commands.size(), std::variant_size_v<Command>);
    for (const auto& command : commands) {
        const auto bytes = encode(command);
        const auto again = decode_command(bytes.code, bytes.payload);
        ASSERT_TRUE(again.has_value()) << command.index();
        EXPECT_EQ(*again, command) << command.index();
        if (bytes.payload.empty() || std::holds_alternative<Manufacturer>(command)) continue;
        const auto shorter =
            decode_command(bytes.code, ByteView(bytes.payload).first(bytes.payload.size() - 1));
        ASSERT_FALSE(shorter.has_value()) << command.index();
        EXPECT_EQ(shorter.error().code, "wrong_length");
    }
}

TEST(OsdpMessage, EveryReplyComesBack) {
    const auto replies = every_reply();
    ASSERT_EQ(replies.size(), std::variant_size_v<Reply>);
    for (const auto& reply : replies) {
        const auto bytes = encode(reply);
        const auto again = decode_reply(bytes.code, bytes.payload);
        ASSERT_TRUE(again.has_value()) << reply.index();
        EXPECT_EQ(*again, reply) << reply.index();
    }
}

TEST(OsdpMessage, PublishedExamples) {
    EXPECT_EQ(encode(Command{SetOutputs{{{0, 3, 100}, {1, 6, 120}}}}),
              (Encoded{0x68, from_hex("00 03 64 00 01 06 78 00")}));
    EXPECT_EQ(encode(Command{TransferFile{3, 1'000, 10, {1, 2, 3, 4, 5}}}),
              (Encoded{0x7C, from_hex("03 E8 03 00 00 0A 00 00 00 05 00 01 02 03 04 05")}));
    EXPECT_EQ(encode(Command{SetKey{Key({0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7})}}),
              (Encoded{0x75, from_hex("01 10 00 01 02 03 04 05 06 07 00 01 02 03 04 05 06 07")}));
    const auto identity = decode_reply(0x45, from_hex("00 0E E3 10 10 00 00 74 97 23 06 06"));
    ASSERT_TRUE(identity.has_value());
    EXPECT_EQ(std::get<Identity>(*identity).serial, 0x97740000U);
}

TEST(OsdpMessage, RefusesUnknownCodesAndKeysOfOtherKinds) {
    EXPECT_EQ(decode_command(0x63, {}).error().code, "unknown_code");
    EXPECT_EQ(decode_reply(0x42, {}).error().code, "unknown_code");
    auto key = encode(Command{SetKey{}}).payload;
    key[0] = 2;
    EXPECT_EQ(decode_command(0x75, key).error().code, "wrong_length");
}

RC_GTEST_PROP(OsdpMessage, WhatIsTakenIsWrittenTheSame, (std::uint8_t code, const Bytes& payload)) {
    if (const auto command = decode_command(code, payload))
        RC_ASSERT(encode(*command) == (Encoded{code, payload}));
    if (const auto reply = decode_reply(code, payload)) RC_ASSERT(encode(*reply) == (Encoded{code, payload}));
}

}  // namespace
}  // namespace sallyport::codec::osdp
