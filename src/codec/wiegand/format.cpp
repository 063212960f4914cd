#include "codec/wiegand/format.hpp"

#include <algorithm>
#include <bit>

namespace sallyport::codec::wiegand {

namespace {

constexpr std::uint64_t ones(std::uint8_t last, std::uint8_t length) {
    return (~std::uint64_t{0} >> (64 - length)) << last;
}

constexpr auto even = ParityKind::even;
constexpr auto odd = ParityKind::odd;

consteval FormatName name(std::string_view text) {
    return FormatName::from(text).value();
}

// The halves of the 37-bit formats share their middle bit. Corporate 1000 checks two bits of every three,
// twice, and then the whole frame.
constexpr std::array<Format, 5> table{{
    {name("H10301"), 26, {1, 24}, {17, 8}, {1, 16}, {{{25, even, ones(13, 12)}, {0, odd, ones(1, 12)}}}},
    {name("34-bit"), 34, {1, 32}, {17, 16}, {1, 16}, {{{33, even, ones(17, 16)}, {0, odd, ones(1, 16)}}}},
    {name("Corporate 1000"),
     35,
     {1, 32},
     {21, 12},
     {1, 20},
     {{{33, even, 0x1'B6DB'6DB6}, {0, odd, 0x3'6DB6'DB6C}, {34, odd, ones(0, 34)}}}},
    {name("H10302"), 37, {1, 35}, {}, {1, 35}, {{{36, even, ones(18, 18)}, {0, odd, ones(1, 18)}}}},
    {name("H10304"), 37, {1, 35}, {20, 16}, {1, 19}, {{{36, even, ones(18, 18)}, {0, odd, ones(1, 18)}}}},
}};

constexpr std::string_view keys = "0123456789*#";

bool holds(const Parity& parity, std::uint64_t bits) {
    const auto covered = parity.over | std::uint64_t{1} << parity.bit;
    const bool is_odd = std::popcount(bits & covered) % 2 != 0;
    return is_odd == (parity.kind == ParityKind::odd);
}

}  // namespace

std::span<const Format> formats() {
    return table;
}

const Format* find_format(std::string_view wanted) {
    const auto* found =
        std::ranges::find(table, wanted, [](const Format& format) { return format.name.view(); });
    return found == table.end() ? nullptr : found;
}

std::optional<ParityKind> broken_parity(const Format& format, std::uint64_t bits) {
    for (const auto& parity : format.parities) {
        if (parity.over != 0 && !holds(parity, bits)) return parity.kind;
    }
    return std::nullopt;
}

std::optional<Frame> encode(const Format& format, base::CardNumber card) {
    if (format.payload.of(card.value << format.payload.last) != card.value) return std::nullopt;
    Frame frame{card.value << format.payload.last, format.length};
    for (const auto& parity : format.parities) {
        if (parity.over != 0 && !holds(parity, frame.bits)) frame.bits |= std::uint64_t{1} << parity.bit;
    }
    return frame;
}

std::optional<Frame> encode_key(char key, KeyBurst burst) {
    const auto value = keys.find(key);
    if (value == std::string_view::npos) return std::nullopt;
    if (burst == KeyBurst::four_bits) return Frame{value, 4};
    return Frame{(~value & 0xF) << 4 | value, 8};
}

std::optional<char> decode_key(const Frame& frame) {
    const auto value = frame.bits & 0xF;
    if (value >= keys.size()) return std::nullopt;
    if (frame.length == 4) return keys[value];
    if (frame.length == 8 && (frame.bits >> 4 ^ 0xF) == value) return keys[value];
    return std::nullopt;
}

}  // namespace sallyport::codec::wiegand
