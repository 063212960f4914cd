#include "codec/picture/formats.hpp"

namespace sallyport::codec {

namespace {

constexpr std::string_view signature = "\x89PNG\r\n\x1A\n";
/// Of each chunk: its length, its name, and a checksum after the content.
constexpr std::size_t around = 12;

std::size_t number_at(std::string_view bytes, std::size_t at) {
    return std::size_t{byte_at(bytes, at)} << 24 | std::size_t{byte_at(bytes, at + 1)} << 16 |
           std::size_t{byte_at(bytes, at + 2)} << 8 | byte_at(bytes, at + 3);
}

/// ISO/IEC 15948, 11.2.2: which depths go with which kind of colour.
bool is_colour(unsigned depth, unsigned kind) {
    const bool whole = depth == 8 || depth == 16;
    const bool packed = depth == 1 || depth == 2 || depth == 4;
    if (kind == 0) return whole || packed;
    if (kind == 3) return depth == 8 || packed;
    return (kind == 2 || kind == 4 || kind == 6) && whole;
}

bool read_header(std::string_view content, unsigned side, Picture& picture) {
    if (content.size() != 13) return false;
    const auto width = number_at(content, 0);
    const auto height = number_at(content, 4);
    picture.width = static_cast<unsigned>(width);
    picture.height = static_cast<unsigned>(height);
    return is_side(width, side) && is_side(height, side) &&
           is_colour(byte_at(content, 8), byte_at(content, 9)) && byte_at(content, 10) == 0 &&
           byte_at(content, 11) == 0 && byte_at(content, 12) <= 1;
}

}  // namespace

std::optional<Picture> clean_png(std::string_view file, unsigned side) {
    if (!file.starts_with(signature)) return std::nullopt;
    Picture picture;
    picture.kind = PictureKind::png;
    picture.bytes = signature;
    bool has_data = false;
    for (auto at = signature.size(); at + around <= file.size();) {
        const auto length = number_at(file, at);
        if (length > file.size() - at - around) return std::nullopt;
        const auto name = file.substr(at + 4, 4);
        const auto whole = file.substr(at, length + around);
        const bool first = at == signature.size();
        at += whole.size();
        if (first != (name == "IHDR")) return std::nullopt;
        if (first && !read_header(whole.substr(8, length), side, picture)) return std::nullopt;
        has_data = has_data || name == "IDAT";
        const bool needed = first || name == "PLTE" || name == "tRNS" || name == "IDAT" || name == "IEND";
        if (needed) picture.bytes += whole;
        if (name == "IEND") return has_data ? std::optional(std::move(picture)) : std::nullopt;
        // 5.4: without a chunk whose name begins with a capital the picture cannot be shown.
        if (!needed && name.front() >= 'A' && name.front() <= 'Z') return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace sallyport::codec
