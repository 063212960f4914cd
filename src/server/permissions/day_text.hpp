#pragma once
// A day's periods as they are stored, [[from_s, to_s], ...], and as api/openapi.yaml writes them.
#include <optional>

#include <boost/json/array.hpp>

#include "core/schedule/schedule.hpp"

namespace sallyport::server {

[[nodiscard]] boost::json::array stored_day(const core::Day&);
/// nullopt when it is not such a list.
[[nodiscard]] std::optional<core::Day> day_from(const boost::json::value& stored);
/// [{"from": "08:00:00", "to": "18:00:00"}, ...]
[[nodiscard]] boost::json::array day_json(const core::Day&);

}  // namespace sallyport::server
