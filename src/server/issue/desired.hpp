#pragma once
// What one controller should hold, computed from groups, people, templates and door settings (platform.md G2,
// G4).
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/database.hpp"
#include "server/issue/convergence.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

struct Desired {
    boost::json::object plan;    ///< docs/device-protocol.md "Plan", its revision a digest of the rest
    std::uint64_t revision = 0;  ///< 1 .. 2^53
    DesiredRoster roster;
    /// How many of somebody's active cards the controller has no room for: the last ones of the list. Only
    /// who has such cards.
    std::map<std::string, std::uint32_t, std::less<>> cards_left_out;
    std::set<std::int64_t> schedules;  ///< indexes that the roster's rights use
};

/// At `now`: groups that are over do not count. `person`: only this person's entry, without the plan. Error
/// conflict "schedule_unassigned": a template has no index on the controller yet; call `assign_schedules` in
/// a write and try again.
[[nodiscard]] base::Result<Desired> load_desired(ports::Connection&, const Sealer&, std::int64_t device_id,
                                                 base::UtcTime now,
                                                 std::optional<std::int64_t> person = std::nullopt);

/// Of the plan that `load_desired` gives at `now`.
[[nodiscard]] base::Result<std::uint64_t> plan_revision(ports::Connection&, std::int64_t device_id,
                                                        base::UtcTime now);

/// IANA name.
[[nodiscard]] base::Result<std::string> zone_of_site(ports::Connection&);

/// Gives every template that the device's groups and doors use an index on the controller, the lowest that is
/// free. Error limit "too_many_templates" past 128.
[[nodiscard]] base::Status assign_schedules(ports::Connection&, std::int64_t device_id);

/// The templates whose indexes are free to be released: that nothing uses any more, and that are not among
/// `on_the_controller`: as long as a person there has a right with an index, it must not get another meaning.
[[nodiscard]] base::Result<std::vector<std::int64_t>> unused_schedules(
    ports::Connection&, std::int64_t device_id, const std::set<std::int64_t>& on_the_controller);
/// Releases them.
[[nodiscard]] base::Status release_schedules(ports::Connection&, std::int64_t device_id,
                                             const std::set<std::int64_t>& on_the_controller);

}  // namespace sallyport::server
