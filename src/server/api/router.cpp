#include "server/api/router.hpp"

#include <algorithm>
#include <optional>

namespace sallyport::server {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_open(const std::string& segment) {
    return segment.starts_with('{');
}

std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
    if (pattern.size() != path.size()) return std::nullopt;
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (is_open(pattern[i]))
            taken.push_back(path[i]);
        else if (pattern[i] != path[i])
            return std::nullopt;
    }
    return taken;
}

}  // namespace

Router::Router(Operations operations) {
    const auto openness = [](const Route& route) { return std::ranges::count_if(route.segments, is_open); };
    for (auto& operation : operations) {
        auto segments = segments_of(operation.pattern);
        Route route{std::move(operation), std::move(segments)};
        const auto place = std::ranges::upper_bound(routes_, openness(route), {}, openness);
        routes_.insert(place, std::move(route));
    }
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
    Match found;
    if (!path.starts_with('/')) return found;
    const auto segments = segments_of(path);
    for (const auto& route : routes_) {
        auto taken = match(route.segments, segments);
        if (!taken) continue;
        found.allow += (found.allow.empty() ? "" : ", ") + route.operation.method;
        if (found.operation != nullptr || route.operation.method != method) continue;
        found.operation = &route.operation;
        found.path = *std::move(taken);
    }
    return found;
}

}  // namespace sallyport::server
