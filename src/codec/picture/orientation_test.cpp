#include "codec/picture/orientation.hpp"

#include <gtest/gtest.h>

namespace sallyport::codec {
namespace {

using namespace std::string_literals;

const std::string intel =
    "Exif\0\0II\x2A\0\x08\0\0\0\x02\0"
    "\x0F\x01\x02\0\x04\0\0\0Abc\0"
    "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"s;
const std::string motorola =
    "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01"
    "\x01\x12\0\x03\0\0\0\x01\0\x08\0\0"s;

TEST(Orientation, is_read_in_both_orders_of_bytes) {
    EXPECT_EQ(orientation_of(intel), 6U);
    EXPECT_EQ(orientation_of(motorola), 8U);
}

TEST(Orientation, what_is_not_understood_leaves_the_picture_as_it_is) {
    for (const auto& segment : {""s, "Exif"s, "http://ns.adobe.com/xap/1.0/\0"s, "Exif\0\0"s, "Exif\0\0XX"s})
        EXPECT_EQ(orientation_of(segment), 1U);
    for (std::size_t cut = 0; cut + 3 < intel.size(); ++cut)
        EXPECT_EQ(orientation_of(intel.substr(0, cut)), 1U) << cut;
    auto wrong = intel;
    wrong[wrong.size() - 4] = 9;
    EXPECT_EQ(orientation_of(wrong), 1U);
    auto far = intel;
    far.replace(10, 4, "\xFF\xFF\xFF\xFF");
    EXPECT_EQ(orientation_of(far), 1U);
}

}  // namespace
}  // namespace sallyport::codec
