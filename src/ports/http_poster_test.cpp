#include "ports/http_poster.hpp"

#include <gtest/gtest.h>

namespace sallyport::ports {
namespace {

TEST(HttpsUrl, is_taken_apart) {
    const auto full = parse_https_url("https://hooks.example.org:8443/in?key=1");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->host, "hooks.example.org");
    EXPECT_EQ(full->port, 8'443);
    EXPECT_EQ(full->target, "/in?key=1");
    EXPECT_EQ(full->authority, "hooks.example.org:8443");
    const auto bare = parse_https_url("https://10.0.0.7");
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->port, 443);
    EXPECT_EQ(bare->target, "/");
    EXPECT_EQ(parse_https_url("https://h?x").value().target, "/?x");
    const auto six = parse_https_url("https://[fd00::7]:444/");
    ASSERT_TRUE(six);
    EXPECT_EQ(six->host, "fd00::7");
    EXPECT_EQ(six->port, 444);
}

TEST(HttpsUrl, what_is_none_is_refused) {
    for (const auto* text :
         {"", "http://a", "https://", "https://:1", "https://a:", "https://a:0", "https://a:99999",
          "https://a:1x", "https://anna:secret@a", "https://a b", "https://a/\r\nX: y", "https://a/#part",
          "https://[::1", "https://::1", "https://a]", "https://\xc3\xa4.de", "https://a%00b/"})
        EXPECT_FALSE(parse_https_url(text)) << text;
    EXPECT_FALSE(parse_https_url("https://a/" + std::string(2'048, 'x')));
}

}  // namespace
}  // namespace sallyport::ports
