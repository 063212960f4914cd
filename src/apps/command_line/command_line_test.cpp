#include "apps/command_line/command_line.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace {

using namespace sallyport;

struct Program {
    explicit Program(bool needs_command) {
        app.set_version_flag("--version", "guard 1.2");
        app.add_option("--data", data, "Where");
        app.add_option("--guests", guests, "How many");
        app.add_subcommand("check", "Look")->add_option("file", file, "What to look at")->required();
        auto* user = app.add_subcommand("user", "Accounts");
        user->require_subcommand(1);
        user->add_subcommand("list", "All of them");
        if (needs_command) app.require_subcommand(1);
    }

    std::string said(std::vector<const char*> words) {
        words.insert(words.begin(), "guard");
        auto parsed = apps::parse_command_line(app, static_cast<int>(words.size()), words.data());
        if (!parsed) return parsed.error().message;
        return parsed->value_or("");
    }

    std::string data;
    std::string file;
    int guests = 0;
    CLI::App app{"Guards.", "guard"};
};

TEST(CommandLine, fills_what_it_is_told_to_fill) {
    Program program(false);
    EXPECT_EQ(program.said({"--data", "here"}), "");
    EXPECT_EQ(program.data, "here");
    EXPECT_EQ(Program(false).said({}), "");
    EXPECT_EQ(Program(true).said({"--version"}), "guard 1.2\n");
    EXPECT_NE(Program(true).said({"check", "--help"}).find("What to look at"), std::string::npos);
}

TEST(CommandLine, names_the_commands_where_none_or_another_was_given) {
    EXPECT_EQ(Program(true).said({}), "Say what to do: check, user. `guard --help` says what each does.");
    EXPECT_EQ(Program(true).said({"user"}), "Say what to do: list. `guard user --help` says what each does.");
    for (const bool needs_command : {false, true})
        EXPECT_EQ(Program(needs_command).said({"chekc", "a.toml"}),
                  "There is no command 'chekc'. There are: check, user. `guard --help` says what each does.");
}

TEST(CommandLine, leads_to_the_help_of_the_command_that_was_meant) {
    EXPECT_EQ(Program(true).said({"check"}), "file is missing. `guard check --help` lists what there is.");
    EXPECT_EQ(Program(true).said({"check", "a.toml", "--dta", "x"}),
              "'--dta' means nothing there. `guard check --help` lists what there is.");
    EXPECT_EQ(Program(true).said({"--data"}),
              "--data needs something after it. `guard --help` lists what there is.");
    EXPECT_EQ(Program(false).said({"--guests", "many"}),
              "--guests: 'many' is no number that is possible there. `guard --help` lists what there is.");
}

}  // namespace
