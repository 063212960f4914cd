#include <memory>
#include <png.h>

#include "adapters/drawing/formats.hpp"

namespace sallyport::adapters {

Raster read_png(std::string_view file, const ports::PictureBounds& bounds) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<png_image, decltype(&png_image_free)> freed(&image, png_image_free);
    if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0)
        throw Refusal{ports::Undrawn::broken};
    check_pixels(image.width, image.height, bounds);
    image.format = PNG_FORMAT_RGB;
    const std::size_t row = std::size_t{3} * image.width;
    std::vector<std::uint8_t> pixels(row * image.height);
    const png_color white{255, 255, 255};  // behind what is transparent
    if (png_image_finish_read(&image, &white, pixels.data(), 0, nullptr) == 0)
        throw Refusal{ports::Undrawn::broken};
    AreaScaler scaler(image.width, image.height, bounds.side);
    for (std::size_t at = 0; at < pixels.size(); at += row) scaler.take({&pixels[at], row});
    return std::move(scaler).finished();
}

}  // namespace sallyport::adapters
