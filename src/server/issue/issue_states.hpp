#pragma once
// Whether the controllers know what they should know (platform.md G4). Nothing is stored for it: what a
// controller should hold is compared with what it confirmed, so the answer cannot be out of date.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/database.hpp"
#include "server/doors/doors.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

struct IssueState {
    std::int64_t person_id = 0;
    std::int64_t door_id = 0;
    IssueWord state = IssueWord::pending;
    std::string reason;  ///< empty when issued; else one of the contract's words
    base::UtcTime since;
    std::uint32_t cards_left_out = 0;  ///< as in Desired
};

struct IssueFilter {
    std::optional<std::int64_t> person;
    std::optional<std::int64_t> door;
    std::int64_t after_door = 0;  ///< pairs after this one, in the order of (door, person)
    std::int64_t after_person = 0;
    std::size_t limit = 100;
    base::UtcTime now;  ///< groups that are over grant nothing
    Part seen;          ///< pairs with a door or a person outside are as if they were not there
};

/// Why a pair of this device is not on its way: "sending", "device_offline" or "roster_owned_by_other".
using PendingReason = std::function<std::string(std::int64_t device_id)>;

/// The contract's word for why a controller refused something.
[[nodiscard]] std::string refusal_reason(std::string_view code);

/// At most `limit` pairs. `since` of what is pending is when the person last changed.
[[nodiscard]] base::Result<std::vector<IssueState>> list_issue_states(ports::Connection&, const Sealer&,
                                                                      const IssueFilter&,
                                                                      const PendingReason&);

}  // namespace sallyport::server
