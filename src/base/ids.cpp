#include "base/ids.hpp"

namespace sallyport::base {

namespace {

constexpr char digits[] = "0123456789ABCDEF";

std::optional<std::uint8_t> nibble(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
    return std::nullopt;
}

bool allowed_in_user_id(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.';
}

}  // namespace

std::optional<UserId> UserId::from(std::string_view text) {
    if (text.empty()) return std::nullopt;
    for (char c : text) {
        if (!allowed_in_user_id(c)) return std::nullopt;
    }
    auto bounded = BoundedText<31>::from(text);
    if (!bounded) return std::nullopt;
    UserId id;
    id.text_ = *bounded;
    return id;
}

std::string CardNumber::text() const {
    const int count = value > 0xFFFF'FFFFU ? 16 : 8;
    std::string result(static_cast<std::size_t>(count), '0');
    for (int i = 0; i < count; ++i) {
        result[static_cast<std::size_t>(count - 1 - i)] = digits[(value >> (4 * i)) & 0xF];
    }
    return result;
}

std::optional<CardNumber> CardNumber::from(std::string_view text) {
    if (text.empty() || text.size() > 16) return std::nullopt;
    std::uint64_t value = 0;
    for (char c : text) {
        auto digit = nibble(c);
        if (!digit) return std::nullopt;
        value = value << 4 | *digit;
    }
    return CardNumber{value};
}

std::string to_hex(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size() * 2);
    for (char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        result.push_back(digits[byte >> 4]);
        result.push_back(digits[byte & 0xF]);
    }
    return result;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string result;
    result.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        auto high = nibble(text[i]);
        auto low = nibble(text[i + 1]);
        if (!high || !low) return std::nullopt;
        result.push_back(static_cast<char>(*high << 4 | *low));
    }
    return result;
}

}  // namespace sallyport::base
