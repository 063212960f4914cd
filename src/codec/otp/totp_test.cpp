#include "codec/otp/totp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec::otp {
namespace {

using base::Secret;

base::UtcTime at(std::int64_t seconds) {
    return {seconds * 1'000'000};
}

const Secret key("12345678901234567890");

/// RFC 6238, appendix B, the SHA-1 lines; the last six of their eight digits.
TEST(Totp, of_the_standard) {
    for (const auto& [seconds, code] : {std::pair<std::int64_t, const char*>{59, "287082"},
                                        {1'111'111'109, "081804"},
                                        {1'111'111'111, "050471"},
                                        {1'234'567'890, "005924"},
                                        {2'000'000'000, "279037"},
                                        {20'000'000'000, "353130"}}) {
        EXPECT_EQ(code_at(key, step_at(at(seconds))).reveal(), code) << seconds;
        EXPECT_EQ(step_of(Secret(code), key, at(seconds)), seconds / 30);
    }
}

TEST(Totp, counts_one_step_before_and_after_and_no_more) {
    const Secret code = code_at(key, 1'000);
    for (const auto& [step, counts] :
         {std::pair{998, false}, {999, true}, {1'000, true}, {1'001, true}, {1'002, false}})
        EXPECT_EQ(step_of(code, key, at(step * 30 + 29)).has_value(), counts) << step;
    EXPECT_FALSE(step_of(Secret("12345"), key, at(30'000)));
    EXPECT_FALSE(step_of(Secret(""), key, at(30'000)));
    EXPECT_FALSE(step_of(code, Secret("another secret 12345"), at(30'000)));
}

/// RFC 4648, 10.
TEST(Base32, of_the_standard) {
    for (const auto& [bytes, text] : {std::pair{"", ""},
                                      {"f", "MY"},
                                      {"fo", "MZXQ"},
                                      {"foo", "MZXW6"},
                                      {"foob", "MZXW6YQ"},
                                      {"fooba", "MZXW6YTB"},
                                      {"foobar", "MZXW6YTBOI"}})
        EXPECT_EQ(base32(Secret(bytes)).reveal(), text);
}

RC_GTEST_PROP(Base32, has_a_digit_for_every_five_bits, (const std::string& bytes)) {
    RC_ASSERT(base32(Secret(bytes)).size() == (bytes.size() * 8 + 4) / 5);
}

TEST(KeyUri, is_what_apps_read) {
    EXPECT_EQ(key_uri(key, "Sallyport", "anna").reveal(),
              "otpauth://totp/Sallyport:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sallyport");
    EXPECT_EQ(key_uri(Secret("f"), "a b/é", "x:y").reveal(),
              "otpauth://totp/a%20b%2F%C3%A9:x%3Ay?secret=MY&issuer=a%20b%2F%C3%A9");
}

}  // namespace
}  // namespace sallyport::codec::otp
