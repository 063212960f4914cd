#include "codec/mail/mail.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/base64.hpp"

namespace sallyport::codec {
namespace {

/// What stands after "NAME:", unfolded; encoded words are decoded, as a reader of mail does.
std::string header(const std::string& message, const std::string& name) {
    auto at = message.find("\r\n" + name + ":");
    if (at == std::string::npos) return {};
    at += name.size() + 3;
    std::string value;
    for (auto end = message.find("\r\n", at);; end = message.find("\r\n", at)) {
        value += message.substr(at, end - at);
        at = end + 2;
        if (message[at] != ' ') break;
    }
    std::string text;
    for (std::string_view rest = std::string_view(value).substr(1); !rest.empty();) {
        if (!rest.starts_with("=?UTF-8?B?")) return std::string(rest);
        const auto end = rest.find("?=");
        text += base::from_base64(rest.substr(10, end - 10)).value();
        rest.remove_prefix(std::min(rest.size(), end + 3));
    }
    return text;
}

std::string body(const std::string& message) {
    std::string digits;
    for (const char c : message.substr(message.find("\r\n\r\n") + 4))
        if (c != '\r' && c != '\n') digits += c;
    return base::from_base64(digits).value();
}

TEST(Mail, says_from_whom_to_whom_and_when) {
    const auto message = mail_message({.from = "doors@example.org",
                                       .to = "anna@example.org",
                                       .subject = "A test",
                                       .text = "It works.\nReally.\n",
                                       .at = {1'774'745'990'000'000},
                                       .id = "42"});
    EXPECT_TRUE(message.starts_with("Date: Sun, 29 Mar 2026 00:59:50 +0000\r\n")) << message;
    EXPECT_EQ(header(message, "From"), "Sallyport <doors@example.org>");
    EXPECT_EQ(header(message, "To"), "<anna@example.org>");
    EXPECT_EQ(header(message, "Message-ID"), "<42@example.org>");
    EXPECT_EQ(header(message, "Subject"), "A test");
    EXPECT_EQ(header(message, "Auto-Submitted"), "auto-generated");
    EXPECT_EQ(body(message), "It works.\r\nReally.\r\n");
}

TEST(Mail, knows_an_address_when_it_sees_one) {
    for (const auto* good : {"a@b", "anna.b+doors@example.org", "o'neil@x-y.example", "1@127.0.0.1"})
        EXPECT_TRUE(is_mail_address(good)) << good;
    for (const auto* bad : {"", "@", "a@", "@b", "a b@c", "a@b c", "a@b..c", ".a@b", "a.@b", "a@b@c", "a@-b",
                            "a@b\r\nBcc: c@d", "\"a\"@b", "a@[127.0.0.1]", "\xc3\xa4@b", "<a@b>", "a@b,c@d"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_TRUE(is_mail_address(std::string(64, 'a') + "@b"));
    EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
    EXPECT_FALSE(is_mail_address("a@" + std::string(253, 'b')));
}

/// Text of words in several scripts.
rc::Gen<std::string> words() {
    const auto word = rc::gen::element<std::string>("door", "\xc3\xa4", "\xe9\x97\xa8", "\xf0\x9f\x94\x91",
                                                    " ", "=?", "?=", ".", "\n");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(word), [](const auto& all) {
        std::string text;
        for (const auto& one : all) text += one;
        return text;
    });
}

RC_GTEST_PROP(Mail, travels_as_short_lines_of_ascii_and_arrives_as_it_was, ()) {
    auto subject = *words();
    std::erase(subject, '\n');
    const auto text = *words();
    const auto message = mail_message({.from = "a@b", .to = "c@d", .subject = subject, .text = text});
    RC_ASSERT(header(message, "Subject") == subject);
    std::string arrived;
    for (const char c : body(message))
        if (c != '\r') arrived += c;
    RC_ASSERT(arrived == text);
    std::size_t length = 0;
    for (std::size_t i = 0; i < message.size(); ++i) {
        RC_ASSERT(static_cast<unsigned char>(message[i]) < 0x80U);
        RC_ASSERT((message[i] == '\n') == (i > 0 && message[i - 1] == '\r'));
        length = message[i] == '\n' ? 0 : length + 1;
        RC_ASSERT(length <= 79U);
    }
}

}  // namespace
}  // namespace sallyport::codec
