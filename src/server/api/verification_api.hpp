#pragma once
#include "server/api/operation.hpp"
#include "server/devices/devices.hpp"
#include "server/verification/verifications.hpp"

namespace sallyport::server {

/// /verifications.
[[nodiscard]] Operations verification_operations(Verifications&, Devices&);

}  // namespace sallyport::server
