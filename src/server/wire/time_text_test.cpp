#include "server/wire/time_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::server {
namespace {

TEST(TimeText, writes_only_the_digits_that_are_needed) {
    EXPECT_EQ(time_text({0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(time_text({1'774'745'990'250'000}), "2026-03-29T00:59:50.250Z");
    EXPECT_EQ(time_text({1'774'745'990'250'125}), "2026-03-29T00:59:50.250125Z");
}

TEST(TimeText, reads_offsets_and_fractions) {
    EXPECT_EQ(time_from("2026-03-29T02:59:50.25+02:00"), (base::UtcTime{1'774'745'990'250'000}));
    EXPECT_EQ(time_from("2024-02-29T00:00:00Z"), (base::UtcTime{1'709'164'800'000'000}));
}

TEST(TimeText, refuses_what_is_no_time) {
    for (const auto* text :
         {"", "2026-03-29", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-29T24:00:00Z",
          "2026-03-29T00:00:00", "2026-03-29T00:00:00Zx", "2026-03-29T00:00:00.Z", "2026-03-29T00:00:00+2:00",
          "1969-12-31T23:59:59Z", "+026-03-29T00:00:00Z"})
        EXPECT_EQ(time_from(text), std::nullopt) << text;
}

RC_GTEST_PROP(TimeText, reads_what_it_writes, ()) {
    const base::UtcTime time{*rc::gen::inRange<std::int64_t>(0, 253'402'300'799'999'999)};
    RC_ASSERT(time_from(time_text(time)) == time);
}

}  // namespace
}  // namespace sallyport::server
