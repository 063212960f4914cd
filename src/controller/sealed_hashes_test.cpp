#include "controller/sealed_hashes.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller {

TEST(SealedHashes, open_for_their_account_with_their_key_only) {
    const SealedHashes hashes(base::Secret("a private key"));
    const auto sealed = hashes.seal("admin", base::Secret("0123456789ABCDEF0123456789ABCDEF"));
    EXPECT_EQ(sealed.find("0123456789"), std::string::npos);
    EXPECT_EQ(hashes.open("admin", sealed)->reveal(), "0123456789ABCDEF0123456789ABCDEF");
    EXPECT_NE(hashes.seal("admin", base::Secret("0123456789ABCDEF0123456789ABCDEF")), sealed);
    EXPECT_FALSE(hashes.open("guard", sealed));
    EXPECT_FALSE(SealedHashes(base::Secret("another key")).open("admin", sealed));
    EXPECT_FALSE(hashes.open("admin", ""));
    auto changed = sealed;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    EXPECT_FALSE(hashes.open("admin", changed));
}

}  // namespace sallyport::controller
