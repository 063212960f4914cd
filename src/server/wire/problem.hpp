#pragma once
// What goes wrong in a call, as api/openapi.yaml says it (Problem): an error and, where the input is wrong,
// its fields.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sallyport::server {

struct FieldError {
    std::string field;    ///< path of the member, such as week.0.1.from, or the name of a parameter
    std::string code;     ///< one of FieldError.code in api/openapi.yaml
    std::string message;  ///< a sentence
};

struct Problem : base::Error {
    std::vector<FieldError> fields;
    std::optional<std::int64_t> retry_after_s;                     ///< for 429
    Problem(base::Error error) : base::Error(std::move(error)) {}  // NOLINT: every error is a problem
    explicit Problem(std::vector<FieldError> wrong)
        : base::Error{base::ErrorKind::invalid, "invalid", "Some fields are wrong."},
          fields(std::move(wrong)) {}
};

template <class T>
using Answer = std::expected<T, Problem>;
using Outcome = std::expected<void, Problem>;

[[nodiscard]] inline std::unexpected<Problem> refuse(base::ErrorKind kind, std::string code,
                                                     std::string message) {
    return std::unexpected(Problem(base::Error{kind, std::move(code), std::move(message)}));
}
[[nodiscard]] inline std::unexpected<Problem> wrong_field(std::string field, std::string code,
                                                          std::string message) {
    return std::unexpected(Problem({FieldError{std::move(field), std::move(code), std::move(message)}}));
}
/// 404 with "There is no such WHAT. It may have been removed."
[[nodiscard]] inline std::unexpected<Problem> no_such(std::string_view what) {
    return refuse(base::ErrorKind::not_found, "not_found",
                  "There is no such " + std::string(what) + ". It may have been removed.");
}

}  // namespace sallyport::server
