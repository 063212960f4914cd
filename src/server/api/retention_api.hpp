#pragma once
// The group of operations over how long things are kept, and over the privacy notice.
#include "server/api/operation.hpp"
#include "server/retention/retention.hpp"

namespace sallyport::server {

[[nodiscard]] Operations retention_operations(Retention&);

}  // namespace sallyport::server
