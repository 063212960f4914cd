#pragma once
// How long the platform leaves a controller alone before it dials again.
#include <chrono>
#include <random>

#include "server/devices/device_driver.hpp"

namespace sallyport::server {

/// Soon at first, and slow where trying again soon would lock the account or help nobody; a quarter more or
/// less each time, so that many controllers that were lost together do not come back in step.
[[nodiscard]] std::chrono::milliseconds pause_before_retry(OfflineReason, int failures_in_a_row,
                                                           std::minstd_rand& random);

}  // namespace sallyport::server
