#include "server/api/callers.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

ports::HttpRequest request(std::vector<std::pair<std::string, std::string>> headers,
                           std::string peer = "10.0.0.7") {
    ports::HttpRequest made;
    made.headers = std::move(headers);
    made.peer_address = std::move(peer);
    return made;
}

TEST(Callers, only_loopback_without_a_proxy_is_the_machine) {
    EXPECT_EQ(caller_of(request({}, "127.0.0.1")).place, Caller::Place::machine);
    EXPECT_EQ(caller_of(request({}, "::1")).place, Caller::Place::machine);
    EXPECT_EQ(caller_of(request({}, "::ffff:127.0.0.1")).place, Caller::Place::machine);
    EXPECT_EQ(caller_of(request({}, "10.0.0.7")).place, Caller::Place::network);
    EXPECT_EQ(caller_of(request({{"x-forwarded-for", "10.0.0.7"}}, "127.0.0.1")).place,
              Caller::Place::network);
}

TEST(Callers, takes_the_token_from_the_header_or_the_cookie) {
    EXPECT_EQ(token_of(request({})), "");
    EXPECT_EQ(token_of(request({{"authorization", "Bearer abc"}, {"cookie", "sallyport_session=def"}})),
              "abc");
    EXPECT_EQ(token_of(request({{"cookie", "other=1; sallyport_session=def; more=2"}})), "def");
    EXPECT_EQ(token_of(request({{"cookie", "sallyport_session_old=1"}})), "");
    EXPECT_EQ(token_of(request({{"cookie", "sallyport_session"}})), "");
}

TEST(Callers, keep_the_cookie_only_when_asked_to) {
    const NewSession session{base::Secret("abc"), "admin", {}, Stay::while_used};
    EXPECT_EQ(session_cookie(session), "sallyport_session=abc; Path=/; HttpOnly; Secure; SameSite=Strict");
    const NewSession kept{base::Secret("abc"), "admin", {}, Stay::kept};
    EXPECT_EQ(session_cookie(kept), session_cookie(session) + "; Max-Age=2592000");
    EXPECT_EQ(ended_session_cookie(),
              "sallyport_session=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0");
}

TEST(Callers, knows_a_page_of_another_site) {
    EXPECT_FALSE(comes_from_elsewhere(request({{"host", "site:8443"}})));
    EXPECT_FALSE(comes_from_elsewhere(request({{"host", "site:8443"}, {"origin", "https://site:8443"}})));
    EXPECT_TRUE(comes_from_elsewhere(request({{"host", "site:8443"}, {"origin", "https://evil.example"}})));
    EXPECT_TRUE(comes_from_elsewhere(request({{"host", "site:8443"}, {"origin", "null"}})));
    EXPECT_TRUE(comes_from_elsewhere(request({{"host", "site:8443"}, {"origin", "http://site:8443"}})));
    EXPECT_TRUE(comes_from_elsewhere(request({{"host", "site:8443"}, {"origin", "https://site"}})));
}

TEST(Callers, does_not_keep_control_characters_of_an_agent) {
    EXPECT_EQ(caller_of(request({{"user-agent", "a\x01\xc3\xa4"}})).agent, "a???");
}

}  // namespace
}  // namespace sallyport::server
