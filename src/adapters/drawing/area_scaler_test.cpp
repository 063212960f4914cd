#include "adapters/drawing/area_scaler.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::adapters {
namespace {

Raster scaled(const Raster& from, std::size_t side) {
    AreaScaler scaler(from.width, from.height, side);
    const auto row = 3 * from.width;
    for (std::size_t y = 0; y < from.height; ++y) scaler.take({&from.rgb[y * row], row});
    return std::move(scaler).finished();
}

std::pair<std::size_t, std::size_t> sides(std::size_t width, std::size_t height, std::size_t side) {
    const auto small = scaled({width, height, std::vector<std::uint8_t>(3 * width * height)}, side);
    EXPECT_EQ(small.rgb.size(), 3 * small.width * small.height);
    return {small.width, small.height};
}

TEST(AreaScaler, a_pixel_is_the_mean_of_what_it_covers) {
    const Raster from{4, 2, {0,  0, 9, 10, 100, 9, 255, 1, 0, 255, 2, 0,  //
                             20, 0, 9, 30, 100, 9, 255, 3, 0, 255, 4, 0}};
    const auto small = scaled(from, 2);
    EXPECT_EQ(small.width, 2U);
    EXPECT_EQ(small.height, 1U);
    EXPECT_EQ(small.rgb, (std::vector<std::uint8_t>{15, 50, 9, 255, 3, 0}));
}

TEST(AreaScaler, pixels_that_lie_between_two_count_for_both) {
    const Raster from{3, 3, {0,  0,   0,   90,  90, 90, 180, 180, 180, 0,  0,   0,   90, 90,
                             90, 180, 180, 180, 0,  0,  0,   90,  90,  90, 180, 180, 180}};
    EXPECT_EQ(scaled(from, 2).rgb,
              (std::vector<std::uint8_t>{30, 30, 30, 150, 150, 150, 30, 30, 30, 150, 150, 150}));
}

TEST(AreaScaler, the_longer_side_fits_and_the_other_follows) {
    EXPECT_EQ(sides(1'280, 960, 640), std::pair(std::size_t{640}, std::size_t{480}));
    EXPECT_EQ(sides(961, 1'281, 640), std::pair(std::size_t{480}, std::size_t{640}));
    EXPECT_EQ(sides(300, 200, 640), std::pair(std::size_t{300}, std::size_t{200}));
    EXPECT_EQ(sides(100'000, 1, 640), std::pair(std::size_t{640}, std::size_t{1}));
}

RC_GTEST_PROP(AreaScaler, one_colour_stays_that_colour, ()) {
    const auto width = *rc::gen::inRange<std::size_t>(1, 70);
    const auto height = *rc::gen::inRange<std::size_t>(1, 70);
    const auto side = *rc::gen::inRange<std::size_t>(1, 80);
    const auto colour = *rc::gen::arbitrary<std::uint8_t>();
    const auto small = scaled({width, height, std::vector<std::uint8_t>(3 * width * height, colour)}, side);
    RC_ASSERT(std::max(small.width, small.height) == std::min(side, std::max(width, height)));
    RC_ASSERT(small.rgb == std::vector<std::uint8_t>(3 * small.width * small.height, colour));
}

RC_GTEST_PROP(AreaScaler, what_fits_stays_as_it_is, ()) {
    const auto width = *rc::gen::inRange<std::size_t>(1, 20);
    const auto height = *rc::gen::inRange<std::size_t>(1, 20);
    const auto rgb = *rc::gen::container<std::vector<std::uint8_t>>(3 * width * height,
                                                                    rc::gen::arbitrary<std::uint8_t>());
    RC_ASSERT(scaled({width, height, rgb}, 20).rgb == rgb);
}

}  // namespace
}  // namespace sallyport::adapters
