#pragma once
#include "server/api/operation.hpp"
#include "server/entrance/entrance_rules.hpp"

namespace sallyport::server {

/// /settings/network and /certificate.
[[nodiscard]] Operations entrance_operations(EntranceRules&);

}  // namespace sallyport::server
