#pragma once
#include "server/api/operation.hpp"
#include "server/webhooks/webhooks.hpp"

namespace sallyport::server {

/// /webhooks.
[[nodiscard]] Operations webhook_operations(Webhooks&);

}  // namespace sallyport::server
