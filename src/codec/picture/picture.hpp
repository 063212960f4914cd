#pragma once
// Pictures from outside, as they are let in: JPEG (ITU-T T.81), PNG (ISO/IEC 15948) and WebP (RFC 9649), of
// which nothing is kept but the one picture: no place, camera or comment, no thumbnail, no animation, nothing
// after its end. The coded data is not decoded (decisions 0039, 0047). Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>

namespace sallyport::codec {

/// As the subtype of the media type is called.
enum class PictureKind : std::uint8_t { jpeg, png, webp };
BOOST_DESCRIBE_ENUM(PictureKind, jpeg, png, webp)

struct Picture {
    PictureKind kind = PictureKind::jpeg;
    unsigned width = 0;  ///< pixels, at least 1
    unsigned height = 0;
    std::string bytes;  ///< a file that is taken again as it is
};

/// nullopt: it is none of them, is animated, is cut off, or has a side of more than `side` pixels.
[[nodiscard]] std::optional<Picture> clean_picture(std::string_view file, unsigned side);

}  // namespace sallyport::codec
