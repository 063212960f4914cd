#include "server/metrics/request_meter.hpp"

#include <fmt/core.h>

namespace sallyport::server {

void RequestMeter::count(std::string_view method, std::string_view route, int status, base::Instant began) {
    const auto seconds = static_cast<double>((clock_.monotonic() - began).count()) / 1e6;
    const std::lock_guard lock(mutex_);
    auto& kept = routes_[{std::string(method), std::string(route)}];
    ++kept.by_status[status];
    for (std::size_t i = 0; i < bounds.size(); ++i)
        if (seconds <= bounds[i]) ++kept.up_to[i];
    ++kept.calls;
    kept.seconds += seconds;
}

void RequestMeter::write(Exposition& out) const {
    const std::lock_guard lock(mutex_);
    out.family("sallyport_http_requests_total", "counter", "Calls by operation and status.");
    for (const auto& [name, route] : routes_)
        for (const auto& [status, calls] : route.by_status)
            out.sample("sallyport_http_requests_total",
                       {{"method", name.first}, {"route", name.second}, {"status", std::to_string(status)}},
                       static_cast<double>(calls));
    constexpr std::string_view histogram = "sallyport_http_request_duration_seconds";
    out.family(histogram, "histogram", "From the call's arrival to its answer.");
    for (const auto& [name, route] : routes_) {
        const Exposition::Labels labels{{"method", name.first}, {"route", name.second}};
        const auto up_to = [&](const std::string& bound, std::uint64_t calls) {
            auto with_bound = labels;
            with_bound.emplace_back("le", bound);
            out.sample(fmt::format("{}_bucket", histogram), with_bound, static_cast<double>(calls));
        };
        for (std::size_t i = 0; i < bounds.size(); ++i) up_to(fmt::format("{}", bounds[i]), route.up_to[i]);
        up_to("+Inf", route.calls);
        out.sample(fmt::format("{}_sum", histogram), labels, route.seconds);
        out.sample(fmt::format("{}_count", histogram), labels, static_cast<double>(route.calls));
    }
}

}  // namespace sallyport::server
