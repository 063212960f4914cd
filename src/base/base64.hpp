#pragma once
// Bytes as text.
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::base {

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// nullopt for what is none (RFC 4648 section 4, with padding).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace sallyport::base
