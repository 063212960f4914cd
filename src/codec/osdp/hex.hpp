#pragma once
// Bytes from hexadecimal text with spaces: published frames stand in the tests as they were printed.
#include <string_view>

#include "codec/osdp/frame.hpp"

namespace sallyport::codec::osdp {

[[nodiscard]] inline Bytes from_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    Bytes bytes;
    std::size_t count = 0;
    for (const char c : text) {
        const auto value = digits.find(c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c);
        if (value == std::string_view::npos) continue;
        if (count++ % 2 == 0) bytes.push_back(0);
        bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4 | value);
    }
    return bytes;
}

}  // namespace sallyport::codec::osdp
