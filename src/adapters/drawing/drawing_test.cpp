#include "adapters/drawing/drawing.hpp"

#include <gtest/gtest.h>

#include "adapters/drawing/formats.hpp"

namespace sallyport::adapters {
namespace {

/// Its pixels as digits, row by row.
std::string shown(const Raster& raster) {
    std::string text;
    for (std::size_t i = 0; i < raster.rgb.size(); i += 3) {
        if (i > 0 && i / 3 % raster.width == 0) text += '/';
        text += static_cast<char>('0' + raster.rgb[i]);
    }
    return text;
}

TEST(Drawing, a_picture_is_turned_as_the_camera_was_held) {
    const Raster from{3, 2, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}};
    ASSERT_EQ(shown(from), "123/456");
    const std::pair<unsigned, std::string> all[] = {{1, "123/456"},  {2, "321/654"},  {3, "654/321"},
                                                    {4, "456/123"},  {5, "14/25/36"}, {6, "41/52/63"},
                                                    {7, "63/52/41"}, {8, "36/25/14"}};
    for (const auto& [orientation, expected] : all)
        EXPECT_EQ(shown(turned(from, orientation)), expected) << orientation;
}

TEST(Drawing, quality_goes_before_a_file_is_too_large) {
    Raster noise{640, 640, std::vector<std::uint8_t>(3 * 640 * 640)};
    std::uint32_t state = 1;
    for (auto& byte : noise.rgb)
        byte = static_cast<std::uint8_t>((state = state * 1'664'525 + 1'013'904'223) >> 24);
    const auto fine = write_jpeg(noise, 10'000'000);
    const auto coarse = write_jpeg(noise, 100 * 1'024);
    EXPECT_GT(fine.size(), 200'000U);
    EXPECT_LE(coarse.size(), 100 * 1'024U);
    EXPECT_THROW((void)write_jpeg(noise, 1'000), Refusal);
}

}  // namespace
}  // namespace sallyport::adapters
