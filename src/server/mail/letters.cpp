#include "server/mail/letters.hpp"

#include <fmt/core.h>

namespace sallyport::server {

namespace {

bool is_chinese(std::string_view language) {
    return language == "zh";
}

}  // namespace

Letter test_letter(std::string_view language, std::string_view host) {
    if (is_chinese(language))
        return {"Sallyport 测试邮件",
                fmt::format("这是 {} 上的 Sallyport 发送的测试邮件。邮件发送正常。\n", host)};
    return {"A test of Sallyport",
            fmt::format("This is a test of Sallyport on {}. Sending mail works.\n", host)};
}

}  // namespace sallyport::server
