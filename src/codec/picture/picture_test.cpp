#include "codec/picture/picture.hpp"

#include <gtest/gtest.h>

namespace sallyport::codec {
namespace {

using namespace std::string_literals;

std::string big(std::size_t number) {
    return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
            static_cast<char>(number)};
}
std::string little(std::size_t number) {
    auto bytes = big(number);
    return {bytes.rbegin(), bytes.rend()};
}

std::string chunk(const std::string& name, const std::string& content) {
    return big(content.size()) + name + content + "sum!";
}
const std::string signature = "\x89PNG\r\n\x1A\n";
std::string header(std::size_t width, std::size_t height, const std::string& rest = "\x08\x02\0\0\0"s) {
    return chunk("IHDR", big(width) + big(height) + rest);
}
const std::string drawn = chunk("IDAT", "pixels");
const std::string over = chunk("IEND", "");
const std::string png = signature + header(800, 600) + drawn + over;

std::string part(const std::string& name, const std::string& content) {
    return name + little(content.size()) + content + std::string(content.size() % 2, '\0');
}
std::string webp(const std::string& parts) {
    return "RIFF" + little(parts.size() + 4) + "WEBP" + parts;
}
std::string lossy(std::size_t width, std::size_t height) {
    return part("VP8 ",
                "\x10\0\0\x9D\x01\x2A"s + little(width).substr(0, 2) + little(height).substr(0, 2) + "pixel");
}
std::string lossless(std::size_t width, std::size_t height) {
    return part("VP8L", "\x2F" + little((height - 1) << 14 | (width - 1)) + "pixels");
}
std::string features(char flags, const std::string& canvas = "\x1F\x03\0\x57\x02\0"s) {
    return part("VP8X", flags + "\0\0\0"s + canvas);
}

bool taken(const std::string& file) {
    return clean_picture(file, 8'000).has_value();
}

TEST(Picture, its_kind_and_sides_are_read_from_it) {
    const auto one = clean_picture(png, 8'000);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->kind, PictureKind::png);
    EXPECT_EQ(one->bytes, png);
    EXPECT_EQ(std::pair(one->width, one->height), std::pair(800U, 600U));
    for (const auto& parts : {lossy(320, 200), lossless(320, 200)}) {
        const auto read = clean_picture(webp(parts), 8'000);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->kind, PictureKind::webp);
        EXPECT_EQ(read->bytes, webp(parts));
        EXPECT_EQ(std::pair(read->width, read->height), std::pair(320U, 200U));
    }
}

TEST(Picture, nothing_is_kept_of_who_made_it_and_where) {
    const auto told = signature + header(800, 600) + chunk("tEXt", "Author Anna") +
                      chunk("eXIf", "52.5 13.4") + drawn + chunk("tIME", "now") + over + "<script>";
    EXPECT_EQ(clean_picture(told, 8'000)->bytes, png);
    const auto spoken = webp(features('\x1C') + part("ICCP", "profile") + part("ALPH", "veil") +
                             lossy(800, 600) + part("EXIF", "52.5 13.4") + part("XMP ", "Anna"));
    EXPECT_EQ(clean_picture(spoken + "<script>", 8'000)->bytes,
              webp(features('\x10') + part("ALPH", "veil") + lossy(800, 600)));
}

TEST(Picture, what_moves_is_too_large_or_is_none_is_refused) {
    EXPECT_FALSE(clean_picture(png, 799));
    EXPECT_TRUE(clean_picture(png, 800));
    EXPECT_FALSE(clean_picture(webp(lossy(320, 200)), 319));
    EXPECT_FALSE(clean_picture(webp(lossless(320, 200)), 319));
    for (const auto& file :
         {""s, "<svg xmlns='http://www.w3.org/2000/svg'/>"s, "GIF89a"s, signature + header(800, 600) + over,
          signature + drawn + over, signature + header(0, 600) + drawn + over,
          signature + header(800, 600, "\x03\x02\0\0\0"s) + drawn + over,
          signature + header(800, 600) + header(800, 600) + drawn + over,
          signature + header(800, 600) + chunk("JUNK", "") + drawn + over, webp(""), webp(part("EXIF", "x")),
          webp(features('\x02') + part("ANIM", "six") + lossy(8, 8)), webp(lossy(0, 8)),
          webp(features('\0', "\xFF\xFF\xFF\xFF\xFF\xFF") + lossy(8, 8)),
          webp(features('\0') + lossless(8, 8)), webp(part("VP8 ", "\x11\0\0\x9D\x01\x2A\x08\0\x08\0"s)),
          webp(lossy(8, 8)).replace(4, 1, "\xFF")})
        EXPECT_FALSE(taken(file)) << testing::PrintToString(file);
    for (const auto& whole : {png, webp(lossless(320, 200))})
        for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_FALSE(taken(whole.substr(0, cut))) << cut;
}

}  // namespace
}  // namespace sallyport::codec
