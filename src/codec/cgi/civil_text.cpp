#include "codec/cgi/civil_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

namespace sallyport::codec::cgi {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t day_s = core::seconds_per_day;
constexpr std::int64_t first_day = -719'528;  // 0000-01-01
constexpr std::int64_t last_day = 2'932'896;  // 9999-12-31

struct Fields {
    int year;
    unsigned month, day;
    std::int64_t hour, minute, second;
};

Fields fields_of(WallTime time) {
    const auto at = std::clamp(time.seconds, first_day * day_s, (last_day + 1) * day_s - 1);
    const auto day = at >= 0 ? at / day_s : -((day_s - 1 - at) / day_s);
    const auto rest = at - day * day_s;
    const year_month_day date{sys_days{std::chrono::days{day}}};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            rest / 3'600,
            rest / 60 % 60,
            rest % 60};
}

/// `least` to `most` digits from the front; nullopt when they are not there.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9')
        value = value * 10 + (text[count++] - '0');
    if (count < least) return std::nullopt;
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || !any_of.contains(text.front())) return false;
    text.remove_prefix(1);
    return true;
}

/// Three numbers, with `mark` between them where they have one.
std::optional<std::array<int, 3>> take_three(std::string_view& text, std::size_t first, char mark) {
    std::array<int, 3> numbers{};
    const bool compact = text.size() <= first || text[first] != mark;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto most = i == 0 ? first : 2;
        if (i > 0 && !compact && !take(text, {&mark, 1})) return std::nullopt;
        const auto number = take_number(text, compact || (i == 0 && first == 4) ? most : 1, most);
        if (!number) return std::nullopt;
        numbers[i] = *number;
    }
    return numbers;
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
    // "1:05:00" has its mark one digit earlier than "01:05:00".
    const std::size_t first = text.size() > 1 && text[1] == ':' ? 1 : 2;
    const auto clock = take_three(text, first, ':');
    if (!clock) return std::nullopt;
    const auto [hour, minute, second] = *clock;
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return std::int64_t{hour} * 3'600 + minute * 60 + second;
}

std::string clock_text(std::int32_t second) {
    return fmt::format("{:02}:{:02}:{:02}", second / 3'600, second / 60 % 60, second % 60);
}

}  // namespace

std::string wall_text(WallTime time) {
    const auto [year, month, day, hour, minute, second] = fields_of(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", year, month, day, hour, minute, second);
}

std::string compact_text(WallTime time) {
    const auto [year, month, day, hour, minute, second] = fields_of(time);
    return fmt::format("{:04}{:02}{:02} {:02}{:02}{:02}", year, month, day, hour, minute, second);
}

std::optional<WallTime> parse_wall(std::string_view text) {
    const auto date = take_three(text, 4, '-');
    if (!date) return std::nullopt;
    const year_month_day known{std::chrono::year{(*date)[0]},
                               std::chrono::month{static_cast<unsigned>((*date)[1])},
                               std::chrono::day{static_cast<unsigned>((*date)[2])}};
    if (!known.ok()) return std::nullopt;
    const std::int64_t midnight = sys_days{known}.time_since_epoch().count() * day_s;
    if (text.empty()) return WallTime{midnight};
    if (!take(text, " T")) return std::nullopt;
    const auto clock = take_clock(text);
    if (!clock || !text.empty()) return std::nullopt;
    return WallTime{midnight + *clock};
}

std::string period_text(const core::Period& period) {
    return fmt::format("1 {}-{}", clock_text(period.from_s), clock_text(period.to_s - 1));
}

std::optional<PeriodLine> parse_period(std::string_view line) {
    const auto enabled = take_number(line, 1, 1);
    if (!enabled || *enabled > 1 || !take(line, " ")) return std::nullopt;
    const auto from = take_clock(line);
    if (!from || !take(line, "-")) return std::nullopt;
    // Some write the end of a day as what comes after it.
    const auto to = line == "24:00:00" ? std::optional(day_s - 1) : take_clock(line);
    if (!to || (!line.empty() && line != "24:00:00") || *to < *from) return std::nullopt;
    return PeriodLine{*enabled == 1, {static_cast<std::int32_t>(*from), static_cast<std::int32_t>(*to + 1)}};
}

}  // namespace sallyport::codec::cgi
