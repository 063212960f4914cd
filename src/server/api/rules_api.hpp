#pragma once
// /door-rules, /doors/{id}/rules, /passback-areas, /interlocks.
#include "server/api/operation.hpp"
#include "server/devices/devices.hpp"
#include "server/rules/door_rules.hpp"
#include "server/rules/interlocks.hpp"
#include "server/rules/passback_areas.hpp"

namespace sallyport::server {

/// Areas are reset, and people pardoned, at their controllers: `devices`.
[[nodiscard]] Operations rules_operations(DoorRules&, PassbackAreas&, Interlocks&, Devices& devices);

}  // namespace sallyport::server
