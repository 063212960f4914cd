#include "codec/osdp/card.hpp"

#include <algorithm>

#include "core/record/detail.hpp"

namespace sallyport::codec::osdp {

using core::DetailName;
using core::DetailTerm;

namespace {

constexpr std::uint8_t wiegand_with_parity = 1;

}  // namespace

CardOrFault card_from(const CardBits& read, std::span<const wiegand::Format> accepted) {
    const auto fault = [&](DetailTerm term) {
        return std::unexpected(core::written({term, {{DetailName::bits, read.bit_count}}}));
    };
    if (read.bit_count == 0 || read.bit_count > 64) return fault(DetailTerm::frame_length_unknown);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < read.bit_count; ++i)
        bits = bits << 1 | (read.bits[i / 8] >> (7 - i % 8) & 1U);
    const auto has_length = [&](const wiegand::Format& one) { return one.length == read.bit_count; };
    const auto format = std::ranges::find_if(accepted, has_length);
    if (format == accepted.end()) {
        if (read.format == wiegand_with_parity || std::ranges::any_of(wiegand::formats(), has_length))
            return fault(DetailTerm::frame_length_unknown);
        return Card{{bits}};
    }
    if (const auto broken = wiegand::broken_parity(*format, bits)) {
        const std::string_view kind = *broken == wiegand::ParityKind::even ? "even" : "odd";
        return std::unexpected(
            core::written({DetailTerm::frame_parity_wrong,
                           {{DetailName::bits, read.bit_count}, {DetailName::parity, kind}}}));
    }
    return Card{{format->payload.of(bits)}, format->facility_of(bits)};
}

CardOrFault card_from(const CardText& read) {
    std::string text(read.text.begin(), read.text.end());
    if (read.reversed != 0) std::ranges::reverse(text);
    const auto card = base::CardNumber::from(text);
    if (!card) return std::unexpected(core::written({DetailTerm::frame_no_number, {}}));
    return Card{*card};
}

CardBits bits_of(const wiegand::Frame& frame) {
    CardBits card{0, wiegand_with_parity, frame.length, Bytes((frame.length + 7U) / 8)};
    for (std::size_t i = 0; i < frame.length; ++i) {
        const auto bit = static_cast<std::uint8_t>(frame.bits >> (frame.length - 1U - i) & 1U);
        card.bits[i / 8] = static_cast<std::uint8_t>(card.bits[i / 8] | bit << (7 - i % 8));
    }
    return card;
}

CardBits card_bits(base::CardNumber card) {
    const auto* usual = wiegand::find_format("34-bit");
    if (const auto frame = wiegand::encode(*usual, card)) return bits_of(*frame);
    auto bits = bits_of({card.value, 64});
    bits.format = 0;
    return bits;
}

}  // namespace sallyport::codec::osdp
