#pragma once
#include "server/api/operation.hpp"
#include "server/devices/devices.hpp"

namespace sallyport::server {

/// What keeps controllers going: /devices/{id}/restart, time, readers, update, address, password, and
/// /devices/move.
[[nodiscard]] Operations device_upkeep_operations(Devices&);

}  // namespace sallyport::server
