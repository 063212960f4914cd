#include "apps/settings_file/settings_file.hpp"

#include <gtest/gtest.h>

namespace sallyport::apps {

TEST(SettingsFile, reads_text_and_numbers_by_key) {
    auto file = SettingsFile::parse("listen = \"127.0.0.1:1\"\n[limits]\npeople = 5\n", "door.toml");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->text("listen"), "127.0.0.1:1");
    EXPECT_EQ(file->integer("limits.people", 1, 10), 5);
    EXPECT_EQ(file->integer("limits.records", 1, 10), std::nullopt);
    EXPECT_TRUE(file->finish());
}

TEST(SettingsFile, names_the_line_of_what_is_no_toml) {
    const auto file = SettingsFile::parse("a = 1\nb = = 2\n", "door.toml");
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find("door.toml line 2"), std::string::npos) << file.error().message;
}

TEST(SettingsFile, names_key_line_and_range_of_a_value_that_does_not_fit) {
    auto file = SettingsFile::parse("\n[limits]\npeople = 50\n", "door.toml");
    EXPECT_EQ(file->integer("limits.people", 1, 10), std::nullopt);
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 3: limits.people has to be a whole number from 1 to 10.");
    auto other = SettingsFile::parse("listen = 3", "door.toml");
    EXPECT_EQ(other->text("listen"), std::nullopt);
    EXPECT_EQ(other->finish().error().message, "door.toml line 1: listen has to be text in quotes.");
}

TEST(SettingsFile, suggests_the_key_that_was_meant) {
    auto file = SettingsFile::parse("[limits]\npeopel = 5\n", "door.toml");
    static_cast<void>(file->text("listen"));
    static_cast<void>(file->integer("limits.people", 1, 10));
    static_cast<void>(file->integer("limits.records", 1, 10));
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 2: limits.peopel is not known; did you mean limits.people?");
}

TEST(SettingsFile, reads_lists_of_numbers_within_a_range) {
    auto file = SettingsFile::parse("codes = [17, 42]\nnone = []\nmixed = [1, \"2\"]\n", "door.toml");
    EXPECT_EQ(file->integers("codes", 0, 99), (std::vector<std::int64_t>{17, 42}));
    EXPECT_TRUE(file->integers("absent", 0, 99).empty());
    EXPECT_TRUE(file->integers("codes", 20, 99).empty());
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 1: codes has to be a list of whole numbers from 20 to 99, such as [20].");
    auto other = SettingsFile::parse("mixed = [1, \"2\"]", "door.toml");
    EXPECT_TRUE(other->integers("mixed", 0, 99).empty());
    EXPECT_FALSE(other->finish());
}

TEST(SettingsFile, numbers_the_tables_of_an_array) {
    auto file = SettingsFile::parse(
        "[[line]]\ndevice = \"a\"\n[[line.reader]]\naddress = 7\n[[line]]\ndevice = \"b\"\n", "door.toml");
    EXPECT_EQ(file->tables("line"), 2U);
    EXPECT_EQ(file->text("line.2.device"), "b");
    EXPECT_EQ(file->tables("line.1.reader"), 1U);
    EXPECT_EQ(file->tables("line.2.reader"), 0U);
    EXPECT_EQ(file->integer("line.1.reader.1.address", 0, 5), std::nullopt);
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 4: line.1.reader.1.address has to be a whole number from 0 to 5.");
}

TEST(SettingsFile, names_the_table_in_which_something_is_missing) {
    auto file = SettingsFile::parse("doors = 1\n[[line]]\nbaud = 9600\n", "door.toml");
    file->complain("line.1.device", "has to be there");
    EXPECT_EQ(file->finish().error().message, "door.toml line 2: line.1.device has to be there.");
    auto empty = SettingsFile::parse("", "door.toml");
    empty->complain("data", "has to be there");
    EXPECT_EQ(empty->finish().error().message, "door.toml: data has to be there.");
}

TEST(SettingsFile, says_where_it_cannot_be_read_on_one_line) {
    const auto file = SettingsFile::parse("doors = \n", "door.toml");
    EXPECT_TRUE(file.error().message.starts_with("door.toml line 1: this is no TOML (in the "))
        << file.error().message;
    EXPECT_EQ(file.error().message.find('\n'), std::string::npos);
}

TEST(SettingsFile, numbers_tables_and_names_the_line_of_each) {
    auto file = SettingsFile::parse(
        "[[door]]\nrelay = \"a\"\n[[door]]\nrelay = \"b\"\nformats = [\"x\", \"y\"]\n[[door.reader]]\nd = "
        "1\n",
        "door.toml");
    EXPECT_EQ(file->tables("door"), 2U);
    EXPECT_EQ(file->tables("door.1.reader"), 0U);
    EXPECT_EQ(file->tables("door.2.reader"), 1U);
    EXPECT_EQ(file->text("door.1.relay"), "a");
    EXPECT_EQ(file->text("door.2.relay"), "b");
    EXPECT_EQ(file->texts("door.2.formats"), (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(file->texts("door.1.formats").empty());
    EXPECT_EQ(file->integer("door.2.reader.1.d", 0, 1), 1);
    EXPECT_TRUE(file->finish());
    file->complain("door.2", "is one too many");
    EXPECT_EQ(file->finish().error().message, "door.toml line 3: door.2 is one too many.");
}

TEST(SettingsFile, says_what_should_have_been_a_list_or_tables) {
    auto file = SettingsFile::parse("door = 3\n", "door.toml");
    EXPECT_EQ(file->tables("door"), 0U);
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 1: door has to be tables, each beginning with [[door]].");
    auto other = SettingsFile::parse("formats = [1]\n", "door.toml");
    EXPECT_TRUE(other->texts("formats").empty());
    EXPECT_EQ(other->finish().error().message,
              "door.toml line 1: formats has to be a list of texts, such as [\"one\", \"two\"].");
}

TEST(SettingsFile, an_empty_list_is_no_answer) {
    auto file = SettingsFile::parse("allow = []\n", "door.toml");
    EXPECT_TRUE(file->texts("allow").empty());
    EXPECT_EQ(file->finish().error().message,
              "door.toml line 1: allow is an empty list: name something in it, or leave it out.");
}

TEST(SettingsFile, says_which_file_cannot_be_read) {
    EXPECT_EQ(SettingsFile::read("/nowhere/door.toml").error().code, "config_unreadable");
    EXPECT_EQ(SettingsFile::read("/").error().code, "config_unreadable");
}

}  // namespace sallyport::apps
