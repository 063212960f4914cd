#pragma once
// What the readers of single formats of pictures share. Each takes a file of its format only.
#include <string_view>

#include "codec/picture/picture.hpp"

namespace sallyport::codec {

[[nodiscard]] inline unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}
[[nodiscard]] inline bool is_side(std::size_t pixels, unsigned side) {
    return pixels >= 1 && pixels <= side;
}

[[nodiscard]] std::optional<Picture> clean_jpeg(std::string_view file, unsigned side);
[[nodiscard]] std::optional<Picture> clean_png(std::string_view file, unsigned side);
[[nodiscard]] std::optional<Picture> clean_webp(std::string_view file, unsigned side);

}  // namespace sallyport::codec
