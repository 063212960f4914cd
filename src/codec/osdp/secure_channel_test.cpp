// The secure channel against a conversation that a conformance tool recorded with the default key (published
// with libosdp-conformance's traces), against published frames with zero keys, and against every change of a
// bit.
#include "codec/osdp/secure_channel.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/osdp/hex.hpp"

namespace sallyport::codec::osdp {
namespace {

Frame frame_of(std::string_view text) {
    FrameDecoder decoder;
    decoder.feed(from_hex(text));
    const auto received = decoder.next();
    return received && std::holds_alternative<Frame>(*received) ? std::get<Frame>(*received) : Frame{};
}

template <class T>
T command_of(const Frame& frame) {
    return std::get<T>(decode_command(frame.code, frame.payload).value());
}
template <class T>
T reply_of(const Frame& frame) {
    return std::get<T>(decode_reply(frame.code, frame.payload).value());
}

/// Both ends of a recorded session: each frame is opened by the one and made again by the other.
struct Ends {
    Session panel;
    Session reader;

    static Ends of(const Key& key, const Frame& challenge, const Frame& answer, const Frame& proof,
                   const Frame& mac) {
        const auto a = command_of<Challenge>(challenge).panel;
        const auto client = reply_of<ClientCryptogram>(answer);
        const auto keys = session_keys(key, a);
        EXPECT_EQ(client_cryptogram(keys, a, client.reader), client.cryptogram);
        const auto server = server_cryptogram(keys, a, client.reader);
        EXPECT_EQ(server, command_of<ServerCryptogram>(proof).cryptogram);
        const auto first = initial_mac(keys, server);
        EXPECT_EQ(first, reply_of<InitialMac>(mac).mac);
        return {Session(keys, first), Session(keys, first)};
    }
    Frame passes(std::string_view text) {
        const auto wire = frame_of(text);
        const bool command = wire.direction == Direction::command;
        auto opened = wire;
        EXPECT_TRUE((command ? reader : panel).open(opened).has_value()) << text;
        auto sealed = opened;
        (command ? panel : reader).seal(sealed);
        EXPECT_EQ(sealed, wire) << text;
        return opened;
    }
};

TEST(OsdpSecureChannel, ARecordedConversationIsReproducedByteForByte) {
    auto ends = Ends::of(
        Key::well_known(), frame_of("53 00 13 00 0d 03 11 00 76 cd cd 92 12 12 d3 ee 6a 8c 8b"),
        frame_of("53 80 2b 00 0d 03 12 00 76 0a 00 17 03 00 ca fe de 61 62 63 64 65 66 67 68 4b 7e 2f 98 ad "
                 "79 bd 96 "
                 "81 19 a8 d1 d3 db da ee 8e fd"),
        frame_of("53 00 1b 00 0e 03 13 00 77 a2 30 f5 d3 3b 25 f4 34 34 92 9a b2 08 de 90 a7 41 03"),
        frame_of("53 80 1b 00 0e 03 14 01 78 d8 f5 43 e2 07 ac 5d 2e 30 be 9f ac 3a a0 4b ea 95 85"));
    const auto key = command_of<SetKey>(ends.passes(
        "53 00 2e 00 0f 02 17 75 ea 64 e3 51 74 e3 09 d6 6a d2 80 73 54 cd de 65 9e b5 22 6f 32 56 63 90 "
        "91 5e d7 79 87 bf 51 7c 41 25 ec 77 64 96"));
    ends.passes("53 80 0e 00 0f 02 16 40 b1 89 2d fe 52 95");

    // The same reader again with the key that it was given a moment before.
    auto own = Ends::of(
        key.key, frame_of("53 00 13 00 0d 03 11 01 76 63 6e 34 78 f7 08 5c 57 5c e0"),
        frame_of("53 80 2b 00 0d 03 12 01 76 0a 00 17 03 00 ca fe de 61 62 63 64 65 66 67 68 59 7b 84 67 ad "
                 "2b 55 72 "
                 "96 e1 23 4e 37 9d c3 11 2f 55"),
        frame_of("53 00 1b 00 0e 03 13 01 77 db d8 cb 35 c8 11 88 cb dc f5 60 52 1e c8 44 69 35 64"),
        frame_of("53 80 1b 00 0e 03 14 01 78 b1 e1 99 8a 99 22 92 28 c5 b1 1a 3d 39 22 cc 8d 65 f1"));
    own.passes("53 00 1e 00 0f 02 17 62 4c bd ac e6 60 da 28 f9 08 0d 31 67 04 be 7a e0 3a e5 5c 71 97 fc");
    const auto capabilities = reply_of<Capabilities>(own.passes(
        "53 80 3e 00 0f 02 18 46 d9 8f 68 df 2d 3b 69 a8 d0 e0 d7 ec 43 d9 b3 2e 2a be d1 f5 77 34 c4 ba a3 "
        "17 0b 80 63 90 35 88 c4 b2 bf 14 a7 20 36 1c 56 a2 ff 97 a6 f6 c7 a4 38 56 37 7d aa 32"));
    EXPECT_GT(capabilities.functions.size(), 5U);
}

TEST(OsdpSecureChannel, PublishedFramesWithZeroKeys) {
    const struct {
        Command command;
        const char* wire;
    } examples[] = {
        {Poll{}, "53 00 0E 00 0E 02 15 60 4B 32 76 77 73 B6"},
        {AskInputs{}, "53 00 0E 00 0E 02 15 65 46 0E 3D 4E 2A 6A"},
        {Identify{},
         "53 00 1E 00 0E 02 17 61 D1 4E B7 AD 98 2C C5 F9 AA 25 31 8A 7E AE D6 26 9A E9 95 73 19 83"},
        {SetLine{1, 9'600},
         "53 00 1E 00 0E 02 17 6E AC A3 C2 FF E4 D9 E5 99 CD 77 1B 8E F3 D1 3F 23 FA AB 63 4E 08 95"},
        {SetKey{Key({0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7})},
         "53 00 2E 00 0E 02 17 75 F0 DD EC 9A 0E D8 CE 4C 80 BA F5 D5 5C 18 43 6F 91 89 FD 66 C9 F2 23 DC 04 "
         "14 86 D8 "
         "33 57 DF 98 6C 1D 4B C2 B2 F2"},
    };
    for (const auto& example : examples) {
        const auto message = encode(example.command);
        Frame frame{.sequence = 2, .code = message.code, .payload = message.payload};
        Session({}, {}).seal(frame);
        EXPECT_EQ(encode(frame), from_hex(example.wire));
    }
}

RC_GTEST_PROP(OsdpSecureChannel, CarriesAnyMessagesBothWays,
              (const std::vector<Bytes>& payloads, const Nonce& a)) {
    const auto keys = session_keys(Key({7, 7, 1}), a);
    Session panel(keys, {});
    Session reader(keys, {});
    bool command = true;
    for (const auto& payload : payloads) {
        const Frame plain{
            .direction = command ? Direction::command : Direction::reply, .code = 1, .payload = payload};
        auto frame = plain;
        (command ? panel : reader).seal(frame);
        RC_ASSERT(payload.empty() || frame.payload != payload);
        RC_ASSERT((command ? reader : panel).open(frame).has_value());
        RC_ASSERT(frame.payload == payload);
        command = !command;
    }
}

RC_GTEST_PROP(OsdpSecureChannel, NoticesEveryChange, (Bytes payload)) {
    payload.push_back(1);
    const auto keys = session_keys(Key({7, 7, 1}), {});
    Session panel(keys, {});
    Frame frame{.code = 0x69, .payload = payload};
    panel.seal(frame);
    auto changed = frame;
    switch (*rc::gen::inRange(0, 4)) {
        case 0: changed.payload[*rc::gen::inRange<std::size_t>(0, frame.payload.size())] ^= 1; break;
        case 1: changed.mac[*rc::gen::inRange<std::size_t>(0, 4)] ^= 0x80; break;
        case 2: changed.code ^= 1; break;
        default: changed.sequence ^= 1; break;
    }
    RC_ASSERT(!Session(keys, {}).open(changed).has_value());
    Session reader(keys, {});
    auto first = frame;
    RC_ASSERT(reader.open(first).has_value());
    Frame answer{.direction = Direction::reply, .code = 0x40};
    reader.seal(answer);
    RC_ASSERT(!reader.open(frame).has_value());  // the same again
}

TEST(OsdpSecureChannel, AClearMessageIsNoMessageOfASession) {
    Session session({}, {});
    Frame clear{.direction = Direction::reply, .code = 0x40};
    EXPECT_EQ(session.open(clear).error().code, "no_mac");
    Frame other_way{.direction = Direction::reply, .security = SecurityBlock{0x15, {}}, .code = 0x40};
    EXPECT_EQ(session.open(other_way).error().code, "no_mac");
}

}  // namespace
}  // namespace sallyport::codec::osdp
