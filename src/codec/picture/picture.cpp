#include "codec/picture/picture.hpp"

#include "codec/picture/formats.hpp"

namespace sallyport::codec {

std::optional<Picture> clean_picture(std::string_view file, unsigned side) {
    if (file.starts_with("\xFF\xD8")) return clean_jpeg(file, side);
    if (file.starts_with("\x89PNG")) return clean_png(file, side);
    if (file.starts_with("RIFF")) return clean_webp(file, side);
    return std::nullopt;
}

}  // namespace sallyport::codec
