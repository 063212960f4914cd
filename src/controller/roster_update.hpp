#pragma once
// The owner's changes to people and plan: checked as a whole against what holds, then stored, then taken up.
#include "codec/dhip/person_json.hpp"
#include "codec/dhip/plan_json.hpp"
#include "controller/controller.hpp"

namespace sallyport::controller {

/// All or nothing; nothing is changed yet. Errors are those of core::Roster, naming the person.
[[nodiscard]] base::Result<PolicyChange> prepare_roster_update(Controller&, const codec::dhip::RosterUpdate&);

/// `invalid` "invalid_parameter" for a door, zone or setting that cannot be; `conflict` "settings_changed";
/// `conflict` and `limit` as the roster says.
[[nodiscard]] base::Result<PolicyChange> prepare_plan(Controller&, const ports::TimeZones&,
                                                      const codec::dhip::WirePlan&, const std::string& by);

}  // namespace sallyport::controller
