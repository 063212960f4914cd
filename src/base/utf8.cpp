#include "base/utf8.hpp"

#include <cstdint>

namespace sallyport::base {

std::size_t character_length(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool no_character = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
    return overlong || no_character ? 0 : length;
}

std::string clean_line(std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto length = character_length(text);
        const auto character = text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
        const bool is_control =
            (length == 1 && (static_cast<std::uint8_t>(character[0]) < 0x20 || character[0] == 0x7F)) ||
            (length == 2 && character >= "\xC2\x80" && character <= "\xC2\x9F");
        const bool is_none = length == 0 || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
        clean += is_control ? " " : is_none ? replacement : character;
    }
    return clean;
}

}  // namespace sallyport::base
