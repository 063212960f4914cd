#include "codec/osdp/card.hpp"

#include <algorithm>

#include "codec/wiegand/format.hpp"

namespace sallyport::codec::osdp {

namespace {

constexpr std::uint8_t wiegand_with_parity = 1;

}  // namespace

CardOrFault card_from(const CardBits& read) {
    const auto said = std::to_string(read.bit_count) + " bits";
    if (read.bit_count == 0 || read.bit_count > 64)
        return std::unexpected(said + ", a length that no card has");
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < read.bit_count; ++i)
        bits = bits << 1 | (read.bits[i / 8] >> (7 - i % 8) & 1U);
    const auto format = std::ranges::find(wiegand::formats(), read.bit_count, &wiegand::Format::length);
    if (format == wiegand::formats().end()) {
        if (read.format == wiegand_with_parity) return std::unexpected(said + ", no known format");
        return base::CardNumber{bits};
    }
    if (const auto broken = wiegand::broken_parity(*format, bits)) {
        const bool even = *broken == wiegand::ParityKind::even;
        return std::unexpected(said + (even ? ", even parity wrong" : ", odd parity wrong"));
    }
    return base::CardNumber{format->payload.of(bits)};
}

CardOrFault card_from(const CardText& read) {
    std::string text(read.text.begin(), read.text.end());
    if (read.reversed != 0) std::ranges::reverse(text);
    const auto card = base::CardNumber::from(text);
    if (!card) return std::unexpected(std::to_string(text.size()) + " characters, not a hexadecimal number");
    return *card;
}

}  // namespace sallyport::codec::osdp
