#pragma once
// Decodes a picture of a stranger and draws it anew, in this process: only
// sallyport-picture, which has nothing to lose, and tests use it.
#include "ports/picture_drawing.hpp"

namespace sallyport::adapters {

[[nodiscard]] std::expected<std::string, ports::Undrawn> draw_picture(std::string_view file,
                                                                      const ports::PictureBounds&);

}  // namespace sallyport::adapters
