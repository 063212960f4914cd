#pragma once
// Where the characters of a text end: what cuts a text must cut between them.
#include <cstddef>
#include <string_view>

namespace sallyport::base {

/// Bytes of the well-formed UTF-8 character at the front (Unicode 15, table 3-7); 0 when there is none.
[[nodiscard]] std::size_t character_length(std::string_view);

}  // namespace sallyport::base
