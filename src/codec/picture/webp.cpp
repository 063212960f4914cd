#include "codec/picture/formats.hpp"

namespace sallyport::codec {

namespace {

constexpr std::size_t head = 12;  // "RIFF", the length of the rest, "WEBP"

std::size_t number_at(std::string_view bytes, std::size_t at, int count) {
    std::size_t number = 0;
    for (int i = 0; i < count; ++i)
        number |= std::size_t{byte_at(bytes, at + static_cast<std::size_t>(i))} << (8 * i);
    return number;
}

std::string four_bytes(std::size_t number) {
    return {static_cast<char>(number), static_cast<char>(number >> 8), static_cast<char>(number >> 16),
            static_cast<char>(number >> 24)};
}

/// RFC 9649, 2.5: a key frame of VP8 (RFC 6386, 9.1) or the header of the lossless format (3.4).
bool read_sides(std::string_view name, std::string_view content, Picture& picture) {
    if (name == "VP8 ") {
        if (content.size() < 10 || (byte_at(content, 0) & 1) != 0 || content.substr(3, 3) != "\x9D\x01\x2A")
            return false;
        picture.width = static_cast<unsigned>(number_at(content, 6, 2) & 0x3FFF);
        picture.height = static_cast<unsigned>(number_at(content, 8, 2) & 0x3FFF);
        return true;
    }
    if (content.size() < 5 || byte_at(content, 0) != 0x2F) return false;
    const auto bits = number_at(content, 1, 4);
    picture.width = static_cast<unsigned>(bits & 0x3FFF) + 1;
    picture.height = static_cast<unsigned>(bits >> 14 & 0x3FFF) + 1;
    return bits >> 29 == 0;
}

std::string chunk(std::string_view name, std::string_view content) {
    std::string whole(name);
    whole += four_bytes(content.size());
    whole += content;
    if (content.size() % 2 == 1) whole += '\0';
    return whole;
}

/// The sides of a canvas, as VP8X says them.
std::pair<std::size_t, std::size_t> canvas_of(std::string_view content) {
    return {number_at(content, 4, 3) + 1, number_at(content, 7, 3) + 1};
}

/// What says that there is transparency; nothing else of it stays true. nullopt: it moves.
std::optional<std::string> cleaned_features(std::string_view content) {
    constexpr unsigned animated = 0x02;
    constexpr unsigned transparent = 0x10;
    if (content.size() != 10 || (byte_at(content, 0) & animated) != 0) return std::nullopt;
    std::string kept(4, '\0');
    kept[0] = static_cast<char>(byte_at(content, 0) & transparent);
    kept += content.substr(4);
    return kept;
}

}  // namespace

std::optional<Picture> clean_webp(std::string_view file, unsigned side) {
    if (file.size() < head || file.substr(8, 4) != "WEBP") return std::nullopt;
    const auto length = number_at(file, 4, 4);
    if (length < 4 || length > file.size() - 8) return std::nullopt;
    file = file.substr(0, length + 8);
    Picture picture;
    picture.kind = PictureKind::webp;
    std::string kept;
    std::optional<std::pair<std::size_t, std::size_t>> canvas;
    for (auto at = head; at + 8 <= file.size();) {
        const auto name = file.substr(at, 4);
        const auto size = number_at(file, at + 4, 4);
        if (size + size % 2 > file.size() - at - 8) return std::nullopt;
        const auto content = file.substr(at + 8, size);
        at += 8 + size + size % 2;
        if (name == "VP8X") {
            const auto features = cleaned_features(content);
            if (!features || !kept.empty()) return std::nullopt;
            kept += chunk(name, *features);
            canvas = canvas_of(content);
        } else if (name == "ALPH") {
            kept += chunk(name, content);
        } else if (name == "VP8 " || name == "VP8L") {
            if (!read_sides(name, content, picture) || !is_side(picture.width, side) ||
                !is_side(picture.height, side))
                return std::nullopt;
            // A picture that stands fills its canvas (RFC 9649, 2.7): readers make room for what VP8X says.
            if (canvas && *canvas != std::pair<std::size_t, std::size_t>(picture.width, picture.height))
                return std::nullopt;
            kept += chunk(name, content);
            picture.bytes = "RIFF" + four_bytes(kept.size() + 4) + "WEBP" + kept;
            return picture;
        }
    }
    return std::nullopt;
}

}  // namespace sallyport::codec
