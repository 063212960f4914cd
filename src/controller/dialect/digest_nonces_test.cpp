#include "controller/dialect/digest_nonces.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller::dialect {

namespace {

using Use = DigestNonces::Use;
constexpr base::Instant start{std::chrono::hours{1}};

DigestNonces some_nonces() {
    return DigestNonces(base::Secret(std::string(32, 'k')));
}

}  // namespace

TEST(DigestNonces, each_count_is_good_once) {
    auto nonces = some_nonces();
    const auto nonce = nonces.make(7, start);
    EXPECT_EQ(nonces.use(nonce, 1, start), Use::fresh);
    EXPECT_EQ(nonces.use(nonce, 1, start), Use::replayed);
    EXPECT_EQ(nonces.use(nonce, 3, start), Use::fresh);
    EXPECT_EQ(nonces.use(nonce, 2, start), Use::fresh) << "requests may overtake each other";
    EXPECT_EQ(nonces.use(nonce, 2, start), Use::replayed);
    EXPECT_EQ(nonces.use(nonce, 0, start), Use::replayed);
    EXPECT_EQ(nonces.use(nonce, 1'000, start), Use::fresh);
    EXPECT_EQ(nonces.use(nonce, 936, start), Use::replayed) << "too far behind to be known";
    EXPECT_EQ(nonces.use(nonce, 937, start), Use::fresh);
}

TEST(DigestNonces, only_its_own_are_known) {
    auto nonces = some_nonces();
    auto nonce = nonces.make(7, start);
    for (auto& digit : nonce) {
        const auto was = std::exchange(digit, digit == '0' ? '1' : '0');
        EXPECT_EQ(nonces.use(nonce, 1, start), Use::replayed);
        digit = was;
    }
    for (const auto* other : {"", "0", "0000000000000001", "what else"})
        EXPECT_EQ(nonces.use(other, 1, start), Use::replayed) << other;
    EXPECT_EQ(nonces.use(DigestNonces(base::Secret(std::string(32, 'x'))).make(7, start), 1, start),
              Use::replayed);
    EXPECT_EQ(nonces.use(nonce, 1, start), Use::fresh);
}

TEST(DigestNonces, are_good_for_five_minutes) {
    auto nonces = some_nonces();
    const auto nonce = nonces.make(7, start);
    EXPECT_EQ(nonces.use(nonce, 1, start + std::chrono::minutes{4}), Use::fresh);
    EXPECT_EQ(nonces.use(nonce, 2, start + std::chrono::minutes{5}), Use::replayed);
}

TEST(DigestNonces, strangers_who_ask_for_many_crowd_out_none) {
    auto nonces = some_nonces();
    const auto nonce = nonces.make(0, start);
    for (std::uint64_t i = 1; i < 10'000; ++i) static_cast<void>(nonces.make(i, start));
    EXPECT_EQ(nonces.use(nonce, 1, start), Use::fresh);
}

TEST(DigestNonces, of_too_many_in_use_the_oldest_is_over_and_cannot_be_used_again) {
    auto nonces = some_nonces();
    const auto at = [&](int i) { return nonces.make(0, start + std::chrono::microseconds{i}); };
    for (int i = 0; i < 4'097; ++i) EXPECT_EQ(nonces.use(at(i), 1, start), Use::fresh) << i;
    EXPECT_EQ(nonces.use(at(0), 1, start), Use::replayed);
    EXPECT_EQ(nonces.use(at(0), 2, start), Use::replayed);
    EXPECT_EQ(nonces.use(at(1), 2, start), Use::fresh);
}

}  // namespace sallyport::controller::dialect
