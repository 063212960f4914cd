#pragma once
// A mail of plain text as it travels (RFC 5322, MIME): ASCII in short lines, whatever language it is in.
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sallyport::codec {

/// LOCAL@DOMAIN of RFC 5321 4.1.2 without quotes, comments and addresses in brackets: 3-254 characters of
/// ASCII, such as anna.b+doors@example.org. What passes can stand in a header and in an envelope as it is.
[[nodiscard]] bool is_mail_address(std::string_view text);

struct MailText {
    std::string from{};  ///< the addresses are as is_mail_address takes them
    std::string to{};
    std::string subject{};  ///< UTF-8, one line
    std::string text{};     ///< UTF-8, lines that end with \n
    base::UtcTime at{};
    std::string id{};  ///< letters and digits; unique for the sender's domain
};

/// Headers and body with \r\n, every line at most 78 characters. It says that a program has sent it, so that
/// nobody's absence answers it (RFC 3834).
[[nodiscard]] std::string mail_message(const MailText&);

}  // namespace sallyport::codec
