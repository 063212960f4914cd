#pragma once
// How fingerprints are written: "9F:86:D0".
#include <string>
#include <string_view>

namespace sallyport::base {

/// Upper-case hexadecimal in pairs joined by ':'.
[[nodiscard]] std::string hex_pairs(std::string_view bytes);

}  // namespace sallyport::base
