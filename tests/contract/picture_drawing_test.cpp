#include "adapters/drawing/drawing.hpp"
#include "contract/picture_drawing_contract.hpp"

namespace sallyport::tests {

INSTANTIATE_TEST_SUITE_P(here, PictureDrawing,
                         testing::Values(DrawingImplementation{"here", adapters::draw_picture}),
                         [](const auto& one) { return one.param.name; });

}  // namespace sallyport::tests
