#include "codec/mail/mail.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "base/base64.hpp"

namespace sallyport::codec {

namespace {

/// 60 characters of base64 between "=?UTF-8?B?" and "?=", which may have 75 in all (RFC 2047 2).
constexpr std::size_t word_bytes = 45;
constexpr std::size_t line_bytes = 57;  ///< 76 of base64
constexpr std::size_t plain_subject = 60;

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_atom(char c) {
    return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

/// Parts that are not empty, with a dot between them.
template <class IsGood>
bool is_dotted(std::string_view text, IsGood is_good) {
    for (;;) {
        const auto dot = std::min(text.find('.'), text.size());
        const auto part = text.substr(0, dot);
        if (part.empty() || !std::ranges::all_of(part, is_good)) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

/// "Fri, 27 Nov 2026 13:40:00 +0000"
std::string date_text(base::UtcTime at) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using std::chrono::floor;
    const std::chrono::sys_time<std::chrono::microseconds> point{std::chrono::microseconds{at.microseconds}};
    const auto day = floor<std::chrono::days>(point);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(floor<std::chrono::seconds>(point - day));
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                       days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

bool is_plain(std::string_view text) {
    return text.size() <= plain_subject && !text.contains("=?") &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// Not in the middle of a character of UTF-8.
std::size_t cut_of(std::string_view text) {
    if (text.size() <= word_bytes) return text.size();
    auto cut = word_bytes;
    while (cut > word_bytes - 4 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return cut;
}

/// With what stands between it and the colon.
std::string header_text(std::string_view text) {
    if (is_plain(text)) return fmt::format(" {}", text);
    std::string words;
    while (!text.empty()) {
        const auto cut = cut_of(text);
        words += fmt::format("\r\n =?UTF-8?B?{}?=", base::to_base64(text.substr(0, cut)));
        text.remove_prefix(cut);
    }
    return words;
}

std::string body_text(std::string_view text) {
    std::string lines;
    for (const char c : text) {
        if (c == '\n') lines += '\r';
        lines += c;
    }
    std::string body;
    for (std::size_t at = 0; at < lines.size(); at += line_bytes)
        body += base::to_base64(std::string_view(lines).substr(at, line_bytes)) + "\r\n";
    return body;
}

}  // namespace

bool is_mail_address(std::string_view text) {
    constexpr std::size_t longest = 254;
    constexpr std::size_t longest_local = 64;
    const auto at = text.find('@');
    if (text.size() > longest || at == std::string_view::npos || at > longest_local) return false;
    const auto domain = text.substr(at + 1);
    const auto in_domain = [](char c) { return is_alphanumeric(c) || c == '-'; };
    return is_dotted(text.substr(0, at), is_atom) && is_dotted(domain, in_domain) &&
           !domain.starts_with('-') && !domain.ends_with('-');
}

std::string mail_message(const MailText& mail) {
    const auto domain = mail.from.substr(mail.from.find('@') + 1);
    // An address may have 254 characters, a line is better short: it goes on after a fold.
    return fmt::format(
        "Date: {}\r\nFrom: Sallyport\r\n <{}>\r\nTo:\r\n <{}>\r\nMessage-ID:\r\n <{}@{}>\r\nSubject:{}\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n{}",
        date_text(mail.at), mail.from, mail.to, mail.id, domain, header_text(mail.subject),
        body_text(mail.text));
}

}  // namespace sallyport::codec
