#pragma once
// OutsideProblem of api/openapi.yaml: why another system was not reached.
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "ports/outside_error.hpp"

namespace sallyport::server {

/// null without one.
[[nodiscard]] boost::json::value outside_problem(const std::optional<ports::OutsideError>&);
/// As they are stored, in two columns.
[[nodiscard]] std::optional<std::string> code_of(const std::optional<ports::OutsideError>&);
[[nodiscard]] std::optional<std::string> said_of(const std::optional<ports::OutsideError>&);

}  // namespace sallyport::server
