#include "controller/dialect/digest_nonces.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller::dialect {

namespace {

using Use = DigestNonces::Use;
constexpr base::Instant start{std::chrono::hours{1}};

}  // namespace

TEST(DigestNonces, each_count_is_good_once) {
    DigestNonces nonces;
    nonces.add("a", start);
    EXPECT_EQ(nonces.use("a", 1, start), Use::first);
    EXPECT_EQ(nonces.use("a", 1, start), Use::replayed);
    EXPECT_EQ(nonces.use("a", 3, start), Use::again);
    EXPECT_EQ(nonces.use("a", 2, start), Use::again) << "requests may overtake each other";
    EXPECT_EQ(nonces.use("a", 2, start), Use::replayed);
    EXPECT_EQ(nonces.use("a", 0, start), Use::replayed);
    EXPECT_EQ(nonces.use("a", 1'000, start), Use::again);
    EXPECT_EQ(nonces.use("a", 936, start), Use::replayed) << "too far behind to be known";
    EXPECT_EQ(nonces.use("a", 937, start), Use::again);
    EXPECT_EQ(nonces.use("b", 1, start), Use::replayed);
}

TEST(DigestNonces, are_good_for_five_minutes_and_bounded) {
    DigestNonces nonces;
    nonces.add("a", start);
    EXPECT_EQ(nonces.use("a", 1, start + std::chrono::minutes{4}), Use::first);
    EXPECT_EQ(nonces.use("a", 2, start + std::chrono::minutes{5}), Use::replayed);
    for (int i = 0; i < 5'000; ++i) nonces.add(std::to_string(i), start + std::chrono::microseconds{i});
    EXPECT_EQ(nonces.use("0", 1, start), Use::replayed) << "the oldest went";
    EXPECT_EQ(nonces.use("4999", 1, start), Use::first);
}

}  // namespace sallyport::controller::dialect
