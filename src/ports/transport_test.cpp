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
