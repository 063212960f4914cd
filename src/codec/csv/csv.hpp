#pragma once
// Tables as text (RFC 4180), safe to open in a spreadsheet. Pure.
#include <span>
#include <string>
#include <string_view>

namespace sallyport::codec {

/// What a file begins with, so that spreadsheets know that it is UTF-8.
inline constexpr std::string_view csv_mark = "\xEF\xBB\xBF";

/// One line, with its end. A cell that a spreadsheet would take for a formula (it begins with =, +, -, @, a
/// tab or a carriage return) gets an apostrophe before it, which imports take away again.
[[nodiscard]] std::string csv_row(std::span<const std::string> cells);

}  // namespace sallyport::codec
