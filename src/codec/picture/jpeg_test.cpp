#include <gtest/gtest.h>

#include "codec/picture/picture.hpp"

namespace sallyport::codec {

namespace {

using namespace std::string_literals;

std::string segment(char marker, const std::string& content) {
    const auto length = content.size() + 2;
    return std::string{'\xFF', marker, static_cast<char>(length >> 8), static_cast<char>(length)} + content;
}

std::string frame(unsigned height, unsigned width, char marker = '\xC0', char precision = 8) {
    return segment(marker, std::string{precision, static_cast<char>(height >> 8), static_cast<char>(height),
                                       static_cast<char>(width >> 8), static_cast<char>(width), 1} +
                               "\x01\x11\x00"s);
}

const std::string start = "\xFF\xD8";
const std::string end = "\xFF\xD9";
const std::string tables = segment('\xDB', std::string(65, '\1')) + segment('\xC4', std::string(20, '\2'));
const std::string scan = segment('\xDA', "\x01\x01\x00\x00\x3F\x00"s) + "data\xFF\x00more\xFF\xD0rest"s;
const std::string picture = start + tables + frame(400, 300) + scan + end;

bool taken(const std::string& file) {
    return clean_picture(file, 2'000).has_value();
}

}  // namespace

TEST(Jpeg, a_picture_stays_as_it_is) {
    EXPECT_EQ(clean_picture(picture, 2'000)->bytes, picture);
    EXPECT_TRUE(taken(start + tables + frame(2'000, 2'000, '\xC2') + scan + tables + scan + end))
        << "progressive, in several scans";
}

TEST(Jpeg, nothing_is_kept_of_where_it_was_taken_or_of_what_follows_it) {
    const auto told = start + segment('\xE1', "Exif GPS 52.5 13.4") + segment('\xFE', "by Anna") + tables +
                      "\xFF" + frame(400, 300) + scan + end + "<script>";
    EXPECT_EQ(clean_picture(told, 2'000)->bytes, picture);
}

TEST(Jpeg, what_is_no_picture_is_refused) {
    for (const auto& file :
         {""s, "\xFF\xD8\xFF\xD9"s, start + tables + scan + end, start + tables + frame(400, 300) + end,
          start + tables + frame(400, 300) + frame(400, 300) + scan + end,
          start + tables + frame(0, 300) + scan + end, start + tables + frame(400, 2'001) + scan + end,
          start + tables + frame(400, 300, '\xC0', 12) + scan + end,
          start + tables + frame(400, 300, '\xC9') + scan + end,
          start + "\xFF\xDB\x00\x01" + picture.substr(2)})
        EXPECT_FALSE(taken(file)) << testing::PrintToString(file);
    for (std::size_t cut = 0; cut < picture.size(); ++cut) EXPECT_FALSE(taken(picture.substr(0, cut))) << cut;
}

}  // namespace sallyport::codec
