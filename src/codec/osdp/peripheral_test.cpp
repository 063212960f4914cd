// The reader's end by itself: what it answers to which frame (readers.md; IEC 60839-11-5, clause 5).
#include "codec/osdp/peripheral.hpp"

#include <gtest/gtest.h>

namespace sallyport::codec::osdp {
namespace {

constexpr base::Instant start{std::chrono::seconds{1}};
const Key own({1, 2, 3, 4});

/// A panel that says one frame at a time.
class Panel {
  public:
    explicit Panel(std::optional<Key> key)
        : reader_({.address = 3, .key = std::move(key), .capabilities = {{{9, 1, 1}}}}) {}

    /// The answer to these bytes; none where the reader is silent.
    std::optional<Frame> hears(const Bytes& bytes) {
        applied.clear();
        std::optional<Frame> answer;
        for (auto& effect : reader_.handle(bytes, start, {9, 9})) {
            if (auto* apply = std::get_if<Peripheral::Apply>(&effect)) applied.push_back(apply->command);
            const auto* sent = std::get_if<Peripheral::Transmit>(&effect);
            if (sent == nullptr) continue;
            said = sent->bytes;
            FrameDecoder decoder;
            decoder.feed(sent->bytes);
            answer = std::get<Frame>(decoder.next().value());
        }
        return answer;
    }
    Frame frame(const Command& command) {
        auto message = encode(command);
        return {.address = 3, .sequence = sequence_, .code = message.code, .payload = message.payload};
    }
    Reply clear(const Command& command) {
        const auto answer = hears(encode(frame(command)).value());
        return decode_reply(answer->code, answer->payload).value();
    }
    Reply secured(const Command& command) {
        sequence_ = static_cast<std::uint8_t>(sequence_ % 3 + 1);
        auto sealed = frame(command);
        session_->seal(sealed);
        last = encode(sealed).value();
        auto answer = hears(last).value();
        EXPECT_TRUE(session_->open(answer));
        return decode_reply(answer.code, answer.payload).value();
    }
    /// The four messages of the handshake.
    void pair(const Key& key, std::uint8_t which) {
        sequence_ = 0;
        auto challenge = frame(Challenge{{5, 5}});
        challenge.security = security_block(Security::challenge, which);
        const auto client = hears(encode(challenge).value()).value();
        EXPECT_TRUE(is(client, Security::client_cryptogram));
        const auto given = std::get<ClientCryptogram>(decode_reply(client.code, client.payload).value());
        const auto keys = session_keys(key, {5, 5});
        const auto proof = server_cryptogram(keys, {5, 5}, given.reader);
        sequence_ = 1;
        auto server = frame(ServerCryptogram{proof});
        server.security = security_block(Security::server_cryptogram, which);
        const auto mac = hears(encode(server).value()).value();
        EXPECT_TRUE(is(mac, Security::initial_mac));
        session_.emplace(keys, initial_mac(keys, proof));
    }
    Peripheral& reader() { return reader_; }
    void set_sequence(std::uint8_t number) { sequence_ = number; }

    std::vector<Command> applied;
    Bytes said;
    Bytes last;

  private:
    Peripheral reader_;
    std::uint8_t sequence_ = 0;
    std::optional<Session> session_;
};

NakReason reason_of(const Reply& reply) {
    const auto* nak = std::get_if<Nak>(&reply);
    return nak == nullptr ? NakReason::none : nak->reason;
}

Panel secured_panel() {
    Panel panel(own);
    panel.pair(own, own_key);
    return panel;
}

}  // namespace

TEST(OsdpPeripheral, every_command_is_served_in_a_session) {
    auto panel = secured_panel();
    const auto answers_with = [&]<class T>(const Command& command, T) {
        return std::holds_alternative<T>(panel.secured(command));
    };
    EXPECT_TRUE(answers_with(Poll{}, Ack{}));
    EXPECT_TRUE(answers_with(Identify{}, Identity{}));
    EXPECT_TRUE(answers_with(AskCapabilities{}, Capabilities{}));
    EXPECT_TRUE(answers_with(AskLocalStatus{}, LocalStatus{}));
    EXPECT_TRUE(answers_with(AskInputs{}, InputStates{}));
    EXPECT_TRUE(answers_with(AskOutputs{}, OutputStates{}));
    EXPECT_TRUE(answers_with(AskReaders{}, ReaderStates{}));
    EXPECT_TRUE(answers_with(SetLine{3, 9'600}, LineSettings{}));
    for (const Command& command :
         {Command{SetOutputs{{{0, 2, 0}}}}, Command{SetLeds{{{.permanent = 1}}}},
          Command{SetBuzzer{0, 2, 1, 1, 1}}, Command{ShowText{.text = {'H', 'i'}}},
          Command{AnnounceReceiveSize{128}}, Command{Abort{}}, Command{KeepActive{7'000}}}) {
        EXPECT_TRUE(answers_with(command, Ack{})) << command.index();
        EXPECT_EQ(panel.applied, std::vector{command});
    }
    EXPECT_EQ(reason_of(panel.secured(TransferFile{1, 1, 0, {1}})), NakReason::unknown_command);
    EXPECT_EQ(reason_of(panel.secured(Manufacturer{{1, 2, 3}, {1}})), NakReason::unknown_command);
    EXPECT_TRUE(answers_with(SetKey{Key({7, 7, 7, 8})}, Ack{}));
}

TEST(OsdpPeripheral, the_same_command_again_is_answered_as_before_and_done_once) {
    auto panel = secured_panel();
    panel.reader().tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}});
    EXPECT_TRUE(std::holds_alternative<CardBits>(panel.secured(Poll{})));
    const auto first = panel.said;
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(panel.hears(panel.last));
        EXPECT_EQ(panel.said, first) << "its answer was lost";
    }
    EXPECT_TRUE(std::holds_alternative<Ack>(panel.secured(Poll{}))) << "the card is told once";
    static_cast<void>(panel.secured(SetBuzzer{0, 2, 1, 1, 1}));
    EXPECT_TRUE(panel.hears(panel.last));
    EXPECT_TRUE(panel.applied.empty()) << "and sounds once";
}

TEST(OsdpPeripheral, sequence_0_begins_anew_and_another_out_of_turn_is_refused) {
    auto panel = secured_panel();
    EXPECT_TRUE(std::holds_alternative<Ack>(panel.secured(Poll{})));
    panel.set_sequence(1);  // 3 is next
    EXPECT_EQ(reason_of(panel.clear(Poll{})), NakReason::wrong_sequence);
    EXPECT_TRUE(panel.reader().secured());
    panel.set_sequence(0);
    static_cast<void>(panel.clear(Poll{}));
    EXPECT_FALSE(panel.reader().secured());
    panel.pair(own, own_key);
    EXPECT_TRUE(std::holds_alternative<Ack>(panel.secured(Poll{})));
}

TEST(OsdpPeripheral, says_why_it_refuses) {
    Panel panel(own);
    EXPECT_EQ(reason_of(panel.clear(Poll{})), NakReason::encryption_required);
    EXPECT_EQ(reason_of(panel.clear(Challenge{{5, 5}})), NakReason::wrong_security_block);
    const auto raw = [&](std::uint8_t code, Bytes payload) {
        const auto answer =
            panel.hears(encode(Frame{.address = 3, .code = code, .payload = std::move(payload)}).value());
        return reason_of(decode_reply(answer->code, answer->payload).value());
    };
    EXPECT_EQ(raw(0x63, {}), NakReason::unknown_command);
    EXPECT_EQ(raw(0x69, {1, 2}), NakReason::wrong_length);
    panel.pair(own, own_key);
    EXPECT_EQ(reason_of(panel.secured(SetKey{Key::well_known()})), NakReason::cannot_process);
}

TEST(OsdpPeripheral, other_addresses_and_damaged_frames_get_no_answer) {
    Panel panel(std::nullopt);
    auto other = panel.frame(Poll{});
    other.address = 4;
    EXPECT_FALSE(panel.hears(encode(other).value()));
    auto damaged = encode(panel.frame(Poll{})).value();
    damaged[5] ^= 1;
    EXPECT_FALSE(panel.hears(damaged));
    EXPECT_TRUE(panel.hears(encode(panel.frame(Poll{})).value()));
}

TEST(OsdpPeripheral, answers_with_the_check_that_it_was_asked_with) {
    Panel panel(own);
    auto asked = panel.frame(Poll{});
    asked.check = Check::checksum;
    EXPECT_EQ(panel.hears(encode(asked).value())->check, Check::checksum);
}

TEST(OsdpPeripheral, without_a_key_it_knows_the_default_one_and_with_one_it_does_not) {
    Panel fresh(std::nullopt);
    fresh.pair(Key::well_known(), well_known_key);
    EXPECT_TRUE(fresh.reader().secured());
    Panel paired(own);
    auto challenge = paired.frame(Challenge{{5, 5}});
    challenge.security = security_block(Security::challenge, well_known_key);
    const auto answer = paired.hears(encode(challenge).value());
    EXPECT_EQ(reason_of(decode_reply(answer->code, answer->payload).value()),
              NakReason::wrong_security_block);
}

}  // namespace sallyport::codec::osdp
