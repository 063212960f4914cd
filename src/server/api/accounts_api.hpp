#pragma once
#include "server/accounts/operators.hpp"
#include "server/api/operation.hpp"
#include "server/tokens/tokens.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// /accounts, /roles, /lockouts.
[[nodiscard]] Operations account_operations(Operators&, Roles&, Tokens&);

/// The member `rights` of a body; nothing when it was not sent.
[[nodiscard]] std::optional<Rights> read_rights(Fields&, std::vector<FieldError>&);

}  // namespace sallyport::server
