#pragma once
// Where the characters of a text end: what cuts a text must cut between them. And what is none.
#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::base {

/// Bytes of the well-formed UTF-8 character at the front (Unicode 15, table 3-7); 0 when there is none.
[[nodiscard]] std::size_t character_length(std::string_view);

/// As a line of any file may hold it (XML 1.0, 2.2): U+FFFD for each byte and character that is none, a space
/// for each control character, line ends among them.
[[nodiscard]] std::string clean_line(std::string_view);

}  // namespace sallyport::base
