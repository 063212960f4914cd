#pragma once
// /public-passwords.
#include "server/accounts/found_codes.hpp"
#include "server/api/operation.hpp"
#include "server/rules/public_passwords.hpp"

namespace sallyport::server {

[[nodiscard]] Operations public_password_operations(PublicPasswords&, FoundCodes&);

}  // namespace sallyport::server
