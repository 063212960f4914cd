#include "ports/transport.hpp"

#include <gtest/gtest.h>

namespace sallyport::ports {
namespace {

TEST(Endpoints, are_read_and_written_alike) {
    for (const auto* text : {"127.0.0.1:37777", "[::1]:8443", "door.example:0", "0.0.0.0:65535"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(text_of(*endpoint), text);
    }
}

TEST(Endpoints, say_what_a_wrong_one_should_look_like) {
    for (const auto* text : {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                             "a:1x", "::1:80", "[]:80", "a b:80", "a\x01:80"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_EQ(endpoint.error().kind, base::ErrorKind::invalid);
        EXPECT_NE(endpoint.error().message.find("192.168.0.2:8443"), std::string::npos);
    }
}

TEST(Fingerprints, are_read_however_they_are_typed_and_written_in_one_way) {
    constexpr std::string_view written =
        "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08";
    for (const auto* typed :
         {"9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08",
          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "9f86d081 884c7d65 9a2feaa0 c55ad015 a3bf4f1b 2b0b822c d15d6c15 b0f00a08"})
        EXPECT_EQ(fingerprint_from(typed), written) << typed;
    for (const auto* wrong : {"", "9F:86", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0",
                              "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0x"})
        EXPECT_FALSE(fingerprint_from(wrong)) << wrong;
}

TEST(Requests, answer_absent_names_with_nothing) {
    HttpRequest request;
    request.headers = {{"host", "door"}};
    request.query = {{"limit", "10"}, {"limit", "20"}};
    EXPECT_EQ(request.header("host"), "door");
    EXPECT_EQ(request.header("origin"), "");
    EXPECT_EQ(request.parameter("limit"), "10");
    EXPECT_EQ(request.parameter("cursor"), "");
}

}  // namespace
}  // namespace sallyport::ports
