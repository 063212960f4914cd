#pragma once
// Operations on floor plans, as in api/openapi.yaml.
#include "server/api/operation.hpp"
#include "server/plans/floor_plans.hpp"

namespace sallyport::server {

/// `plans` outlives them.
[[nodiscard]] Operations plan_operations(FloorPlans& plans);

}  // namespace sallyport::server
