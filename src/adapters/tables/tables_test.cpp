#include "adapters/tables/tables.hpp"

#include <gtest/gtest.h>

namespace sallyport::adapters {
namespace {

using ports::TableFormat;

const ports::TableHead head{"事件", "2026", {{"Time", 10}, {"Name", 20}}};

std::unique_ptr<ports::TableFile> made(TableFormat format) {
    return make_table_files(std::filesystem::temp_directory_path())->make(format, head).value();
}

std::string written(TableFormat format, int rows) {
    const auto table = made(format);
    for (int i = 0; i < rows; ++i) EXPECT_TRUE(table->add({"10:00", "=1 王小明"}));
    EXPECT_TRUE(table->finish());
    return table->read(0, table->size()).value();
}

TEST(Tables, are_text) {
    EXPECT_EQ(written(TableFormat::csv, 1), "\xEF\xBB\xBFTime,Name\r\n10:00,'=1 王小明\r\n" + std::string());
}

/// Names of an earlier version: control characters, half of a pair, bytes that are no text.
TEST(Tables, hold_characters_only) {
    const std::string bad("An\x01na\n\xED\xA0\x80\xFF\0\xEF\xBF\xBE\xC2\x85x", 17);
    const std::string clean = "An na \uFFFD\uFFFD\uFFFD\uFFFD \uFFFD x";
    for (const auto format : {TableFormat::csv, TableFormat::xlsx, TableFormat::pdf}) {
        const auto table = make_table_files(std::filesystem::temp_directory_path())
                               ->make(format, {bad, bad, {{bad, 10}}})
                               .value();
        EXPECT_TRUE(table->add({bad}));
        EXPECT_TRUE(table->finish());
        if (format == TableFormat::csv)
            EXPECT_EQ(table->read(3, 1'000).value(), clean + "\r\n" + clean + "\r\n");
    }
}

TEST(Tables, are_read_in_parts) {
    const auto table = made(TableFormat::csv);
    EXPECT_TRUE(table->finish());
    EXPECT_EQ(table->read(3, 4).value(), "Time");
    EXPECT_EQ(table->read(table->size(), 4).value(), "");
}

TEST(Tables, are_workbooks) {
    const auto book = written(TableFormat::xlsx, 3);
    EXPECT_TRUE(book.starts_with("PK\x03\x04"));
    EXPECT_TRUE(book.contains("xl/worksheets/sheet1.xml"));
}

/// The fonts are compressed in the file; that one with Chinese is embedded is seen by its name.
TEST(Tables, are_pages) {
    const auto pages = written(TableFormat::pdf, 100);
    EXPECT_TRUE(pages.starts_with("%PDF-"));
    EXPECT_TRUE(pages.contains("/Count 4"));
    EXPECT_TRUE(pages.contains("CJK")) << "no font with Chinese is here: install fonts-noto-cjk";
}

TEST(Tables, that_nobody_finishes_leave_nothing) {
    for (const auto format : {TableFormat::csv, TableFormat::xlsx, TableFormat::pdf})
        EXPECT_TRUE(made(format)->add({"a", "b"}));
}

TEST(Tables, need_a_place) {
    EXPECT_EQ(make_table_files("/nowhere")->make(TableFormat::csv, head).error().code, "storage");
}

}  // namespace
}  // namespace sallyport::adapters
