#pragma once
#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"
#include "server/live/live.hpp"

namespace sallyport::server {

/// /sessions, /sessions/current, /me, and /live of who asks without an upgrade.
[[nodiscard]] Operations session_operations(Accounts&, Sessions&, const SignInRules&);

/// The answer to who signed in, with the cookie.
[[nodiscard]] Reply session_reply(const NewSession&);

/// How who asks for /live wants its messages: by `batches`.
[[nodiscard]] Answer<LivePace> pace_of(const ports::HttpRequest&);

}  // namespace sallyport::server
