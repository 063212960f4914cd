#pragma once
// What a password must be (platform.md S2). Pure.
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// Every rule that the password breaks, as errors of `field`, in the order of the codes in api/openapi.yaml.
[[nodiscard]] std::vector<FieldError> broken_rules(const base::Secret& password, std::string_view account,
                                                   std::string_view field = "password");

}  // namespace sallyport::server
