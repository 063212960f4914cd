#pragma once
#include <functional>
#include <string_view>

#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"
#include "server/settings/settings.hpp"

namespace sallyport::server {

/// /health, /setup, /settings. `state` is what /health answers: ok, starting, stopping or storage_failed.
[[nodiscard]] Operations system_operations(Accounts&, const SignInRules&, Settings&,
                                           std::function<std::string_view()> state);

}  // namespace sallyport::server
