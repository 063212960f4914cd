#include "contract/picture_drawing_contract.hpp"

#include <cstdlib>
#include <png.h>

#include "adapters/drawing/formats.hpp"
#include "codec/picture/picture.hpp"

namespace sallyport::tests {

using adapters::Raster;
using ports::Undrawn;
using namespace std::string_literals;

namespace {

constexpr ports::PictureBounds bounds{640, 100 * 1'024};

enum class Colour { red, blue, white, another };

Colour colour_at(const Raster& raster, std::size_t x, std::size_t y) {
    const auto* pixel = &raster.rgb[3 * (y * raster.width + x)];
    const auto is = [&](int r, int g, int b) {
        return std::abs(pixel[0] - r) < 12 && std::abs(pixel[1] - g) < 12 && std::abs(pixel[2] - b) < 12;
    };
    if (is(255, 0, 0)) return Colour::red;
    if (is(0, 0, 255)) return Colour::blue;
    return is(255, 255, 255) ? Colour::white : Colour::another;
}

Raster halves(unsigned width, unsigned height) {
    Raster raster{width, height, {}};
    for (unsigned i = 0; i < width * height; ++i) {
        const bool left = i % width < width / 2;
        for (const int byte : {left ? 255 : 0, 0, left ? 0 : 255})
            raster.rgb.push_back(static_cast<std::uint8_t>(byte));
    }
    return raster;
}

std::string png_file(unsigned width, unsigned height, unsigned format,
                     const std::vector<std::uint8_t>& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = format;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string file(size, '\0');
    EXPECT_NE(png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr), 0);
    file.resize(size);
    return file;
}

/// With what a camera writes beside the picture: how it was held, and where.
std::string as_by_a_camera(std::string jpeg, char orientation) {
    const auto exif = "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation +
                      "\0\0\0\0\0\0GPS 52.5 13.4"s;
    const auto length = exif.size() + 2;
    return jpeg.insert(2, "\xFF\xE1"s + static_cast<char>(length >> 8) + static_cast<char>(length) + exif);
}

/// Its frame header says so; the coded data stays.
std::string claiming(std::string jpeg, unsigned width, unsigned height) {
    const auto frame = jpeg.find("\xFF\xC0\x00\x11\x08"s);
    EXPECT_NE(frame, std::string::npos);
    jpeg[frame + 5] = static_cast<char>(height >> 8);
    jpeg[frame + 6] = static_cast<char>(height);
    jpeg[frame + 7] = static_cast<char>(width >> 8);
    jpeg[frame + 8] = static_cast<char>(width);
    return jpeg;
}

std::string big_endian(unsigned number) {
    return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
            static_cast<char>(number)};
}

/// The header of a PNG with a checksum that is right.
std::string png_header(unsigned width, unsigned height) {
    const auto content = "IHDR" + big_endian(width) + big_endian(height) + "\x08\x02\0\0\0"s;
    std::uint32_t sum = 0xFFFFFFFF;
    for (const unsigned char byte : content) {
        sum ^= byte;
        for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum % 2 == 1 ? 0xEDB88320 : 0);
    }
    return "\x89PNG\r\n\x1A\n" + big_endian(13) + content + big_endian(~sum);
}

}  // namespace

std::string png_of(unsigned width, unsigned height) {
    return png_file(width, height, PNG_FORMAT_RGB, halves(width, height).rgb);
}

std::string jpeg_of(unsigned width, unsigned height) {
    return adapters::write_jpeg(halves(width, height), 10'000'000);
}

/// What is drawn of a file, taken apart again, or what stands in its place.
std::expected<Raster, Undrawn> drawn(const auto& draw, const std::string& file) {
    const auto made = draw(file, bounds);
    if (!made) return std::unexpected(made.error());
    EXPECT_LE(made->size(), bounds.bytes);
    const auto clean = codec::clean_picture(*made, bounds.side);
    EXPECT_TRUE(clean && clean->kind == codec::PictureKind::jpeg && clean->bytes == *made)
        << "nothing beside the picture";
    return adapters::read_jpeg(*made, {10'000, 0});
}

TEST_P(PictureDrawing, jpeg_and_png_become_small_jpegs) {
    for (const auto& file : {jpeg_of(800, 600), png_of(800, 600)}) {
        const auto picture = drawn(GetParam().draw, file);
        ASSERT_TRUE(picture);
        EXPECT_EQ(std::pair(picture->width, picture->height), std::pair(std::size_t{640}, std::size_t{480}));
        EXPECT_EQ(colour_at(*picture, 300, 240), Colour::red);
        EXPECT_EQ(colour_at(*picture, 340, 240), Colour::blue);
    }
    EXPECT_EQ(drawn(GetParam().draw, png_of(30, 20))->width, 30U) << "what is small stays so";
}

TEST_P(PictureDrawing, it_is_the_right_way_up_and_does_not_say_where) {
    const auto picture = drawn(GetParam().draw, as_by_a_camera(jpeg_of(800, 600), 6));
    ASSERT_TRUE(picture);
    EXPECT_EQ(std::pair(picture->width, picture->height), std::pair(std::size_t{480}, std::size_t{640}));
    EXPECT_EQ(colour_at(*picture, 240, 300), Colour::red) << "what was left is above";
    EXPECT_EQ(colour_at(*picture, 240, 340), Colour::blue);
    EXPECT_EQ(GetParam().draw(as_by_a_camera(jpeg_of(90, 60), 6), bounds)->find("GPS"), std::string::npos);
}

TEST_P(PictureDrawing, behind_what_is_transparent_it_is_white) {
    const auto picture =
        drawn(GetParam().draw, png_file(64, 64, PNG_FORMAT_RGBA, std::vector<std::uint8_t>(4 * 64 * 64)));
    ASSERT_TRUE(picture);
    EXPECT_EQ(colour_at(*picture, 30, 30), Colour::white);
}

TEST_P(PictureDrawing, what_is_no_picture_is_told) {
    for (const auto& file : {""s, "GIF89a"s, "<svg/>"s, std::string(10'000, 'x'), "RIFF\0\0\0\0WEBP"s})
        EXPECT_EQ(GetParam().draw(file, bounds).error(), Undrawn::no_picture);
    for (const auto& file : {"\xFF\xD8"s, "\x89PNG\r\n\x1A\n"s, "\xFF\xD8" + std::string(10'000, 'x')})
        EXPECT_EQ(GetParam().draw(file, bounds).error(), Undrawn::broken);
}

TEST_P(PictureDrawing, what_is_cut_off_is_broken) {
    for (const auto& whole : {jpeg_of(320, 240), png_of(320, 240)})
        for (const auto part : {2U, 4U, 10U})
            EXPECT_EQ(GetParam().draw(whole.substr(0, whole.size() * (part - 1) / part), bounds).error(),
                      Undrawn::broken)
                << part;
}

TEST_P(PictureDrawing, what_would_take_too_much_room_is_not_begun) {
    EXPECT_EQ(GetParam().draw(png_header(30'000, 30'000) + png_of(8, 8).substr(33), bounds).error(),
              Undrawn::too_large);
    EXPECT_EQ(GetParam().draw(claiming(jpeg_of(320, 240), 65'000, 65'000), bounds).error(),
              Undrawn::too_large);
    EXPECT_EQ(GetParam().draw(png_of(8, 8) + std::string(ports::picture_file_bytes, ' '), bounds).error(),
              Undrawn::too_large);
}

TEST_P(PictureDrawing, one_that_claims_more_than_it_has_is_broken) {
    EXPECT_EQ(GetParam().draw(claiming(jpeg_of(320, 240), 7'000, 7'000), bounds).error(), Undrawn::broken);
    EXPECT_EQ(GetParam().draw(png_header(7'000, 7'000) + png_of(8, 8).substr(33), bounds).error(),
              Undrawn::broken);
}

}  // namespace sallyport::tests
