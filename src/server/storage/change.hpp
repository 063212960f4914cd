#pragma once
// Something that controllers hold was changed here: people, permissions, settings of doors or of the site.
#include <functional>
#include <optional>
#include <set>

#include "base/result.hpp"
#include "ports/database.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

enum class Changed { people, permissions, doors, site };

/// Controllers, by the ids of their devices; nullopt: it may concern any of them.
using Concerned = std::optional<std::set<Id>>;

struct Change {
    Changed what;
    Concerned devices;
};
/// Called after the commit, from any thread; must return quickly.
using OnChange = std::function<void(const Change&)>;

/// Inside a unit of work: the controllers at whose doors groups allow or deny something to these people,
/// through departments too, or whose doors wait for them.
[[nodiscard]] base::Result<std::set<Id>> devices_of_people(ports::Connection&, const std::set<Id>& people);
/// The controllers of a group's doors.
[[nodiscard]] base::Result<std::set<Id>> devices_of_group(ports::Connection&, Id group);

}  // namespace sallyport::server
