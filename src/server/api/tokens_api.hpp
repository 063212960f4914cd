#pragma once
#include "server/api/operation.hpp"
#include "server/tokens/tokens.hpp"

namespace sallyport::server {

/// /tokens.
[[nodiscard]] Operations token_operations(Tokens&);

}  // namespace sallyport::server
