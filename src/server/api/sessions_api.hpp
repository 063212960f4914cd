#pragma once
#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"

namespace sallyport::server {

/// /sessions, /sessions/current, /me.
[[nodiscard]] Operations session_operations(Accounts&, Sessions&, const SignInRules&);

/// The answer to who signed in, with the cookie.
[[nodiscard]] Reply session_reply(const NewSession&);

}  // namespace sallyport::server
