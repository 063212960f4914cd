#include "codec/wiegand/format_text.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace sallyport::codec::wiegand {

namespace {

std::unexpected<base::Error> wrong(std::string words) {
    return base::fail(base::ErrorKind::invalid, "wiegand_format", std::move(words));
}

std::string without_spaces(std::string_view text) {
    std::string result(text);
    std::erase(result, ' ');
    return result;
}

/// The bits with one of these letters, the last letter being bit 0.
std::uint64_t marked(std::string_view letters, std::string_view wanted) {
    std::uint64_t bits = 0;
    for (const char letter : letters)
        bits = bits << 1 | (wanted.find(letter) == std::string_view::npos ? 0 : 1);
    return bits;
}

/// nullopt when they do not stand together.
std::optional<Field> field_of(std::uint64_t bits) {
    if (bits == 0) return Field{};
    const Field field{static_cast<std::uint8_t>(std::countr_zero(bits)),
                      static_cast<std::uint8_t>(std::popcount(bits))};
    const auto together = ~std::uint64_t{0} >> (64 - field.length) << field.last;
    if (together != bits) return std::nullopt;
    return field;
}

base::Result<Parity> parity_from(std::string_view text, std::size_t length) {
    const auto letters = without_spaces(text);
    if (letters.size() != length || letters.find_first_not_of("EOX.") != std::string::npos) {
        return wrong(fmt::format(
            "has a parity that is not one letter of E, O, X and . for each of its {} bits", length));
    }
    const auto made = marked(letters, "EO");
    if (std::popcount(made) != 1)
        return wrong("has a parity without exactly one E (even) or O (odd), the bit that it makes");
    const auto over = marked(letters, "X");
    if (over == 0) return wrong("has a parity over no bit: mark those that it covers with X");
    const auto kind = marked(letters, "E") != 0 ? ParityKind::even : ParityKind::odd;
    return Parity{static_cast<std::uint8_t>(std::countr_zero(made)), kind, over};
}

base::Status take_parities(Format& format, std::uint64_t parity_bits, std::span<const std::string> texts) {
    if (texts.size() > format.parities.size())
        return wrong(fmt::format("has {} parities; {} at most", texts.size(), format.parities.size()));
    auto not_made = parity_bits;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto parity = parity_from(texts[i], format.length);
        if (!parity) return std::unexpected(parity.error());
        const auto bit = std::uint64_t{1} << parity->bit;
        if ((not_made & bit) == 0)
            return wrong("has a parity whose E or O is not at a P, or at one that another makes already");
        not_made &= ~bit;
        if ((parity->over & not_made) != 0)
            return wrong("has a parity over one that is made after it: write that one first");
        format.parities[i] = *parity;
    }
    if (not_made != 0) return wrong("has a P that no parity makes");
    return {};
}

}  // namespace

base::Result<Format> format_from(std::string_view name, std::string_view bits,
                                 std::span<const std::string> parities) {
    const auto named = FormatName::from(name);
    if (!named || named->empty()) return wrong("needs a name of 1 to 31 letters");
    const auto letters = without_spaces(bits);
    if (letters.size() < shortest_card || letters.size() > longest_card) {
        return wrong(fmt::format("has {} bits; a card has from {} to {}", letters.size(), shortest_card,
                                 longest_card));
    }
    if (letters.find_first_not_of("PFNC") != std::string::npos)
        return wrong("has other letters for its bits than P, F, N and C");
    const auto payload = field_of(marked(letters, "FNC"));
    const auto facility = field_of(marked(letters, "F"));
    const auto number = field_of(marked(letters, "N"));
    if (!payload || !facility || !number || payload->length == 0)
        return wrong("has a P between the bits of the card, or F or N that do not stand together");
    Format format{*named, static_cast<std::uint8_t>(letters.size()), *payload, *facility, *number, {}};
    if (auto status = take_parities(format, marked(letters, "P"), parities); !status)
        return std::unexpected(status.error());
    return format;
}

base::Result<std::vector<Format>> formats_from(std::span<const core::CardFormat> wanted) {
    if (wanted.size() > most_formats)
        return wrong(fmt::format("There may be {} formats at most, not {}.", most_formats, wanted.size()));
    std::vector<Format> accepted;
    for (const auto& written : wanted) {
        const auto refuse = [&](std::string_view words) {
            return wrong(fmt::format("The format '{}' {}.", written.name, words));
        };
        const auto* known = find_format(written.name);
        if (known != nullptr && !(written.bits.empty() && written.parities.empty()))
            return refuse("is one that is known: give it by its name alone, or another name to yours");
        if (known == nullptr && written.bits.empty()) {
            std::vector<std::string_view> names;
            for (const auto& format : formats()) names.push_back(format.name.view());
            return refuse(fmt::format("needs bits, unless it is one of {}", fmt::join(names, ", ")));
        }
        const auto format = known != nullptr ? base::Result<Format>(*known)
                                             : format_from(written.name, written.bits, written.parities);
        if (!format) return refuse(format.error().message);
        for (const auto& other : accepted) {
            if (other.name == format->name) return refuse("stands twice in the list");
            if (other.length == format->length) {
                return refuse(fmt::format("has {} bits as '{}' has: readers can tell one of them only",
                                          format->length, other.name.view()));
            }
        }
        accepted.push_back(*format);
    }
    return accepted;
}

}  // namespace sallyport::codec::wiegand
