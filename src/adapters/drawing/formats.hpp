#pragma once
// What the readers and the writer of single formats share.
#include <string>
#include <string_view>

#include "adapters/drawing/area_scaler.hpp"
#include "ports/picture_drawing.hpp"

namespace sallyport::adapters {

/// Thrown, also through libjpeg, which knows no other way to break off and keeps nothing that its destroy
/// does not free.
struct Refusal {
    ports::Undrawn why;
};

inline void check_pixels(std::size_t width, std::size_t height, const ports::PictureBounds& bounds) {
    if (width * height > bounds.pixels) throw Refusal{ports::Undrawn::too_large};
}

/// Small, and the right way up.
[[nodiscard]] Raster read_jpeg(std::string_view file, const ports::PictureBounds&);
[[nodiscard]] Raster read_png(std::string_view file, const ports::PictureBounds&);
/// Of the best quality with which it has at most `bytes`.
[[nodiscard]] std::string write_jpeg(const Raster&, std::size_t bytes);

/// As `orientation` of EXIF wants it shown.
[[nodiscard]] Raster turned(Raster, unsigned orientation);

}  // namespace sallyport::adapters
