#include "core/record/detail.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "base/utf8.hpp"

namespace sallyport::core {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_bare(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':';
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// A value as its characters, each as it is written, so that cutting cuts no escape.
struct Written {
    std::string_view name;
    std::vector<std::string> characters;
    bool quoted = false;
    std::size_t bytes = 0;  ///< of the characters

    [[nodiscard]] std::size_t size() const { return 2 + name.size() + bytes + (quoted ? 2 : 0); }
    void quote_if_needed() {
        const auto bare = [](const std::string& one) { return one.size() == 1 && is_bare(one.front()); };
        quoted = characters.empty() || !std::ranges::all_of(characters, bare);
    }
};

std::string escaped(std::string_view character) {
    const char c = character.front();
    if (character.size() > 1) return std::string(character);
    if (c == '"' || c == '\\') return {'\\', c};
    if (is_control(c)) return fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    return {c};
}

Written written_value(const DetailValue& value) {
    Written result{.name = base::text_of(value.name), .characters = {}};
    std::string_view rest = value.text;
    // No more characters than could ever stand in a detail.
    while (!rest.empty() && result.bytes <= longest_detail) {
        const auto length = base::character_length(rest);
        result.characters.push_back(length == 0 ? std::string(replacement) : escaped(rest.substr(0, length)));
        result.bytes += result.characters.back().size();
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    result.quote_if_needed();
    return result;
}

void shorten(std::vector<Written>& values, std::size_t most) {
    std::size_t size = 0;
    for (const Written& value : values) size += value.size();
    while (size > most) {
        auto longest = std::ranges::max_element(values, {}, &Written::bytes);
        if (longest->characters.empty()) longest = std::prev(values.end());
        size -= longest->size();
        if (longest->characters.empty()) {
            values.pop_back();
            continue;
        }
        longest->bytes -= longest->characters.back().size();
        longest->characters.pop_back();
        longest->quote_if_needed();
        size += longest->size();
    }
}

/// What is read, front first.
struct Unread {
    std::string_view text;

    bool skip(char c) {
        if (!text.starts_with(c)) return false;
        text.remove_prefix(1);
        return true;
    }
    std::string_view bare() {
        const auto end = std::ranges::find_if_not(text, is_bare);
        const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(taken.size());
        return taken;
    }
    std::optional<char> escape() {
        if (skip('"')) return '"';
        if (skip('\\')) return '\\';
        if (!skip('x') || text.size() < 2) return std::nullopt;
        constexpr std::string_view digits = "0123456789abcdef";
        const auto high = digits.find(text[0]);
        const auto low = digits.find(text[1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        text.remove_prefix(2);
        return static_cast<char>(high * 16 + low);
    }
    std::optional<std::string> quoted() {
        std::string value;
        while (!text.empty()) {
            if (skip('"')) return value;
            if (skip('\\')) {
                const auto c = escape();
                if (!c) return std::nullopt;
                value += *c;
                continue;
            }
            value += text.front();
            text.remove_prefix(1);
        }
        return std::nullopt;
    }
};

}  // namespace

std::string written(const Detail& detail) {
    std::string text(base::text_of(detail.term));
    std::vector<Written> values;
    for (const DetailValue& value : detail.values) values.push_back(written_value(value));
    shorten(values, longest_detail - text.size());
    for (const Written& value : values) {
        text += fmt::format(" {}={}", value.name, value.quoted ? "\"" : "");
        for (const std::string& character : value.characters) text += character;
        if (value.quoted) text += '"';
    }
    return text;
}

std::optional<Detail> detail_from(std::string_view text) {
    Unread unread{text};
    const auto term = base::enum_from<DetailTerm>(unread.bare());
    if (!term) return std::nullopt;
    Detail detail{*term, {}};
    while (unread.skip(' ')) {
        const auto name = base::enum_from<DetailName>(unread.bare());
        if (!name || !unread.skip('=')) return std::nullopt;
        const auto value = unread.skip('"') ? unread.quoted() : std::string(unread.bare());
        if (!value) return std::nullopt;
        detail.values.emplace_back(*name, *value);
    }
    // Only what the writer writes: a text has one meaning, and a meaning one text.
    if (written(detail) != text) return std::nullopt;
    return detail;
}

}  // namespace sallyport::core
