#include "server/wire/fields.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

/// The code of what is wrong with a name; empty: nothing.
std::string judged(const char* name) {
    const boost::json::object object{{"name", name}};
    std::vector<FieldError> errors;
    Fields fields(object, errors);
    fields.text("name", {1, 64, is_name, "No.", "characters"});
    return errors.empty() ? "" : errors.front().code;
}

TEST(Names, are_one_line_that_can_be_seen) {
    for (const auto* good :
         {"Anna", "张伟", "\U0001F600", "e\u0301", "ﷺ", "می\u200cخواهم", "a b", "<b>&", "\ue000"})
        EXPECT_EQ(judged(good), "") << good;
    for (const auto* bad :
         {"a\nb", "a\tb", "a\x01", "a\x7f", "a\u0085", "a\u2028", "\u202eevil", "\u2066x", "\ufffe", "\uffff",
          "\ufdd0", "\U0001fffe", "\U0010ffff", " ", "\u200b", "\u3000\u00a0", "\ufeff"})
        EXPECT_EQ(judged(bad), "characters") << bad;
}

TEST(Texts, may_have_lines_but_nothing_that_is_no_character) {
    const boost::json::object object{{"good", "one\n\ttwo"}, {"bad", "x\uffff"}};
    std::vector<FieldError> errors;
    Fields fields(object, errors);
    EXPECT_TRUE(fields.text("good", {0, 64, nullptr, {}}));
    EXPECT_FALSE(fields.text("bad", {0, 64, nullptr, {}}));
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors.front().code, "characters");
}

}  // namespace
}  // namespace sallyport::server
