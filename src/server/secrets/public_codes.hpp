#pragma once
// What public passwords are sealed and marked for (Sealer).
#include <string>

#include <fmt/core.h>

namespace sallyport::server {

[[nodiscard]] inline std::string public_code_purpose(std::int64_t password_id) {
    return fmt::format("public_password.code:{}", password_id);
}
/// One for all: two passwords with the same code have the same mark.
inline constexpr char public_code_marks[] = "public passwords";

}  // namespace sallyport::server
