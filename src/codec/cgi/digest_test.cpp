#include "codec/cgi/digest.hpp"

#include <gtest/gtest.h>

namespace sallyport::codec::cgi {

namespace {

// RFC 7616, 3.9.1.
constexpr auto of_the_rfc =
    R"(Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, )"
    R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, )"
    R"(cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, )"
    R"(response="8ca523f5e9506fed4657c9700eebdbec", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";

base::Secret hash_of_the_rfc() {
    return password_hash("Mufasa", "http-auth@example.org", base::Secret("Circle of Life"));
}

}  // namespace

TEST(Digest, the_example_of_the_rfc_fits) {
    const auto said = credentials_from(of_the_rfc);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->user, "Mufasa");
    EXPECT_EQ(said->count, 1U);
    EXPECT_TRUE(fits(*said, "GET", hash_of_the_rfc()));
    EXPECT_FALSE(fits(*said, "POST", hash_of_the_rfc()));
    EXPECT_FALSE(fits(*said, "GET", password_hash("Mufasa", "http-auth@example.org", base::Secret("x"))));
}

TEST(Digest, the_login_of_the_dialect_is_built_on_the_same_hash) {
    const auto hash = password_hash("admin", "Login to SP0", base::Secret("correct horse"));
    EXPECT_EQ(hash.reveal(), md5_upper("admin:Login to SP0:correct horse").reveal());
    EXPECT_EQ(hash.size(), 32U);
    EXPECT_EQ(login_answer("admin", "12345", hash).reveal(),
              md5_upper("admin:12345:" + std::string(hash.reveal())).reveal());
    EXPECT_EQ(md5_upper("").reveal(), "D41D8CD98F00B204E9800998ECF8427E");
}

TEST(Digest, anything_else_is_not_read) {
    const std::string whole = of_the_rfc;
    EXPECT_FALSE(credentials_from(""));
    EXPECT_FALSE(credentials_from("Basic YWRtaW46eA=="));
    EXPECT_FALSE(credentials_from("Digest"));
    EXPECT_FALSE(credentials_from(whole + R"(, username="other")"));
    for (const auto& [part, other] : {std::pair{"nc=00000001", "nc=1"},
                                      {"nc=00000001", "nc=zzzzzzzz"},
                                      {"qop=auth", "qop=auth-int"},
                                      {"algorithm=MD5", "algorithm=SHA-256"},
                                      {"uri=\"/dir/index.html\", ", ""},
                                      {"\"8ca523f5e9506fed4657c9700eebdbec\"", "\"8ca5\""},
                                      {"opaque=\"FQ", "opaque=\"\\"}}) {
        auto text = whole;
        text.replace(text.find(part), std::string_view(part).size(), other);
        if (std::string_view(other) == "opaque=\"\\") text.pop_back();
        EXPECT_FALSE(credentials_from(text)) << text;
    }
}

}  // namespace sallyport::codec::cgi
