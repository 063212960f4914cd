#pragma once
// Pulses on two lines in, cards and keys out (readers.md, Wiegand; controller.md R1). A value without clock
// or timer: the shell feeds each pulse with the time at which it fell, in order, and calls `handle_timeout`
// when `next_deadline` has come and all earlier pulses have been fed.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "codec/wiegand/format.hpp"

namespace sallyport::codec::wiegand {

enum class Line : std::uint8_t { d0, d1 };  ///< a pulse on d0 is a 0, on d1 a 1
struct Pulse {
    Line line = Line::d0;
    base::Instant at;
};

struct CardSeen {
    const Format* format = nullptr;  ///< never null, of the decoder's table
    base::CardNumber card;
    std::optional<std::uint32_t> facility{};
};
struct KeySeen {
    char key = '0';  ///< '0'-'9', '*', '#'
};
/// Wrong length or parity, as a written core::Detail that names no number: "frame_parity_wrong bits=34
/// parity=even".
struct BadFrameSeen {
    std::string detail;
};
using Seen = std::variant<CardSeen, KeySeen, BadFrameSeen>;

/// Bits; what goes on without a pause is noise.
inline constexpr std::uint32_t longest_frame = 128;

/// A frame ends when the lines are silent for three bit times. The bit time is the mean interval of the
/// frame's own pulses, taken as no less than 0.2 ms and no more than 20 ms; before the second pulse it counts
/// as 20.
class Decoder {
  public:
    /// The formats outlive the decoder.
    explicit Decoder(std::span<const Format> accepted = formats()) : formats_(accepted) {}

    /// What the pulse ends: the frame before it, where `handle_timeout` came too late for that; or one that
    /// grew past 128 bits, whose further pulses are swallowed until there is silence.
    [[nodiscard]] std::optional<Seen> handle(Pulse);
    /// The frame that has ended by `now`, if one has.
    [[nodiscard]] std::optional<Seen> handle_timeout(base::Instant now);
    /// When the frame ends unless another pulse comes; none between frames.
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;

  private:
    [[nodiscard]] Seen finished() const;
    [[nodiscard]] Seen as_card() const;

    std::span<const Format> formats_;
    std::uint64_t bits_ = 0;
    std::uint32_t count_ = 0;
    base::Instant first_;
    base::Instant last_;
};

/// The pulses of a frame, the first at `start`, one each `bit_time`: what a simulated reader sends.
[[nodiscard]] std::vector<Pulse> pulses(const Frame&, base::Instant start,
                                        base::Duration bit_time = std::chrono::milliseconds{1});

}  // namespace sallyport::codec::wiegand
