#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/permissions/permissions.hpp"

namespace sallyport::server {
namespace {

RC_GTEST_PROP(WeekText, reads_what_it_writes, ()) {
    Week week;
    for (auto& day : week)
        for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
            day.push_back({*rc::gen::inRange(0, 86'400), *rc::gen::inRange(0, 86'401)});
    RC_ASSERT(week_from(week_text(week)) == week);
}

TEST(WeekText, refuses_what_is_no_week) {
    for (const auto* text : {"", "[]", "{}", "[[],[],[],[],[],[],7]", "[[[1]],[],[],[],[],[],[]]",
                             "[[[1,\"2\"]],[],[],[],[],[],[]]"})
        EXPECT_EQ(week_from(text), std::nullopt) << text;
}

}  // namespace
}  // namespace sallyport::server
