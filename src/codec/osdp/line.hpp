#pragma once
// The panel's end of an OSDP line with up to eight readers (IEC 60839-11-5, clause 5; controller.md R2;
// readers.md). A value without clock or randomness: events and time-outs in, effects out.
//
// Readers that answer are polled back to back, in turn. An order takes the line longer than a poll and brings
// no card. So it takes the place of a poll of its own reader where nobody can be waiting with a card (in the
// turns after it told one) or when it is late, but never twice in a row; any other order waits until
// `polls_between_orders` have passed. A light that has not gone out yet gives way to the next one.
// A reader that misses an answer leaves the round at once and is probed between rounds only, with a short
// wait, so that it never slows its neighbours. Nothing is said in clear but the challenge itself, and the
// default key only to the one reader of an open pairing window.
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "codec/osdp/message.hpp"
#include "codec/osdp/secure_channel.hpp"

namespace sallyport::codec::osdp {

struct LineReader {
    std::uint8_t address = 0;  ///< 0 - 0x7E, each once
    std::optional<Key> key{};  ///< none: not spoken to until it is paired
};

enum class Capture : std::uint8_t { off, on };

/// All that a machine may know of the outside at one call.
struct Turn {
    base::Instant now;
    Nonce random{};  ///< eight fresh bytes for each call
};

class Line {
  public:
    static constexpr std::size_t reader_limit = 8;
    static constexpr std::size_t order_limit = 16;  ///< waiting commands for each reader
    /// These orders then take a twentieth of the line, whatever its speed and its readers.
    static constexpr std::size_t polls_between_orders = 24;
    /// Of a reader that told a card or a key: enough for a light, a poll and a beep. Nobody shows the next
    /// card before that.
    static constexpr std::uint8_t turns_for_orders = 3;
    static constexpr base::Duration late_order = std::chrono::milliseconds{500};
    static constexpr base::Duration answer_time = std::chrono::milliseconds{200};
    static constexpr base::Duration offline_after = std::chrono::seconds{8};
    static constexpr base::Duration probe_interval = std::chrono::milliseconds{1'500};
    static constexpr base::Duration pairing_limit = std::chrono::minutes{10};

    struct BytesReceived {
        Bytes bytes;
    };
    /// Anything but Poll, SetKey, Challenge and ServerCryptogram, which are the line's own.
    struct Order {
        std::uint8_t address = 0;
        Command command;
    };
    /// Store `key` as pending before this; a former window is closed by it.
    struct OpenPairing {
        std::uint8_t address = 0;
        Key key;
        base::Duration duration{};  ///< at most `pairing_limit`
    };
    struct ClosePairing {};
    /// A new key for a paired reader, sent in its session.
    struct RotateKey {
        std::uint8_t address = 0;
        Key key;
    };
    struct SetCapture {
        Capture capture = Capture::off;
    };
    using Event = std::variant<BytesReceived, Order, OpenPairing, ClosePairing, RotateKey, SetCapture>;

    struct Transmit {
        Bytes bytes;
    };
    enum class State : std::uint8_t { offline, secured };
    struct ReaderChanged {
        std::uint8_t address = 0;
        State state = State::offline;
    };
    /// From a poll (cards, keys, status) or to an order; a Nak to an order as well.
    struct Replied {
        std::uint8_t address = 0;
        Reply reply;
    };
    /// The reader took the pending key: store it as the reader's own.
    struct KeyTaken {
        std::uint8_t address = 0;
        Key key;
    };
    struct PairingClosed {
        std::uint8_t address = 0;
    };
    enum class Breach : std::uint8_t { wrong_cryptogram, wrong_initial_mac, broken_session };
    /// The session has ended; a new one is tried with the reader's own key only.
    struct SecurityFailed {
        std::uint8_t address = 0;
        Breach breach = Breach::broken_session;
    };
    enum class Refusal : std::uint8_t { unknown_reader, weak_key, not_paired, not_an_order, queue_full };
    struct Refused {
        std::uint8_t address = 0;
        Refusal refusal = Refusal::unknown_reader;
    };
    struct Captured {
        Direction direction = Direction::command;
        Bytes bytes;
    };
    using Effect = std::variant<Transmit, ReaderChanged, Replied, KeyTaken, PairingClosed, SecurityFailed,
                                Refused, Captured>;
    using Effects = std::vector<Effect>;

    /// `baud`: 9,600 - 230,400. Readers past the limit are left out.
    Line(std::uint32_t baud, std::vector<LineReader> readers);

    [[nodiscard]] Effects handle(const Event&, const Turn&);
    [[nodiscard]] Effects handle_timeout(const Turn&);
    /// None only without any reader that may be spoken to.
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;
    /// How many bytes are still to come before there can be anything to do, at least 1: who waits for them
    /// together is woken once for an answer. Less is said in clear only (BUSY, NAK), so at a time-out it may
    /// become 1, and what has come by then is to be handled.
    [[nodiscard]] std::size_t bytes_due() const;

  private:
    enum class Phase : std::uint8_t { absent, challenged, proved, secured };
    enum class Presence : std::uint8_t { silent, live };
    enum class Saying : std::uint8_t { poll, order };
    struct QueuedOrder {
        Command command;
        base::Instant since;
    };
    struct Reader {
        LineReader settings;
        std::optional<Key> fresh{};  ///< to be set, or set and not yet confirmed
        Phase phase = Phase::absent;
        Presence presence = Presence::silent;
        bool reported = false;  ///< the last ReaderChanged said secured
        std::uint8_t sequence = 0;
        std::uint8_t attempt = 0;  ///< which of the keys that may be right is tried
        std::uint32_t misses = 0;
        base::Instant due{};  ///< silent, or busy: not before this
        std::optional<base::Instant> heard{};
        base::Duration usual_answer{};
        Nonce panel{};
        Key trying{};
        SessionKeys keys{};
        Block proof{};
        std::optional<Session> session{};
        std::deque<QueuedOrder> orders{};
        std::optional<QueuedOrder> asked{};
        Saying said = Saying::poll;         ///< last
        std::uint8_t turns_for_orders = 0;  ///< left of those after a card
        Bytes unanswered{};                 ///< sent as it was until there is an answer
        bool curt = false;                  ///< its last answer was short, or late
    };
    struct Waiting {
        std::size_t reader = 0;
        base::Instant sent;  ///< the last byte is out
        base::Instant deadline;
        base::Instant whole;                 ///< an answer of a session should have come
        std::optional<base::Instant> begun;  ///< the first byte of the answer came
    };
    struct Pairing {
        std::uint8_t address = 0;
        base::Instant until;
    };

    void handle_event(const BytesReceived&, const Turn&, Effects&);
    void handle_event(const Order&, const Turn&, Effects&);
    void handle_event(const OpenPairing&, const Turn&, Effects&);
    void handle_event(const ClosePairing&, const Turn&, Effects&);
    void handle_event(const RotateKey&, const Turn&, Effects&);
    void handle_event(const SetCapture&, const Turn&, Effects&);

    [[nodiscard]] Reader* find(std::uint8_t address);
    [[nodiscard]] bool pairs(const Reader&) const;
    /// There is a candidate.
    [[nodiscard]] bool may_speak_to(const Reader&) const;
    [[nodiscard]] std::vector<Key> candidates(const Reader&) const;
    [[nodiscard]] base::Duration wire_time(std::size_t bytes) const;
    void advance(const Turn&, Effects&);
    void expire(const Turn&, Effects&);
    struct Choice {
        std::size_t reader = 0;
        Saying saying = Saying::poll;
    };
    [[nodiscard]] std::optional<Choice> choose(base::Instant now);
    [[nodiscard]] std::optional<std::size_t> order_between(base::Instant now) const;
    void speak(Choice, const Turn&, Effects&);
    [[nodiscard]] Frame next_frame(Reader&, Saying, const Turn&);
    void missed(Reader&, base::Instant now);
    void restart(Reader&);
    void fail(Reader&, Breach, base::Instant now, Effects&);
    void go_offline(Reader&, Effects&);
    void take(Frame, const Turn&, Effects&);
    void take_client_cryptogram(Reader&, const Frame&, const Reply&, base::Instant now, Effects&);
    void take_initial_mac(Reader&, const Frame&, const Reply&, base::Instant now, Effects&);
    void take_secured(Reader&, Frame, base::Instant now, Effects&);
    void adopt_fresh(Reader&, Effects&);

    std::uint32_t baud_;
    std::vector<Reader> readers_;
    FrameDecoder decoder_;
    std::optional<Waiting> waiting_;
    std::optional<Pairing> pairing_;
    Capture capture_ = Capture::off;
    std::size_t turn_ = 0;  ///< where the round stands
    std::size_t probe_turn_ = 0;
    std::size_t since_probe_ = 0;  ///< polls since the last probe: at least a round
    std::size_t since_order_ = 0;  ///< turns since the last order that was nobody's turn
    base::Instant free_{};         ///< nothing is sent before
};

}  // namespace sallyport::codec::osdp
