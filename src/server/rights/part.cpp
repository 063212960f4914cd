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

std::string door_seen(const Branches& areas, std::string_view id) {
    if (!areas) return "1 = 1";
    return fmt::format(
        "EXISTS (SELECT 1 FROM door seen JOIN device v ON v.id = seen.device_id WHERE seen.id = {} AND "
        "coalesce(seen.area_id, v.area_id) {})",
        id, in_branches(*areas));
}

std::string person_seen(const Branches& departments, std::string_view id) {
    if (!departments) return "1 = 1";
    return fmt::format("EXISTS (SELECT 1 FROM person seen WHERE seen.id = {} AND seen.department_id {})", id,
                       in_branches(*departments));
}

}  // namespace sallyport::server
