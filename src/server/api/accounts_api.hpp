#pragma once
#include "server/accounts/operators.hpp"
#include "server/api/operation.hpp"

namespace sallyport::server {

/// /accounts, /roles, /lockouts.
[[nodiscard]] Operations account_operations(Operators&, Roles&);

}  // namespace sallyport::server
