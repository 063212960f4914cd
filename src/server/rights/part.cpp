#include "server/rights/part.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace sallyport::server {

Branches both(const Branches& a, const Branches& b) {
    if (!a) return b;
    if (!b) return a;
    std::set<Id> found;
    std::ranges::set_intersection(*a, *b, std::inserter(found, found.end()));
    return found;
}

std::string in_branches(const std::set<Id>& branches) {
    if (branches.empty()) return "IN (-1)";
    return fmt::format("IN ({})", fmt::join(branches, ", "));
}

void add_branches(Conditions& where, std::string_view column, const Branches& branches) {
    if (branches) where.add(fmt::format("{} {}", column, in_branches(*branches)), {});
}

}  // namespace sallyport::server
