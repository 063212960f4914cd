#pragma once
#include <functional>
#include <string_view>

#include "server/accounts/accounts.hpp"
#include "server/api/operation.hpp"
#include "server/settings/settings.hpp"

namespace sallyport::server {

/// /health, /ready, /setup, /settings. `state` is what /health answers: ok, starting, stopping or
/// storage_failed.
[[nodiscard]] Operations system_operations(Accounts&, const SignInRules&, Settings&,
                                           std::function<std::string_view()> state);
/// /metrics; `text` is what it answers.
[[nodiscard]] Operations metrics_operations(std::function<std::string()> text);

/// /system/status; `status` is what it answers.
[[nodiscard]] Operations status_operations(std::function<Answer<boost::json::object>()> status);

}  // namespace sallyport::server
