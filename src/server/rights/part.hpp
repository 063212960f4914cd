#pragma once
// Which part of the organisation an operator sees (platform.md S3). What is in no branch belongs to the whole
// site, and is seen by those only who see all of it. Pure.
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "server/rights/rights.hpp"
#include "server/wire/conditions.hpp"

namespace sallyport::server {

/// Which branches of a tree are looked at, each with those below it; nullopt: all, and what is in none.
using Branches = std::optional<std::set<Id>>;
[[nodiscard]] inline bool holds(const Branches& branches, std::optional<Id> branch) {
    return !branches || (branch && branches->contains(*branch));
}
/// What both hold.
[[nodiscard]] Branches both(const Branches&, const Branches&);
/// `column` is in one of them; nothing where all are looked at.
void add_branches(Conditions&, std::string_view column, const Branches&);
/// "IN (1, 2)" or a list that nothing is in. Branches that are all have none.
[[nodiscard]] std::string in_branches(const std::set<Id>&);

/// Conditions of SQL for the id of a door, or of a person, in `id`: it is among those seen.
[[nodiscard]] std::string door_seen(const Branches& areas, std::string_view id);
[[nodiscard]] std::string person_seen(const Branches& departments, std::string_view id);

struct Part {
    Branches areas;
    Branches departments;
    [[nodiscard]] bool whole() const { return !areas && !departments; }
    friend bool operator==(const Part&, const Part&) = default;
};

/// Who looks, and at what.
struct Viewer {
    Rights rights;
    Part part;
    friend bool operator==(const Viewer&, const Viewer&) = default;
};

}  // namespace sallyport::server
