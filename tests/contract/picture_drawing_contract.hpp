#pragma once
// The suite of ports::DrawPicture, for every implementation, and what pictures it is fed with.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "ports/picture_drawing.hpp"

namespace sallyport::tests {

struct DrawingImplementation {
    std::string name;
    std::function<std::expected<std::string, ports::Undrawn>(std::string_view, const ports::PictureBounds&)>
        draw;
};
class PictureDrawing : public testing::TestWithParam<DrawingImplementation> {};

/// Of one colour, but for its left half, which is red.
[[nodiscard]] std::string png_of(unsigned width, unsigned height);
[[nodiscard]] std::string jpeg_of(unsigned width, unsigned height);

}  // namespace sallyport::tests
