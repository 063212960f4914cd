#include "server/wire/outside_problem.hpp"

#include <boost/json/object.hpp>

namespace sallyport::server {

namespace json = boost::json;

json::value outside_problem(const std::optional<ports::OutsideError>& problem) {
    if (!problem) return nullptr;
    const auto& said = problem->said;
    return json::object{{"code", problem->code},
                        {"said", said.empty() ? json::value(nullptr) : json::value(said.substr(0, 1'000))}};
}

std::optional<std::string> code_of(const std::optional<ports::OutsideError>& problem) {
    return problem ? std::optional(problem->code) : std::nullopt;
}

std::optional<std::string> said_of(const std::optional<ports::OutsideError>& problem) {
    return problem ? std::optional(problem->said) : std::nullopt;
}

}  // namespace sallyport::server
