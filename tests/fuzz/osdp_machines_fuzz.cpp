// Panel and reader against each other with a hostile wire between them: what either says is passed on,
// changed, lost or replaced by frames that are right but foreign; time passes; keys change. Whatever happens:
// nothing but the handshake is said in clear, no card leaves a reader outside of a session, and the panel
// never stands still.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "codec/osdp/line.hpp"
#include "codec/osdp/peripheral.hpp"

namespace {

using namespace sallyport::codec::osdp;
using sallyport::base::Duration;
using sallyport::base::Instant;

void require(bool condition) {
    if (!condition) std::abort();
}

Key key_of(std::uint8_t number) {
    return Key({number, 0x55, 0x10, 0xA7});
}

class Input {
  public:
    explicit Input(ByteView bytes) : bytes_(bytes) {}
    [[nodiscard]] bool more() const { return !bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const auto first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }
    Bytes some() {
        const auto count = std::min<std::size_t>(byte() % 40, bytes_.size());
        Bytes taken(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
        bytes_ = bytes_.subspan(count);
        return taken;
    }

  private:
    ByteView bytes_;
};

class Wire {
  public:
    explicit Wire(Input input) : input_(input) {}

    void run() {
        while (input_.more()) step();
        // Left alone, it asks again and again: no state has no way out.
        for (int i = 0; i < 200; ++i) {
            const auto due = line_.next_deadline();
            require(due.has_value());
            now_ = std::max(now_, *due);
            took(line_.handle_timeout(turn()));
            to_reader_.clear();
        }
        require(sent_ > 0);
    }

  private:
    void step() {
        switch (input_.byte() % 10) {
            case 0: pass_on(to_reader_, {}); break;
            case 1: pass_on(to_panel_, {}); break;
            case 2: pass_on(to_reader_, input_.some()); break;
            case 3: pass_on(to_panel_, input_.some()); break;
            case 4: panel_hears(input_.some()); break;
            case 5: panel_hears(foreign(Direction::reply)); break;
            case 6: reader_hears(foreign(Direction::command)); break;
            case 7:
                now_ = now_ + Duration{input_.byte() * 1'000};
                took(line_.handle_timeout(turn()));
                break;
            case 8: ask(); break;
            default: reader_.tell(CardBits{0, 1, 26, {1, 2, 3, 0x40}}); break;
        }
    }

    /// As it was sent, or with bytes changed.
    void pass_on(Bytes& said, const Bytes& damage) {
        auto bytes = std::exchange(said, {});
        for (std::size_t i = 0; i + 1 < damage.size() && !bytes.empty(); i += 2)
            bytes[damage[i] % bytes.size()] ^= damage[i + 1];
        if (&said == &to_reader_) reader_hears(bytes);
        if (&said == &to_panel_) panel_hears(bytes);
    }

    /// A frame whose check is right.
    Bytes foreign(Direction direction) {
        Frame frame{.direction = direction, .address = 0, .sequence = std::uint8_t(input_.byte() % 4)};
        if (const auto type = input_.byte(); type % 2 == 0)
            frame.security = SecurityBlock{std::uint8_t(0x11 + type / 2 % 8), {std::uint8_t(type / 16)}};
        frame.code = input_.byte();
        frame.payload = input_.some();
        return encode(frame).value_or(Bytes{});
    }

    void ask() {
        const auto what = input_.byte();
        const auto key = key_of(what);
        switch (what % 6) {
            case 0: took(line_.handle(Line::OpenPairing{0, key, Duration{what * 100'000}}, turn())); break;
            case 1: took(line_.handle(Line::ClosePairing{}, turn())); break;
            case 2: took(line_.handle(Line::RotateKey{0, key}, turn())); break;
            case 3: took(line_.handle(Line::Order{0, SetBuzzer{0, 2, 1, 1, 1}}, turn())); break;
            case 4: took(line_.handle(Line::Order{0, ShowText{.text = input_.some()}}, turn())); break;
            default: reader_ = Peripheral({.address = 0, .key = {}}); break;
        }
    }

    void panel_hears(const Bytes& bytes) { took(line_.handle(Line::BytesReceived{bytes}, turn())); }
    void reader_hears(const Bytes& bytes) {
        for (const auto& effect : reader_.handle(bytes, now_, turn().random)) {
            const auto* answer = std::get_if<Peripheral::Transmit>(&effect);
            if (answer == nullptr) continue;
            to_panel_ = answer->bytes;
            const auto frame = frame_of(to_panel_);
            const bool tells_card = frame.code == encode(Reply{CardBits{0, 0, 8, {0}}}).code;
            require(!tells_card || (frame.security && frame.security->has_mac()));
        }
    }
    void took(const Line::Effects& effects) {
        for (const auto& effect : effects) {
            const auto* sent = std::get_if<Line::Transmit>(&effect);
            if (sent == nullptr) continue;
            ++sent_;
            to_reader_ = sent->bytes;
            const auto frame = frame_of(to_reader_);
            require(is(frame, Security::challenge) || is(frame, Security::server_cryptogram) ||
                    (frame.security && frame.security->has_mac()));
        }
    }
    static Frame frame_of(const Bytes& bytes) {
        FrameDecoder decoder;
        decoder.feed(bytes);
        return std::get<Frame>(decoder.next().value());
    }
    Turn turn() {
        Turn turn{now_};
        for (auto& byte : turn.random) byte = static_cast<std::uint8_t>(dice_ = dice_ * 75 % 65'537);
        return turn;
    }

    Input input_;
    Instant now_{std::chrono::seconds{100}};
    Line line_{115'200, {{0, key_of(1)}, {1, key_of(2)}}};
    Peripheral reader_{{.address = 0, .key = key_of(1)}};
    Bytes to_reader_;
    Bytes to_panel_;
    std::size_t sent_ = 0;
    std::uint32_t dice_ = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Wire(Input(ByteView(bytes, size))).run();
    return 0;
}
