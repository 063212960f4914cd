#include "server/permissions/day_text.hpp"

#include <boost/json/object.hpp>

#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

json::array stored_day(const core::Day& day) {
    json::array periods;
    for (const auto& period : day) periods.push_back(json::array{period.from_s, period.to_s});
    return periods;
}

std::optional<core::Day> day_from(const json::value& stored) {
    const auto* periods = stored.if_array();
    if (periods == nullptr) return std::nullopt;
    core::Day day;
    for (const auto& period : *periods) {
        const auto* pair = period.if_array();
        if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64())
            return std::nullopt;
        day.push_back({static_cast<std::int32_t>((*pair)[0].get_int64()),
                       static_cast<std::int32_t>((*pair)[1].get_int64())});
    }
    return day;
}

json::array day_json(const core::Day& day) {
    json::array periods;
    for (const auto& period : day)
        periods.push_back(json::object{{"from", clock_text(period.from_s)}, {"to", clock_text(period.to_s)}});
    return periods;
}

}  // namespace sallyport::server
