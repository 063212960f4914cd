#pragma once
// The reader's end of an OSDP line (IEC 60839-11-5, clauses 5 and 6; controller.md R3). A value without clock
// or randomness. Once it holds a key of its own it answers nothing outside of a session with that key, and
// tells its events in a session only.
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "codec/osdp/message.hpp"
#include "codec/osdp/secure_channel.hpp"

namespace sallyport::codec::osdp {

struct PeripheralSettings {
    std::uint8_t address = 0;
    std::optional<Key> key{};  ///< none: pairs with the first panel that knows the default key
    Identity identity{};
    Capabilities capabilities{};
    Nonce client{};  ///< cUID
};

class Peripheral {
  public:
    /// Bytes for the line, within 200 ms.
    struct Transmit {
        Bytes bytes;
    };
    /// What the panel wants shown, sounded or switched.
    struct Apply {
        Command command;
    };
    /// To be stored before the panel's next challenge.
    struct KeyChanged {
        Key key;
    };
    using Effect = std::variant<Transmit, Apply, KeyChanged>;
    using Effects = std::vector<Effect>;
    static constexpr std::size_t event_limit = 16;  ///< the oldest event makes room
    static constexpr base::Duration patience = std::chrono::milliseconds{50};  ///< silence ends half a frame

    explicit Peripheral(PeripheralSettings settings) : settings_(std::move(settings)) {}

    /// `random`: eight fresh bytes for each call.
    [[nodiscard]] Effects handle(ByteView bytes, base::Instant now, const Nonce& random);
    /// CardBits, CardText, Keys or a status: told at the next poll of a session. A LocalStatus is also what
    /// the panel is told when it asks, from now on.
    void tell(Reply event);
    /// What has not been told yet never is.
    void forget_events() { events_.clear(); }
    [[nodiscard]] bool secured() const { return session_.has_value(); }

  private:
    void handle_frame(Frame frame, const Nonce& random, Effects&);
    [[nodiscard]] Reply answer(const Frame&, const Nonce& random, Effects&, std::optional<SecurityBlock>&);
    [[nodiscard]] Reply challenged(const Frame&, const Challenge&, const Nonce& random,
                                   std::optional<SecurityBlock>&);
    [[nodiscard]] Reply proved(const Frame&, const ServerCryptogram&, std::optional<SecurityBlock>&);
    [[nodiscard]] Reply served(const Command&, Effects&);

    PeripheralSettings settings_;
    FrameDecoder decoder_;
    base::Instant heard_;
    std::deque<Reply> events_;
    LocalStatus status_;
    std::optional<Session> session_;
    struct Handshake {
        SessionKeys keys;
        Block expected{};
        std::uint8_t which = 0;
    };
    std::optional<Handshake> handshake_;
    std::optional<Frame> last_command_;
    Bytes last_answer_;
};

}  // namespace sallyport::codec::osdp
