#include "adapters/net/http_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::adapters {
namespace {

TEST(Targets, are_taken_apart_and_decoded) {
    const auto target = parse_target("/a%20b/c+d?x=1+2&y=%2B&x=&z&=&&");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a b/c+d");
    EXPECT_EQ(target->query, (std::vector<std::pair<std::string, std::string>>{
                                 {"x", "1 2"}, {"y", "+"}, {"x", ""}, {"z", ""}}));
}

TEST(Targets, that_are_malformed_are_refused) {
    for (const auto* text : {"", "*", "http://host/", "/%", "/%1", "/%zz", "/%00", "/?a=%", "/?%00=1", "/%ff",
                             "/?a=%c3", "/?a=%c0%af", "/?a=%ed%a0%80", "/?a=%f4%90%80%80", "/?\xfe=1"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

RC_GTEST_PROP(Targets, of_random_bytes_never_do_harm, (std::string text)) {
    (void)parse_target(text);
    (void)parse_target("/" + text);
}

TEST(Answers, have_length_and_persistence) {
    const ports::HttpResponse response{200, {{"Content-Type", "text/plain"}}, "hello"};
    EXPECT_EQ(answer_text(response, Persistence::keep_alive, AnswerBody::sent),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(
        answer_text(response, Persistence::close, AnswerBody::left_out),
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(answer_text({204, {}, "ignored"}, Persistence::keep_alive, AnswerBody::sent),
              "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Answers, cannot_be_given_more_headers_by_a_value) {
    const ports::HttpResponse response{303, {{"Location", "/x\r\nSet-Cookie: a=b"}, {"X-Ok", "1"}}, ""};
    EXPECT_EQ(answer_text(response, Persistence::keep_alive, AnswerBody::sent),
              "HTTP/1.1 303 See Other\r\nX-Ok: 1\r\nContent-Length: 0\r\n\r\n");
}

TEST(Tokens, are_found_in_any_case_and_place) {
    EXPECT_TRUE(has_token("keep-alive, Upgrade", "upgrade"));
    EXPECT_TRUE(has_token("upgrade\t", "upgrade"));
    EXPECT_FALSE(has_token("upgrades", "upgrade"));
    EXPECT_FALSE(has_token("", "upgrade"));
}

}  // namespace
}  // namespace sallyport::adapters
