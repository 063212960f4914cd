#pragma once
// A Wiegand format as an installer writes it down, one letter for each bit in the order in which they are
// sent (controller.md R1, R4). H10301:
//
//   bits     "P FFFFFFFF NNNNNNNNNNNNNNNN P"
//   parities "E XXXXXXXX XXXX............ ."   even, over the bits marked X and itself
//            ". ........ ....XXXXXXXXXXXX O"   odd
//
// bits: P parity, F facility or company, N number, C any other bit of the card. What is not parity stands
// together and becomes the card's number; F, and N, stand together within it. Spaces mean nothing.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/wiegand/format.hpp"
#include "core/access/card_format.hpp"

namespace sallyport::codec::wiegand {

inline constexpr std::size_t shortest_card = 10;
inline constexpr std::size_t longest_card = 64;

/// `invalid` "wiegand_format" with what is wrong, as the rest of a sentence that begins with the format.
/// Refused are also: 4 and 8 bits, which are keys; a parity bit that no parity makes; a parity over one that
/// is made after it.
[[nodiscard]] base::Result<Format> format_from(std::string_view name, std::string_view bits,
                                               std::span<const std::string> parities);

inline constexpr std::size_t most_formats = 16;

/// What readers shall accept, all or nothing: no name and no length twice, because a reader tells formats
/// apart by their lengths. `invalid` "wiegand_format" with a sentence that names the format and what is
/// wrong.
[[nodiscard]] base::Result<std::vector<Format>> formats_from(std::span<const core::CardFormat>);

}  // namespace sallyport::codec::wiegand
