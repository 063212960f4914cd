#include "server/people/photo.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::string_literals;
using ports::Undrawn;

/// A JPEG as far as it is looked at: a frame of 40 x 30, a scan.
const std::string picture = "\xFF\xD8\xFF\xC0\0\x0B\x08\0\x1E\0\x28\x01\x01\x11\0\xFF\xDA\0\x02xx\xFF\xD9"s;

base::Result<std::string> made_of(std::expected<std::string, Undrawn> drawn) {
    const auto draw = [&](std::string_view file, const ports::PictureBounds& bounds, const std::stop_token&) {
        EXPECT_EQ(file, "file");
        EXPECT_EQ(bounds.side, 640U);
        EXPECT_EQ(bounds.bytes, 102'400U);
        return drawn;
    };
    return make_photo("file", draw, {});
}

TEST(Photo, what_is_drawn_is_kept) {
    EXPECT_EQ(made_of(picture).value(), picture);
}

TEST(Photo, why_there_is_none_is_told) {
    EXPECT_EQ(made_of(std::unexpected(Undrawn::no_picture)).error().code, "photo_unreadable");
    EXPECT_EQ(made_of(std::unexpected(Undrawn::too_large)).error().code, "photo_too_large");
    EXPECT_EQ(made_of(std::unexpected(Undrawn::broken)).error().code, "photo_broken");
    EXPECT_EQ(made_of(std::unexpected(Undrawn::failed)).error().code, "photo_not_drawn");
    EXPECT_EQ(made_of(std::unexpected(Undrawn::stopped)).error().code, "stopping");
}

TEST(Photo, who_draws_is_not_believed) {
    auto wide = picture;
    wide[9] = 3;  // 808 pixels
    EXPECT_EQ(made_of(picture + "<script>").value(), picture);
    for (const auto& drawn : {""s, "<svg/>"s, picture.substr(0, 20), wide,
                              picture.substr(0, 20) + std::string(102'400, 'x') + "\xFF\xD9"})
        EXPECT_EQ(made_of(drawn).error().code, "photo_not_drawn");
}

}  // namespace
}  // namespace sallyport::server
