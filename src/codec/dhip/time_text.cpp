#include "codec/dhip/time_text.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

namespace sallyport::codec::dhip {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;
constexpr std::int64_t first_day = -719'528;  // 0000-01-01
constexpr std::int64_t last_day = 2'932'896;  // 9999-12-31

/// `count` digits from the front of `text`; nullopt when they are not there.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || !any_of.contains(text.front())) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> take_days(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-")) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-")) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date}.time_since_epoch().count();
}

std::optional<int> take_minutes(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    return *hour * 60 + *minute;
}

std::optional<std::int64_t> take_fraction(std::string_view& text) {
    if (!take(text, ".")) return 0;
    std::int64_t value = 0;
    int count = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++count) {
        if (count < 6) value = value * 10 + (text.front() - '0');
        text.remove_prefix(1);
    }
    if (count == 0 || count > 9) return std::nullopt;
    for (; count < 6; ++count) value *= 10;
    return value;
}

std::optional<std::int64_t> take_offset_s(std::string_view& text) {
    if (take(text, "Zz")) return 0;
    const std::int64_t sign = text.starts_with('-') ? -60 : 60;
    if (!take(text, "+-")) return std::nullopt;
    const auto minutes = take_minutes(text);
    if (!minutes) return std::nullopt;
    return sign * *minutes;
}

std::string day_text(std::int64_t since_epoch) {
    const year_month_day date{sys_days{days{std::clamp(since_epoch, first_day, last_day)}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace

std::string utc_text(base::UtcTime time) {
    const auto at = std::clamp(time.microseconds, first_day * day_us, (last_day + 1) * day_us - 1);
    const auto day = at >= 0 ? at / day_us : -((day_us - 1 - at) / day_us);
    const auto rest = at - day * day_us;
    const auto seconds = rest / second_us;
    return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", day_text(day), seconds / 3'600, seconds / 60 % 60,
                       seconds % 60, rest % second_us);
}

std::optional<base::UtcTime> parse_utc(std::string_view text) {
    const auto day = take_days(text);
    if (!day || !take(text, "Tt ")) return std::nullopt;
    const auto minutes = take_minutes(text);
    if (!minutes || !take(text, ":")) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset_s = take_offset_s(text);
    if (!offset_s || !text.empty()) return std::nullopt;
    return base::UtcTime{*day * day_us + (*minutes * 60 + *second - *offset_s) * second_us + *fraction};
}

std::string date_text(base::LocalDate date) {
    return day_text(date.days);
}

std::optional<base::LocalDate> parse_date(std::string_view text) {
    const auto since_epoch = take_days(text);
    if (!since_epoch || !text.empty()) return std::nullopt;
    return base::LocalDate{static_cast<std::int32_t>(*since_epoch)};
}

}  // namespace sallyport::codec::dhip
