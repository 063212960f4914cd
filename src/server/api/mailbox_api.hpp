#pragma once
#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"

namespace sallyport::server {

/// /me/mailbox, and the way back in by it: /password-recovery/mail, /password-recovery/code.
[[nodiscard]] Operations mailbox_operations(Accounts&, Mailboxes&);

}  // namespace sallyport::server
