// A line against peripherals over a simulated wire: every byte takes its time, readers answer after 3 ms (or
// less), can be unplugged, lose and garble bytes. Simulated time only.
#include "codec/osdp/line.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/osdp/peripheral.hpp"

namespace sallyport::codec::osdp {
namespace {

using base::Duration;
using base::Instant;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

Key key_of(std::uint8_t number) {
    return Key({number, 0x55, 0x10, number});
}

class Wire {
  public:
    Wire(std::uint32_t baud, std::vector<LineReader> readers)
        : baud_(baud), line_(baud, std::move(readers)) {}

    void plug(std::uint8_t address, std::optional<Key> key) {
        readers_.insert_or_assign(address, Peripheral({.address = address, .key = std::move(key)}));
    }
    void unplug(std::uint8_t address) { readers_.erase(address); }
    void order(const Line::Event& event) { took(line_.handle(event, turn())); }
    Peripheral& reader(std::uint8_t address) { return readers_.at(address); }

    void run(Duration duration) {
        const auto end = now_ + duration;
        while (happens_before(end)) continue;
    }
    bool run_until(const std::function<bool()>& reached, Duration limit) {
        const auto end = now_ + limit;
        while (!reached())
            if (!happens_before(end)) return reached();
        return true;
    }
    template <class T>
    std::vector<T> seen(std::uint8_t address) const {
        std::vector<T> found;
        for (const auto& effect : effects_) {
            const auto* one = std::get_if<T>(&effect);
            if (one && one->address == address) found.push_back(*one);
        }
        return found;
    }
    bool secured(std::uint8_t address) const {
        const auto changes = seen<Line::ReaderChanged>(address);
        return !changes.empty() && changes.back().state == Line::State::secured;
    }
    std::size_t cards(std::uint8_t address) const {
        const auto found = cards_.find(address);
        return found == cards_.end() ? 0 : found->second;
    }
    Duration card_to_event(std::uint8_t address) {
        const auto before = cards(address);
        const auto start = now_;
        reader(address).tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}});
        EXPECT_TRUE(run_until([&] { return cards(address) > before; }, seconds{2}));
        return now_ - start;
    }
    Duration p95(std::uint8_t address) {
        std::vector<Duration> times;
        for (int i = 0; i < 200; ++i) {
            times.push_back(card_to_event(address));
            run(milliseconds{7 + i % 13});
        }
        std::ranges::sort(times);
        return times[189];
    }

    std::function<void(Bytes&)> damage;          ///< done to what a reader sends
    std::set<std::uint8_t> codes_sent_in_clear;  ///< by the panel
    Duration answers_after = milliseconds{3};
    struct Said {
        Instant at;
        std::uint8_t address = 0;
        std::uint8_t code = 0;
    };
    std::vector<Said> said;       ///< by the panel
    std::size_t all_bytes = 0;    ///< of commands and their answers
    std::size_t longest = 0;      ///< of commands
    std::size_t handed_over = 0;  ///< how often bytes were
    std::vector<Peripheral::KeyChanged> keys;
    std::vector<Command> applied;

  private:
    /// The next thing that happens before `end`; none: time passes until then.
    bool happens_before(Instant end) {
        const auto deadline = line_.next_deadline();
        const bool arrives = !arriving_.empty() && (!deadline || arriving_.begin()->first <= *deadline);
        const auto at = arrives ? std::optional(arriving_.begin()->first) : deadline;
        if (!at || *at >= end) {
            now_ = end;
            return false;
        }
        now_ = std::max(now_, *at);
        if (!arrives) {
            took(line_.handle_timeout(turn()));
        } else {
            const auto bytes = std::move(arriving_.begin()->second);
            arriving_.erase(arriving_.begin());
            arrived_.insert(arrived_.end(), bytes.begin(), bytes.end());
        }
        hand_over();
        return true;
    }
    Turn turn() {
        Turn turn{now_};
        for (auto& byte : turn.random) byte = static_cast<std::uint8_t>(random_ = random_ * 75 % 65'537);
        return turn;
    }
    Duration wire_time(std::size_t bytes) const {
        return Duration{static_cast<std::int64_t>(bytes) * 10'000'000 / baud_};
    }
    void took(Line::Effects effects) {
        for (auto& effect : effects) {
            if (const auto* sent = std::get_if<Line::Transmit>(&effect)) {
                deliver(sent->bytes);
            } else {
                const auto* replied = std::get_if<Line::Replied>(&effect);
                if (replied && std::holds_alternative<CardBits>(replied->reply)) ++cards_[replied->address];
                effects_.push_back(std::move(effect));
            }
        }
    }
    /// As a terminal that waits for so many bytes.
    void hand_over() {
        if (arrived_.empty() || arrived_.size() < line_.bytes_due()) return;
        ++handed_over;
        took(line_.handle(Line::BytesReceived{std::exchange(arrived_, {})}, turn()));
    }
    void deliver(const Bytes& bytes) {
        FrameDecoder decoder;
        decoder.feed(bytes);
        const auto frame = std::get<Frame>(decoder.next().value());
        if (!frame.security || !frame.security->has_mac()) codes_sent_in_clear.insert(frame.code);
        said.push_back({now_, frame.address, frame.code});
        all_bytes += bytes.size();
        longest = std::max(longest, bytes.size());
        const auto there = now_ + wire_time(bytes.size());
        for (auto& [address, peripheral] : readers_) {
            for (auto& effect : peripheral.handle(bytes, there, turn().random)) {
                if (auto* key = std::get_if<Peripheral::KeyChanged>(&effect)) keys.push_back(*key);
                if (auto* apply = std::get_if<Peripheral::Apply>(&effect)) applied.push_back(apply->command);
                auto* answer = std::get_if<Peripheral::Transmit>(&effect);
                if (!answer) continue;
                if (damage) damage(answer->bytes);
                all_bytes += answer->bytes.size();
                for (std::size_t i = 0; i < answer->bytes.size(); i += 4) {
                    const auto end = std::min(i + 4, answer->bytes.size());
                    const auto from = answer->bytes.begin();
                    arriving_.emplace(there + answers_after + wire_time(end),
                                      Bytes(from + std::ptrdiff_t(i), from + std::ptrdiff_t(end)));
                }
            }
        }
    }

    std::uint32_t baud_;
    Line line_;
    std::map<std::uint8_t, Peripheral> readers_;
    std::multimap<Instant, Bytes> arriving_;
    Bytes arrived_;
    std::vector<Line::Effect> effects_;
    std::map<std::uint8_t, std::size_t> cards_;
    Instant now_{seconds{100}};
    std::uint32_t random_ = 1;
};

std::vector<LineReader> paired(std::uint8_t count) {
    std::vector<LineReader> readers;
    for (std::uint8_t address = 0; address < count; ++address) readers.push_back({address, key_of(address)});
    return readers;
}

Wire plugged(std::uint32_t baud, std::uint8_t configured, std::uint8_t present) {
    Wire wire(baud, paired(configured));
    for (std::uint8_t address = 0; address < present; ++address) wire.plug(address, key_of(address));
    wire.run(seconds{3});
    for (std::uint8_t address = 0; address < present; ++address) EXPECT_TRUE(wire.secured(address));
    return wire;
}

TEST(OsdpLine, SecuresItsReadersAtEverySpeedAndTellsCards) {
    for (const std::uint32_t baud : {9'600U, 19'200U, 38'400U, 57'600U, 115'200U, 230'400U}) {
        auto wire = plugged(baud, 8, 8);
        EXPECT_LE(wire.card_to_event(7), seconds{1}) << baud;
        EXPECT_EQ(wire.codes_sent_in_clear, (std::set<std::uint8_t>{0x76, 0x77})) << baud;
    }
}

TEST(OsdpLine, CardToEventStaysShortAlsoBesideAbsentReaders) {
    const auto one = plugged(115'200, 1, 1).p95(0);
    EXPECT_LE(one, milliseconds{16});
    const auto four = plugged(115'200, 4, 4).p95(3);
    const auto four_and_two_absent = plugged(115'200, 6, 4).p95(3);
    EXPECT_LE(four_and_two_absent, four * 11 / 10 + milliseconds{1});
}

TEST(OsdpLine, AnUnpluggedReaderDelaysItsNeighboursOnceAndIsBackWithinTwoSeconds) {
    auto wire = plugged(115'200, 4, 4);
    wire.unplug(1);
    wire.run(milliseconds{300});
    EXPECT_LE(wire.card_to_event(0), milliseconds{60});
    wire.run(seconds{10});
    EXPECT_FALSE(wire.secured(1));
    wire.plug(1, key_of(1));
    EXPECT_TRUE(wire.run_until([&] { return wire.secured(1); }, seconds{2}));
}

TEST(OsdpLine, AReaderThatRestartsIsSecuredAgainWithItsOwnKeyOnly) {
    auto wire = plugged(115'200, 2, 2);
    wire.plug(1, key_of(1));
    wire.run(seconds{1});
    EXPECT_TRUE(wire.reader(1).secured());
    wire.plug(1, std::nullopt);  // someone put one there that knows the default key only
    wire.run(seconds{20});
    EXPECT_FALSE(wire.secured(1));
    EXPECT_FALSE(wire.reader(1).secured());
    EXPECT_EQ(wire.cards(1), 0U);
}

TEST(OsdpLine, PairsInAWindowOnlyAndForOneReaderOnly) {
    Wire wire(38'400, {{0}, {1}});
    wire.plug(0, std::nullopt);
    wire.plug(1, std::nullopt);
    wire.run(seconds{5});
    EXPECT_TRUE(wire.codes_sent_in_clear.empty());
    wire.order(Line::OpenPairing{0, Key::well_known(), seconds{60}});
    EXPECT_EQ(wire.seen<Line::Refused>(0).back().refusal, Line::Refusal::weak_key);

    wire.order(Line::OpenPairing{0, key_of(9), seconds{60}});
    wire.run(seconds{3});
    ASSERT_EQ(wire.seen<Line::KeyTaken>(0).size(), 1U);
    EXPECT_TRUE(wire.seen<Line::KeyTaken>(0)[0].key == key_of(9));
    EXPECT_EQ(wire.seen<Line::PairingClosed>(0).size(), 1U);
    EXPECT_TRUE(wire.secured(0));
    EXPECT_FALSE(wire.reader(1).secured());
    ASSERT_EQ(wire.keys.size(), 1U);
    EXPECT_TRUE(wire.keys[0].key == key_of(9));
}

TEST(OsdpLine, APairingWindowEndsByItself) {
    Wire wire(115'200, {{0}});
    wire.order(Line::OpenPairing{0, key_of(9), seconds{5}});
    wire.run(seconds{6});
    EXPECT_EQ(wire.seen<Line::PairingClosed>(0).size(), 1U);
    wire.plug(0, std::nullopt);
    wire.run(seconds{10});
    EXPECT_FALSE(wire.reader(0).secured());
}

TEST(OsdpLine, ChangesAKeyInItsSession) {
    auto wire = plugged(115'200, 1, 1);
    wire.order(Line::RotateKey{0, key_of(77)});
    wire.run(seconds{1});
    ASSERT_EQ(wire.seen<Line::KeyTaken>(0).size(), 1U);
    EXPECT_TRUE(wire.secured(0));
    wire.plug(0, key_of(77));
    wire.run(seconds{2});
    EXPECT_TRUE(wire.reader(0).secured());
}

TEST(OsdpLine, DrivesLightsAndBuzzerAndRefusesItsOwnCommandsAsOrders) {
    auto wire = plugged(115'200, 1, 1);
    const Command light =
        SetLeds{{{.permanent = 1, .permanent_on = 1, .permanent_on_colour = Colour::green}}};
    wire.order(Line::Order{0, light});
    wire.order(Line::Order{0, SetBuzzer{0, 2, 1, 1, 3}});
    wire.run(seconds{1});
    EXPECT_EQ(wire.applied, (std::vector<Command>{light, SetBuzzer{0, 2, 1, 1, 3}}));
    wire.order(Line::Order{0, SetKey{}});
    EXPECT_EQ(wire.seen<Line::Refused>(0).back().refusal, Line::Refusal::not_an_order);
}

TEST(OsdpLine, ACardDoesNotWaitForTheOrdersOfItsReader) {
    auto wire = plugged(115'200, 4, 4);
    for (int i = 0; i < 10; ++i) wire.order(Line::Order{3, SetBuzzer{0, 2, 1, 1, 3}});
    EXPECT_LE(wire.card_to_event(3), milliseconds{45});  // a round, with an order in it
    wire.run(seconds{1});
    EXPECT_EQ(wire.applied.size(), 10U);
}

SetLeds lit(Colour colour) {
    return {{{.permanent = 1, .permanent_on = 1, .permanent_on_colour = colour}}};
}

constexpr std::uint8_t poll_code = 0x60;

/// Card to event, 95 of 100, with a card every 35 ms somewhere on the line, each answered by a light and a
/// beep, and the lights of all readers set back after each had one. Readers answer after 0.5 ms, as quick
/// ones do. (This wire hands a command over when it begins: a card that comes during it waits for another
/// round, which is more than a panel takes for itself.)
Duration p95_in_a_rush(std::uint8_t configured, std::uint8_t present) {
    auto wire = plugged(115'200, configured, present);
    wire.answers_after = microseconds{500};
    std::vector<Duration> times;
    std::minstd_rand dice(7);
    while (times.size() < 400) {
        for (std::uint8_t address = 0; address < present; ++address) {
            wire.run(microseconds{dice() % 40'000});
            times.push_back(wire.card_to_event(address));
            wire.order(Line::Order{address, lit(Colour::green)});
            wire.order(Line::Order{address, SetBuzzer{0, 2, 1, 1, 1}});
        }
        for (std::uint8_t address = 0; address < present; ++address)
            wire.order(Line::Order{address, lit(Colour::blue)});
    }
    std::ranges::sort(times);
    return times[times.size() * 95 / 100];
}

TEST(OsdpLine, R2_cards_stay_within_their_limits_while_lights_and_beeps_go_out) {
    const auto four = p95_in_a_rush(4, 4);
    EXPECT_LE(p95_in_a_rush(1, 1), milliseconds{12});
    EXPECT_LE(four, milliseconds{20});
    EXPECT_LE(p95_in_a_rush(8, 8), milliseconds{35});
    EXPECT_LE(p95_in_a_rush(6, 4), four * 11 / 10);
}

TEST(OsdpLine, APollAndItsAnswerAreThirtyBytesAndACardSixteenMore) {
    auto wire = plugged(115'200, 1, 1);
    wire.all_bytes = 0;
    wire.said.clear();
    wire.run(seconds{1});
    EXPECT_EQ(wire.all_bytes, 30 * wire.said.size());
    wire.reader(0).tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}});
    wire.all_bytes = 0;
    wire.said.clear();
    wire.run(seconds{1});
    EXPECT_EQ(wire.all_bytes, 30 * wire.said.size() + 16);
}

TEST(OsdpLine, LightAndBeepFollowACardWithinThreeTurnsOfTheReader) {
    auto wire = plugged(115'200, 8, 8);
    wire.run(seconds{2});
    static_cast<void>(wire.card_to_event(5));
    const auto begin = wire.said.size();
    wire.order(Line::Order{5, lit(Colour::green)});
    wire.order(Line::Order{5, SetBuzzer{0, 2, 1, 1, 1}});
    wire.run(milliseconds{250});
    EXPECT_EQ(wire.applied, (std::vector<Command>{lit(Colour::green), SetBuzzer{0, 2, 1, 1, 1}}));
    std::vector<bool> polls;
    for (std::size_t i = begin; i < wire.said.size(); ++i)
        if (wire.said[i].address == 5 && polls.size() < 3) polls.push_back(wire.said[i].code == poll_code);
    EXPECT_EQ(polls, (std::vector<bool>{false, true, false}));
}

// Whoever stands in a reader's place without its key: each of the two messages that prove it, changed.
TEST(OsdpLine, AWrongProofEndsTheSession) {
    using Breach = Line::Breach;
    for (const auto& [code, breach] :
         {std::pair{0x76, Breach::wrong_cryptogram}, {0x78, Breach::wrong_initial_mac}}) {
        Wire wire(115'200, paired(1));
        wire.plug(0, key_of(0));
        wire.damage = [proof = code](Bytes& bytes) {
            FrameDecoder decoder;
            decoder.feed(bytes);
            auto frame = std::get<Frame>(decoder.next().value());
            if (frame.code != proof) return;
            frame.payload.back() ^= 1;
            bytes = *encode(frame);
        };
        wire.run(seconds{3});
        EXPECT_FALSE(wire.secured(0));
        ASSERT_FALSE(wire.seen<Line::SecurityFailed>(0).empty()) << code;
        EXPECT_EQ(wire.seen<Line::SecurityFailed>(0).front().breach, breach);
        wire.damage = nullptr;
        wire.run(seconds{3});
        EXPECT_TRUE(wire.secured(0));
    }
    auto wire = plugged(115'200, 1, 1);
    wire.damage = [](Bytes& bytes) {
        FrameDecoder decoder;
        decoder.feed(bytes);
        auto frame = std::get<Frame>(decoder.next().value());
        frame.mac[0] ^= 1;
        bytes = *encode(frame);
    };
    wire.run(milliseconds{100});
    ASSERT_FALSE(wire.seen<Line::SecurityFailed>(0).empty());
    EXPECT_EQ(wire.seen<Line::SecurityFailed>(0).front().breach, Breach::broken_session);
}

TEST(OsdpLine, AnAnswerIsHandedOverAsAWhole) {
    auto wire = plugged(115'200, 4, 4);
    const auto before = wire.handed_over;
    wire.said.clear();
    wire.run(seconds{1});
    EXPECT_LE(wire.handed_over - before, wire.said.size());
    EXPECT_GE(wire.said.size(), 150U);
    wire.said.clear();
    const auto quiet = wire.handed_over;
    wire.card_to_event(2);
    EXPECT_LE(wire.handed_over - quiet, wire.said.size() + 1) << "the rest of a longer one in one piece";
}

TEST(OsdpLine, ABusyReaderDelaysItsNeighboursOnce) {
    auto wire = plugged(115'200, 4, 4);
    const auto busy =
        encode(Frame{.direction = Direction::reply, .address = 1, .code = encode(Reply{Busy{}}).code});
    wire.damage = [&](Bytes& bytes) {
        if (bytes[2] == 0x81) bytes = *busy;
    };
    EXPECT_LE(wire.card_to_event(0), milliseconds{80});
    for (int i = 0; i < 50; ++i) {
        wire.run(milliseconds{7 + i % 13});
        EXPECT_LE(wire.card_to_event(0), milliseconds{60});
    }
    EXPECT_TRUE(wire.secured(1)) << "for 8 s";
    wire.damage = nullptr;
    EXPECT_LE(wire.card_to_event(1), milliseconds{200});
}

// The standard's least buffer of a reader; nothing that this panel says is longer.
TEST(OsdpLine, WhatIsSentFitsIntoTheSmallestReader) {
    auto wire = plugged(115'200, 1, 1);
    wire.order(Line::RotateKey{0, key_of(77)});
    wire.order(Line::Order{0, SetLine{0, 9'600}});
    wire.order(Line::Order{0, Identify{}});
    for (int i = 0; i < 8; ++i) wire.order(Line::Order{0, SetBuzzer{0, 2, 1, 1, 3}});
    wire.order(Line::Order{0, SetLeds{{{.permanent = 1}, {.led = 1, .permanent = 1}, {.led = 2}}}});
    wire.run(seconds{9});
    EXPECT_LE(wire.longest, 128U);
    EXPECT_GE(wire.longest, 60U);
}

TEST(OsdpLine, ALightThatHasNotGoneOutGivesWayToTheNext) {
    auto wire = plugged(115'200, 2, 2);
    wire.order(Line::Order{1, lit(Colour::red)});
    wire.order(Line::Order{1, lit(Colour::green)});
    wire.order(Line::Order{1, lit(Colour::blue)});
    wire.run(seconds{1});
    ASSERT_FALSE(wire.applied.empty());
    EXPECT_LE(wire.applied.size(), 2U);  // the first may have gone out at once
    EXPECT_EQ(wire.applied.back(), Command{lit(Colour::blue)});
}

/// Whatever is shown and ordered: a poll of each reader is at most two rounds away, no reader gets two orders
/// in a row, and no order is forgotten.
RC_GTEST_PROP(OsdpLine, PollsEveryReaderAndSendsEveryOrder, ()) {
    const auto count = *rc::gen::inRange<std::uint8_t>(1, 9);
    auto wire = plugged(115'200, count, count);
    wire.run(seconds{2});
    wire.said.clear();
    std::size_t orders = 0;
    const auto steps = *rc::gen::container<std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>>>(
        rc::gen::tuple(rc::gen::inRange<std::uint8_t>(0, count), rc::gen::inRange<std::uint8_t>(0, 4),
                       rc::gen::inRange<std::uint8_t>(0, 60)));
    for (const auto& [address, what, pause] : steps) {
        if (what == 0) wire.reader(address).tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}});
        if (what > 0) wire.order(Line::Order{address, SetBuzzer{0, 2, 1, 1, what}});
        orders += what > 0 ? 1 : 0;
        wire.run(milliseconds{pause});
    }
    for (std::uint8_t address = 0; address < count; ++address)
        orders -= wire.seen<Line::Refused>(address).size();
    RC_ASSERT(wire.run_until([&] { return wire.applied.size() >= orders; }, seconds{15}));
    wire.run(seconds{15});
    for (std::uint8_t address = 0; address < count; ++address) {
        std::size_t since_poll = 0;
        bool ordered = false;
        for (const auto& said : wire.said) {
            RC_ASSERT(++since_poll <= 2U * count + 1U);
            if (said.address != address) continue;
            const bool poll = said.code == poll_code;
            RC_ASSERT(poll || !ordered);
            ordered = !poll;
            if (poll) since_poll = 0;
        }
    }
    RC_ASSERT(wire.applied.size() == orders);
}

TEST(OsdpLine, NoCardIsLostOrDoubledOnALineThatLosesAndGarblesBytes) {
    auto wire = plugged(115'200, 2, 2);
    std::uint32_t dice = 7;
    wire.damage = [&dice](Bytes& bytes) {
        dice = dice * 75 % 65'537;
        if (dice % 10 == 0) bytes[dice / 10 % bytes.size()] ^= 0x10;
        if (dice % 10 == 1) bytes.erase(bytes.begin() + dice / 10 % std::ptrdiff_t(bytes.size()));
    };
    for (int card = 0; card < 50; ++card) {
        wire.reader(1).tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}});
        wire.run(milliseconds{500});
    }
    wire.run(seconds{5});
    EXPECT_EQ(wire.cards(1), 50U);
}

RC_GTEST_PROP(OsdpLine, SurvivesAnyBytes, (const std::vector<Bytes>& noise)) {
    Wire wire(115'200, paired(2));
    wire.plug(0, key_of(0));
    for (const auto& bytes : noise) {
        wire.order(Line::BytesReceived{bytes});
        wire.run(milliseconds{20});
    }
    wire.run(seconds{3});
    RC_ASSERT(wire.secured(0));
}

}  // namespace
}  // namespace sallyport::codec::osdp
