#pragma once
// What a reader tells of a card, as the number that the whole product uses (controller.md R1). Pure.
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "base/ids.hpp"
#include "codec/osdp/message.hpp"
#include "codec/wiegand/format.hpp"

namespace sallyport::codec::osdp {

struct Card {
    base::CardNumber number;
    std::optional<std::uint32_t> facility{};  ///< where the Wiegand format has one
    friend bool operator==(const Card&, const Card&) = default;
};
/// The error is for a bad_frame record, a written core::Detail without any digit of the card.
using CardOrFault = std::expected<Card, std::string>;

/// RAW. A length that one of the accepted formats has is checked by that format's parities and gives its
/// payload. Another length, up to 64 bits, is a serial number as it came, unless the reader says that it has
/// parity, or it is that of a known format which is not accepted.
[[nodiscard]] CardOrFault card_from(const CardBits&,
                                    std::span<const wiegand::Format> accepted = wiegand::formats());
/// FMT: 1-16 hexadecimal digits.
[[nodiscard]] CardOrFault card_from(const CardText&);

/// A Wiegand frame as RAW.
[[nodiscard]] CardBits bits_of(const wiegand::Frame&);
/// What a reader tells of a card: its 34-bit frame, or 64 bits without parity where the number is longer.
[[nodiscard]] CardBits card_bits(base::CardNumber);

}  // namespace sallyport::codec::osdp
