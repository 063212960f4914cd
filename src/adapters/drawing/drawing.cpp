#include "adapters/drawing/drawing.hpp"

#include <new>

#include "adapters/drawing/formats.hpp"

namespace sallyport::adapters {

std::expected<std::string, ports::Undrawn> draw_picture(std::string_view file,
                                                        const ports::PictureBounds& bounds) {
    try {
        if (file.size() > ports::picture_file_bytes) return std::unexpected(ports::Undrawn::too_large);
        if (file.starts_with("\xFF\xD8")) return write_jpeg(read_jpeg(file, bounds), bounds.bytes);
        if (file.starts_with("\x89PNG")) return write_jpeg(read_png(file, bounds), bounds.bytes);
        return std::unexpected(ports::Undrawn::no_picture);
    } catch (const Refusal& refusal) {
        return std::unexpected(refusal.why);
    } catch (const std::bad_alloc&) {
        return std::unexpected(ports::Undrawn::too_large);
    }
}

Raster turned(Raster from, unsigned orientation) {
    const bool sideways = orientation >= 5;
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    if (!sideways && !from_right && !from_below) return from;
    Raster to{sideways ? from.height : from.width, sideways ? from.width : from.height, {}};
    to.rgb.reserve(from.rgb.size());
    for (std::size_t y = 0; y < to.height; ++y)
        for (std::size_t x = 0; x < to.width; ++x) {
            const auto across = sideways ? y : x;
            const auto down = sideways ? x : y;
            const auto column = from_right ? from.width - 1 - across : across;
            const auto row = from_below ? from.height - 1 - down : down;
            const auto* pixel = &from.rgb[3 * (row * from.width + column)];
            to.rgb.insert(to.rgb.end(), pixel, pixel + 3);
        }
    return to;
}

}  // namespace sallyport::adapters
