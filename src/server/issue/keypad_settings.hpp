#pragma once
// Settings that somebody changed at a controller's keypad (platform.md G3): kept as they are there, and
// shown, until an operator adopts them or puts them back. Inside units of work.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "codec/dhip/status_json.hpp"
#include "ports/database.hpp"

namespace sallyport::server {

/// A door as it is wanted here.
struct WantedDoor {
    std::int64_t number = 0;
    boost::json::object settings;  ///< hold_s, unlock_mode, detector, overtime_s, as in a plan
    boost::json::object keypad;    ///< of these, what stays as the keypad set it for now
    core::Duress duress = core::Duress::off;
    boost::json::object rules{};  ///< of one door in a plan, as far as they have no time templates or people
    std::optional<std::string> first_card{};  ///< what comes after it; none: none is waited for
    std::int64_t group_window_s = 0;
};
/// By number.
[[nodiscard]] base::Result<std::vector<WantedDoor>> wanted_doors(ports::Connection&, std::int64_t device_id);

/// The settings that a controller says a door has, as in a plan.
[[nodiscard]] boost::json::object settings_of(const codec::dhip::DoorState&);

/// Before a plan is sent: what it gives the doors.
[[nodiscard]] base::Status remember_plan(ports::Connection&, std::int64_t device_id, std::uint64_t revision,
                                         const boost::json::array& doors);
[[nodiscard]] base::Result<bool> remembers_other_plans(ports::Connection&, std::int64_t device_id,
                                                       std::uint64_t revision);
/// The controller holds this plan, and none before it matters any more.
[[nodiscard]] base::Status forget_other_plans(ports::Connection&, std::int64_t device_id,
                                              std::uint64_t revision);

/// By door number; an empty object: nothing differs.
using AtKeypads = std::map<std::int64_t, boost::json::object>;

/// Judges what a controller that holds the plan `revision` says of its doors. What differs from that plan,
/// and from what is wanted here, was changed at the keypad. Of a controller whose plan is not known (it is
/// new, or was reset) nothing can be told. Answers with the doors for which that has changed.
[[nodiscard]] base::Result<AtKeypads> changed_at_keypads(ports::Connection&, std::int64_t device_id,
                                                         std::uint64_t revision, base::UtcTime now,
                                                         std::span<const codec::dhip::DoorState>);
[[nodiscard]] base::Status store_keypads(ports::Connection&, std::int64_t device_id, const AtKeypads&);

}  // namespace sallyport::server
