#pragma once
// Wiegand frames as data: how long, which bits are parity over which others, where the fields are
// (readers.md, Wiegand; controller.md R1). Bits are numbered from the last one sent: bit 0 is the last.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bounded.hpp"
#include "base/ids.hpp"

namespace sallyport::codec::wiegand {

/// A whole frame, the first bit sent being the highest. At most 64 bits.
struct Frame {
    std::uint64_t bits = 0;
    std::uint8_t length = 0;
    friend bool operator==(const Frame&, const Frame&) = default;
};

enum class ParityKind : std::uint8_t { even, odd };

/// Bit `bit` makes the number of ones in `over` and itself even, or odd.
struct Parity {
    std::uint8_t bit = 0;
    ParityKind kind = ParityKind::even;
    std::uint64_t over = 0;
    friend bool operator==(const Parity&, const Parity&) = default;
};

/// `length` bits from bit `last` upwards; length 0: the format has no such field.
struct Field {
    std::uint8_t last = 0;
    std::uint8_t length = 0;
    [[nodiscard]] constexpr std::uint64_t of(std::uint64_t bits) const {
        return length == 0 ? 0 : bits >> last & (~std::uint64_t{0} >> (64 - length));
    }
    friend bool operator==(const Field&, const Field&) = default;
};

using FormatName = base::BoundedText<31>;

struct Format {
    FormatName name;
    std::uint8_t length = 0;
    Field payload;   ///< what becomes the card's number
    Field facility;  ///< or company
    Field number;
    std::array<Parity, 3> parities;  ///< made in this order; those with `over` 0 do not exist
    /// Of a frame; none where the format has no such field, or one of more than 32 bits.
    [[nodiscard]] constexpr std::optional<std::uint32_t> facility_of(std::uint64_t bits) const {
        if (facility.length == 0 || facility.length > 32) return std::nullopt;
        return static_cast<std::uint32_t>(facility.of(bits));
    }
    friend bool operator==(const Format&, const Format&) = default;
};

/// All that are known. Where two have the same length, a decoder takes the first that it was given.
[[nodiscard]] std::span<const Format> formats();
/// By name ("H10301"); null when there is none.
[[nodiscard]] const Format* find_format(std::string_view name);

/// The first parity that does not hold.
[[nodiscard]] std::optional<ParityKind> broken_parity(const Format&, std::uint64_t bits);

/// nullopt when the number has more bits than the payload.
[[nodiscard]] std::optional<Frame> encode(const Format&, base::CardNumber);

/// A key press is a frame of its own: four bits, or eight with the inverted key before it.
enum class KeyBurst : std::uint8_t { four_bits, eight_bits };
/// '0'-'9', '*' (sent as 10) and '#' (sent as 11); nullopt for another character.
[[nodiscard]] std::optional<Frame> encode_key(char key, KeyBurst);
/// nullopt for a length or value that is no key.
[[nodiscard]] std::optional<char> decode_key(const Frame&);

}  // namespace sallyport::codec::wiegand
