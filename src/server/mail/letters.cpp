#include "server/mail/letters.hpp"

#include <fmt/core.h>

namespace sallyport::server {

namespace {

bool is_chinese(std::string_view language) {
    return language == "zh";
}

/// "1234-5678"
std::string grouped(std::string_view code) {
    return fmt::format("{}-{}", code.substr(0, 4), code.substr(4));
}

}  // namespace

Letter test_letter(std::string_view language, std::string_view host) {
    if (is_chinese(language))
        return {"Sallyport 测试邮件",
                fmt::format("这是 {} 上的 Sallyport 发送的测试邮件。邮件发送正常。\n", host)};
    return {"A test of Sallyport",
            fmt::format("This is a test of Sallyport on {}. Sending mail works.\n", host)};
}

Letter proof_letter(std::string_view language, const CodeLetter& of) {
    if (is_chinese(language))
        return {"Sallyport 邮箱验证码",
                fmt::format("请在 {} 上的 Sallyport 输入以下验证码，将此邮箱用于账户 {}：\n\n    {}\n\n"
                            "验证码 {} 分钟内有效，只能使用一次。如果不是您本人操作，请忽略此邮件。\n",
                            of.host, of.account, grouped(of.code), of.life.count())};
    return {"Your code for Sallyport",
            fmt::format("Type this code at Sallyport on {} to use this mailbox for the account {}:\n\n"
                        "    {}\n\nIt is good for {} minutes, once. If it was not you who asked for it, "
                        "do nothing.\n",
                        of.host, of.account, grouped(of.code), of.life.count())};
}

Letter password_letter(std::string_view language, const CodeLetter& of) {
    if (is_chinese(language))
        return {"Sallyport 新密码验证码",
                fmt::format("有人（希望是您本人）忘记了 {} 上 Sallyport 账户 {} "
                            "的密码。设置新密码的验证码为：\n\n"
                            "    {}\n\n验证码 {} 分钟内有效，只能使用一次。如果不是您本人操作，请忽略此邮件："
                            "没有验证码，任何设置都不会改变。请勿将验证码告诉任何人。\n",
                            of.host, of.account, grouped(of.code), of.life.count())};
    return {"A new password for Sallyport",
            fmt::format("Somebody, we hope you, has forgotten the password of the account {} at Sallyport on "
                        "{}. The code for a new one is\n\n    {}\n\nIt is good for {} minutes, once. If it "
                        "was not you, do nothing: without the code nothing changes. Tell it nobody.\n",
                        of.account, of.host, grouped(of.code), of.life.count())};
}

Letter password_changed_letter(std::string_view language, std::string_view account, std::string_view host) {
    if (is_chinese(language))
        return {"Sallyport 密码已更改", fmt::format("{} 上 Sallyport 账户 {} 的密码已更改，其会话已结束。\n\n"
                                                    "如果不是您本人操作，请立即通知管理员。\n",
                                                    host, account)};
    return {"Your password for Sallyport was changed",
            fmt::format("The password of the account {} at Sallyport on {} was changed, and its sessions "
                        "have ended.\n\nIf it was not you, tell an administrator at once.\n",
                        account, host)};
}

Letter mailbox_left_letter(std::string_view language, std::string_view account, std::string_view host) {
    if (is_chinese(language))
        return {"Sallyport 邮箱已更改", fmt::format("此邮箱不再用于 {} 上的 Sallyport 账户 {}。\n\n"
                                                    "如果不是您本人操作，请立即通知管理员。\n",
                                                    host, account)};
    return {"Your mailbox for Sallyport was changed",
            fmt::format("This mailbox is not used any more for the account {} at Sallyport on {}.\n\n"
                        "If it was not you, tell an administrator at once.\n",
                        account, host)};
}

}  // namespace sallyport::server
