#pragma once
// /public-passwords.
#include "server/api/operation.hpp"
#include "server/rules/public_passwords.hpp"

namespace sallyport::server {

[[nodiscard]] Operations public_password_operations(PublicPasswords&);

}  // namespace sallyport::server
