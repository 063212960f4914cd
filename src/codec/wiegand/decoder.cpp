#include "codec/wiegand/decoder.hpp"

#include <algorithm>

#include "core/record/detail.hpp"

namespace sallyport::codec::wiegand {

using core::DetailName;
using core::DetailTerm;

namespace {

constexpr base::Duration shortest_bit{200};
constexpr base::Duration longest_bit{20'000};
constexpr int silent_bits = 3;

BadFrameSeen bad_frame(const core::Detail& detail) {
    return {core::written(detail)};
}

}  // namespace

std::optional<Seen> Decoder::handle(Pulse pulse) {
    auto ended = handle_timeout(pulse.at);
    if (count_ == 0) {
        bits_ = 0;
        first_ = pulse.at;
    }
    bits_ = bits_ << 1 | (pulse.line == Line::d1 ? 1 : 0);
    last_ = std::max(pulse.at, first_);
    // The count stands still past the longest frame: a line that chatters for ever is reported once.
    if (count_ <= longest_frame && ++count_ > longest_frame) {
        return bad_frame({DetailTerm::frame_too_long, {{DetailName::bits, longest_frame}}});
    }
    return ended;
}

std::optional<Seen> Decoder::handle_timeout(base::Instant now) {
    const auto deadline = next_deadline();
    if (!deadline || now < *deadline) return std::nullopt;
    std::optional<Seen> ended;
    if (count_ <= longest_frame) ended = finished();
    count_ = 0;
    return ended;
}

std::optional<base::Instant> Decoder::next_deadline() const {
    if (count_ == 0) return std::nullopt;
    auto bit = longest_bit;
    if (count_ > longest_frame) {
        bit = shortest_bit * 10;  // what is swallowed has no bit time worth measuring
    } else if (count_ > 1) {
        bit = std::clamp((last_ - first_) / (count_ - 1), shortest_bit, longest_bit);
    }
    return last_ + silent_bits * bit;
}

Seen Decoder::finished() const {
    if (count_ == 4 || count_ == 8) {
        const auto key = decode_key({bits_, static_cast<std::uint8_t>(count_)});
        if (key) return KeySeen{*key};
        return bad_frame({DetailTerm::frame_no_key, {{DetailName::bits, count_}}});
    }
    return as_card();
}

Seen Decoder::as_card() const {
    const auto format = std::ranges::find(formats_, count_, &Format::length);
    if (format == formats_.end()) {
        return bad_frame({DetailTerm::frame_length_unknown, {{DetailName::bits, count_}}});
    }
    if (const auto broken = broken_parity(*format, bits_)) {
        const std::string_view kind = *broken == ParityKind::even ? "even" : "odd";
        return bad_frame(
            {DetailTerm::frame_parity_wrong, {{DetailName::bits, count_}, {DetailName::parity, kind}}});
    }
    return CardSeen{&*format, base::CardNumber{format->payload.of(bits_)}, format->facility_of(bits_)};
}

std::vector<Pulse> pulses(const Frame& frame, base::Instant start, base::Duration bit_time) {
    std::vector<Pulse> result;
    result.reserve(frame.length);
    for (int bit = frame.length - 1; bit >= 0; --bit) {
        result.push_back({(frame.bits >> bit & 1) != 0 ? Line::d1 : Line::d0, start});
        start = start + bit_time;
    }
    return result;
}

}  // namespace sallyport::codec::wiegand
