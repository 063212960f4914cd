#include "server/wire/time_text.hpp"

#include <chrono>

#include <fmt/core.h>

namespace sallyport::server {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;

/// Reads fixed places of digits from the front of a text.
class Digits {
  public:
    explicit Digits(std::string_view text) : text_(text) {}
    std::optional<int> number(std::size_t places, int most) {
        if (text_.size() < places) return std::nullopt;
        int value = 0;
        for (const char digit : text_.substr(0, places)) {
            if (digit < '0' || digit > '9') return std::nullopt;
            value = value * 10 + (digit - '0');
        }
        text_.remove_prefix(places);
        if (value > most) return std::nullopt;
        return value;
    }
    bool take(std::string_view any_of) {
        if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
        taken_ = text_.front();
        text_.remove_prefix(1);
        return true;
    }
    [[nodiscard]] char taken() const { return taken_; }
    [[nodiscard]] bool at_end() const { return text_.empty(); }
    [[nodiscard]] bool at_digit() const {
        return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
    }

  private:
    std::string_view text_;
    char taken_ = 0;
};

std::optional<std::int64_t> date_us(Digits& in) {
    const auto year = in.number(4, 9'999);
    if (!year || *year < 1970 || !in.take("-")) return std::nullopt;
    const auto month = in.number(2, 12);
    if (!month || !in.take("-")) return std::nullopt;
    const auto day = in.number(2, 31);
    if (!day || !in.take("Tt ")) return std::nullopt;
    const auto date = std::chrono::year{*year} / *month / *day;
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * day_us;
}

std::optional<std::int64_t> clock_us(Digits& in) {
    const auto hour = in.number(2, 23);
    if (!hour || !in.take(":")) return std::nullopt;
    const auto minute = in.number(2, 59);
    if (!minute || !in.take(":")) return std::nullopt;
    const auto second = in.number(2, 59);
    if (!second) return std::nullopt;
    std::int64_t fraction = 0;
    if (in.take(".")) {
        std::int64_t unit = second_us / 10;
        int places = 0;
        for (; in.at_digit() && places < 9; ++places, unit /= 10) fraction += *in.number(1, 9) * unit;
        if (places == 0) return std::nullopt;
    }
    return (std::int64_t{*hour} * 3'600 + *minute * 60 + *second) * second_us + fraction;
}

std::optional<std::int64_t> offset_us(Digits& in) {
    if (in.take("Zz")) return 0;
    if (!in.take("+-")) return std::nullopt;
    const std::int64_t sign = in.taken() == '+' ? 1 : -1;
    const auto hours = in.number(2, 23);
    if (!hours || !in.take(":")) return std::nullopt;
    const auto minutes = in.number(2, 59);
    if (!minutes) return std::nullopt;
    return sign * (std::int64_t{*hours} * 3'600 + *minutes * 60) * second_us;
}

}  // namespace

std::string time_text(base::UtcTime time) {
    auto days = time.microseconds / day_us;
    if (time.microseconds % day_us < 0) --days;
    const auto within = time.microseconds - days * day_us;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    const auto seconds = within / second_us;
    const auto fraction = within % second_us;
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                            seconds / 3'600, seconds / 60 % 60, seconds % 60);
    if (fraction % 1'000 != 0) return text + fmt::format(".{:06}Z", fraction);
    if (fraction != 0) return text + fmt::format(".{:03}Z", fraction / 1'000);
    return text + "Z";
}

std::optional<base::UtcTime> time_from(std::string_view text) {
    Digits in(text);
    const auto date = date_us(in);
    if (!date) return std::nullopt;
    const auto clock = clock_us(in);
    if (!clock) return std::nullopt;
    const auto offset = offset_us(in);
    if (!offset || !in.at_end()) return std::nullopt;
    return base::UtcTime{*date + *clock - *offset};
}

std::string clock_text(std::int64_t second) {
    return fmt::format("{:02}:{:02}:{:02}", second / 3'600, second / 60 % 60, second % 60);
}

std::optional<std::int32_t> second_from(std::string_view text) {
    const auto digits = [&](std::size_t at) -> std::int32_t {
        const char a = text[at], b = text[at + 1];
        return a < '0' || a > '9' || b < '0' || b > '9' ? 99 : (a - '0') * 10 + (b - '0');
    };
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = digits(0), minute = digits(3), second = digits(6);
    if (text == "24:00:00") return 86'400;
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return hour * 3'600 + minute * 60 + second;
}

}  // namespace sallyport::server
