#include "codec/csv/csv.hpp"

namespace sallyport::codec {

namespace {

/// Spreadsheets skip what stands before it, and some take a line break or a tab for the beginning.
bool is_formula(std::string_view cell) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = cell.find_first_not_of(blanks);
    const bool begins = first != std::string_view::npos && std::string_view("=+-@").contains(cell[first]);
    return begins || (!cell.empty() && std::string_view("\t\r").contains(cell.front()));
}

bool needs_quotes(std::string_view cell) {
    return cell.find_first_of("\",;\t\r\n") != std::string_view::npos || cell.starts_with(' ') ||
           cell.ends_with(' ');
}

void append_cell(std::string& row, std::string_view cell) {
    const bool quoted = needs_quotes(cell);
    if (quoted) row += '"';
    if (is_formula(cell)) row += '\'';
    for (const char c : cell) {
        if (c == '"') row += '"';
        row += c;
    }
    if (quoted) row += '"';
}

}  // namespace

std::string csv_row(std::span<const std::string> cells) {
    std::string row;
    for (const auto& cell : cells) {
        if (&cell != cells.data()) row += ',';
        append_cell(row, cell);
    }
    return row + "\r\n";
}

}  // namespace sallyport::codec
