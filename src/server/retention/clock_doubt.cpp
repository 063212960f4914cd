#include "server/retention/clock_doubt.hpp"

#include <algorithm>

namespace sallyport::server {

namespace {

bool is_near(base::UtcTime one, base::UtcTime other) {
    return std::chrono::abs(one - other) <= ClockDoubt::most;
}

}  // namespace

void ClockDoubt::look(base::UtcTime now, base::Duration passed) {
    steady = doubted && is_near(now, seen + passed) ? steady + passed : base::Duration{};
    believed = believed + passed;
    seen = now;
    doubted = !is_near(now, believed) && steady < believed_after;
    if (!doubted) believed = now;
}

std::optional<base::Duration> ClockDoubt::left() const {
    if (!doubted) return std::nullopt;
    return believed_after - steady;
}

boost::json::object to_json(const ClockDoubt& doubt) {
    return {{"believed", doubt.believed.microseconds},
            {"seen", doubt.seen.microseconds},
            {"steady", doubt.steady.count()},
            {"doubted", doubt.doubted}};
}

std::optional<ClockDoubt> clock_doubt_from(const boost::json::object& stored) {
    const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
        const auto* found = stored.if_contains(name);
        return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
    };
    const auto believed = number("believed");
    const auto seen = number("seen");
    const auto steady = number("steady");
    const auto* doubted = stored.if_contains("doubted");
    if (!believed || !seen || !steady || doubted == nullptr || !doubted->is_bool()) return std::nullopt;
    return ClockDoubt{{*believed}, {*seen}, base::Duration{*steady}, doubted->get_bool()};
}

}  // namespace sallyport::server
