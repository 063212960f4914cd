// Any bytes as a calendar: `check` must find what is wrong with it, and `evaluate` must answer, fail closed,
// and, on a calendar that passed, agree with a reading of the definition that is as slow and plain as can be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "core/schedule/schedule.hpp"

namespace {

using namespace sallyport;

class Bytes {
  public:
    explicit Bytes(std::span<const std::uint8_t> left) : left_(left) {}
    std::int32_t number(int bytes) {
        std::int32_t value = 0;
        for (; bytes > 0 && !left_.empty(); --bytes, left_ = left_.subspan(1)) value = value * 256 + left_[0];
        return value;
    }

  private:
    std::span<const std::uint8_t> left_;
};

core::Day day_of(Bytes& bytes) {
    core::Day day(static_cast<std::size_t>(bytes.number(1) % 9));
    for (auto& period : day) period = {.from_s = bytes.number(3) - 1'000, .to_s = bytes.number(3) - 1'000};
    return day;
}

core::Calendar calendar_of(Bytes& bytes) {
    core::Calendar calendar;
    calendar.holidays.resize(static_cast<std::size_t>(bytes.number(1) % 4));
    for (auto& holiday : calendar.holidays) {
        holiday.dates.resize(static_cast<std::size_t>(bytes.number(1) % 18));
        for (auto& range : holiday.dates) range = {{bytes.number(2) - 30'000}, {bytes.number(2) - 30'000}};
        holiday.periods = day_of(bytes);
    }
    calendar.schedules.resize(static_cast<std::size_t>(bytes.number(1) % 4));
    for (auto& schedule : calendar.schedules) {
        for (auto& day : schedule.week) day = day_of(bytes);
        for (int count = bytes.number(1) % 4; count > 0; --count) {
            schedule.holidays.push_back(static_cast<std::uint8_t>(bytes.number(1)));
        }
    }
    return calendar;
}

bool holds(const core::Day& day, std::int32_t second) {
    bool inside = false;
    for (const auto& period : day) inside = inside || (period.from_s <= second && second < period.to_s);
    return inside;
}

core::ScheduleAnswer plainly(const core::Calendar& calendar, const core::WeeklySchedule& schedule,
                             const base::LocalTime& now) {
    bool free_day = false;
    for (const auto number : schedule.holidays) {
        const auto& holiday = calendar.holidays[number];
        bool covered = false;
        for (const auto& range : holiday.dates)
            covered = covered || (range.first <= now.date && now.date <= range.last);
        if (covered && !holds(holiday.periods, now.second_of_day)) return core::ScheduleAnswer::holiday;
        free_day = free_day || covered;
    }
    if (free_day) return core::ScheduleAnswer::inside;
    const auto& today = schedule.week[static_cast<std::size_t>(now.date.weekday())];
    return holds(today, now.second_of_day) ? core::ScheduleAnswer::inside : core::ScheduleAnswer::outside;
}

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes({data, size});
    const base::LocalTime now{.date = {bytes.number(2) - 30'000}, .second_of_day = bytes.number(3) % 86'400};
    const auto index = static_cast<std::uint8_t>(bytes.number(1));
    const auto calendar = calendar_of(bytes);

    const auto status = core::check(calendar);
    require(status.has_value() || !status.error().message.empty());
    const auto answer = core::evaluate(calendar, {index}, now, base::ClockTrust::set);
    if (index == core::always.value) {
        require(answer == core::ScheduleAnswer::inside);
    } else if (index >= calendar.schedules.size()) {
        require(answer == core::ScheduleAnswer::outside);
    } else if (status) {
        require(answer == plainly(calendar, calendar.schedules[index], now));
        require(core::evaluate(calendar, {index}, now, base::ClockTrust::not_set) ==
                core::ScheduleAnswer::clock_invalid);
    }
    return 0;
}
