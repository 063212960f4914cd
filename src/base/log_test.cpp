#include "base/log.hpp"

#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::base {

using testing::EndsWith;
using testing::MatchesRegex;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

namespace {

std::string said(LogForm form, std::string_view message) {
    CaptureStderr();
    set_log_form(form);
    log_warning(message);
    auto text = GetCapturedStderr();
    set_log_form(LogForm::text);
    return text;
}

}  // namespace

TEST(Log, is_a_line_with_time_and_level) {
    EXPECT_THAT(said(LogForm::text, "The disk is full."),
                MatchesRegex("[0-9-]+T[0-9:.]+Z warning The disk is full.\n"));
}

TEST(Log, as_json_is_an_object_on_a_line_whatever_somebody_typed) {
    EXPECT_THAT(said(LogForm::json, "The disk is full."),
                MatchesRegex(R"(\{"at":"[0-9-]+T[0-9:.]+Z","level":"warning","message":"The disk is full."\})"
                             "\n"));
    EXPECT_THAT(said(LogForm::json, "a\"b\\c\nd"), EndsWith("\"message\":\"a\\\"b\\\\c d\"}\n"));
    EXPECT_THAT(said(LogForm::json, "\xE9\x97\xA8 \xFF \xC0\xAF \xED\xA0\x80 \xE9\x97"),
                EndsWith("\"message\":\"\xE9\x97\xA8 \\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd "
                         "\\ufffd\\ufffd\"}\n"));
}

TEST(Log, no_message_forges_a_second_line) {
    const auto text = said(LogForm::text, "name\n2026-01-01T00:00:00Z error forged");
    EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(Log, in_the_journal_begins_with_its_priority) {
    CaptureStderr();
    struct stat stream{};
    ASSERT_EQ(::fstat(STDERR_FILENO, &stream), 0);
    ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", stream.st_dev, stream.st_ino).c_str(), 1);
    set_log_form(LogForm::text);
    log_error("The disk is full.");
    log_notice("The disk stores again.");
    set_log_form(LogForm::json);
    log_warning("w");
    ::unsetenv("JOURNAL_STREAM");
    const auto text = GetCapturedStderr();
    set_log_form(LogForm::text);
    EXPECT_EQ(text.find("<3>The disk is full.\n<5>The disk stores again.\n<4>{\"at\":"), 0U) << text;
}

}  // namespace sallyport::base
