#pragma once
// Which way up a camera held a picture, as EXIF says it (CIPA DC-008, 4.6.5: tag 274). Pure.
#include <string_view>

namespace sallyport::codec {

/// `segment` is the content of a JPEG's APP1 segment. 1 to 8; 1, which is as it stands, where it says nothing
/// that can be understood.
[[nodiscard]] unsigned orientation_of(std::string_view segment);

}  // namespace sallyport::codec
