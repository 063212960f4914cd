#include "codec/csv/csv.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec {
namespace {

/// As a reader of RFC 4180 splits one line.
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t at = 0; at + 2 < line.size(); ++at) {
        const char c = line[at];
        if (quoted && c == '"' && line[at + 1] == '"') {
            cells.back() += line[++at];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

TEST(Csv, quotes_what_would_be_read_otherwise) {
    EXPECT_EQ(csv_row(std::vector<std::string>{"a", "b c", "", "王小明"}), "a,b c,,王小明\r\n");
    EXPECT_EQ(csv_row(std::vector<std::string>{"a,b", R"(say "no")", "two\nlines", " edge"}),
              "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\" edge\"\r\n");
}

TEST(Csv, no_cell_is_a_formula) {
    for (const auto* cell :
         {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  \n -1", "\tx"}) {
        const auto read = split(csv_row(std::vector<std::string>{cell}));
        EXPECT_EQ(read, (std::vector<std::string>{std::string("'") + cell}));
    }
    EXPECT_EQ(csv_row(std::vector<std::string>{R"(=HYPERLINK("x"))"}), "\"'=HYPERLINK(\"\"x\"\")\"\r\n");
}

RC_GTEST_PROP(Csv, is_read_as_it_was_written, (const std::vector<std::string>& cells)) {
    RC_PRE(!cells.empty());
    auto read = split(csv_row(cells));
    RC_ASSERT(read.size() == cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto first = cells[i].find_first_not_of(" \t\r\n");
        const bool begins = first != std::string::npos && std::string_view("=+-@").contains(cells[i][first]);
        const bool guarded = begins || cells[i].starts_with('\t') || cells[i].starts_with('\r');
        RC_ASSERT(read[i] == (guarded ? "'" : "") + cells[i]);
    }
}

}  // namespace
}  // namespace sallyport::codec
