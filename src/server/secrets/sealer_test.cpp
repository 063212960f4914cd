#include "server/secrets/sealer.hpp"

#include <filesystem>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

namespace fs = std::filesystem;

class SealerTest : public testing::Test {
  protected:
    SealerTest() { fs::create_directory(place_); }
    ~SealerTest() override { fs::remove_all(place_); }
    fs::path place_ = fs::temp_directory_path() / fmt::format("sallyport-{:x}", std::random_device{}());
    fs::path file_ = place_ / "secret.key";
};

TEST_F(SealerTest, opens_what_it_sealed_even_after_a_restart) {
    const auto box = Sealer::open(file_)->seal(base::Secret("2468"), "person.pin:1");
    EXPECT_EQ(box.bytes.find("2468"), std::string::npos);
    const auto opened = Sealer::open(file_)->unseal(box.bytes, "person.pin:1");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), "2468");
}

TEST_F(SealerTest, does_not_open_for_another_purpose_or_with_changed_bytes) {
    const auto sealer = *Sealer::open(file_);
    auto box = sealer.seal(base::Secret("2468"), "person.pin:1");
    EXPECT_FALSE(sealer.unseal(box.bytes, "person.pin:2"));
    EXPECT_FALSE(sealer.unseal("short", "person.pin:1"));
    box.bytes.back() = static_cast<char>(box.bytes.back() ^ 1);
    EXPECT_FALSE(sealer.unseal(box.bytes, "person.pin:1"));
}

TEST_F(SealerTest, a_mark_is_the_same_for_the_same_secret_and_key_only) {
    const auto sealer = *Sealer::open(file_);
    const auto mark = sealer.mark(base::Secret("4711"), "codes");
    EXPECT_EQ(mark.size(), 32U);
    EXPECT_EQ(Sealer::open(file_)->mark(base::Secret("4711"), "codes"), mark);
    EXPECT_NE(sealer.mark(base::Secret("4712"), "codes"), mark);
    EXPECT_NE(sealer.mark(base::Secret("4711"), "others"), mark);
    EXPECT_NE(Sealer::open(place_ / "another.key")->mark(base::Secret("4711"), "codes"), mark);
}

TEST_F(SealerTest, refuses_a_key_file_that_others_may_read_or_that_is_none) {
    ASSERT_TRUE(Sealer::open(file_));
    fs::permissions(file_, fs::perms::group_read, fs::perm_options::add);
    const auto open_to_others = Sealer::open(file_);
    ASSERT_FALSE(open_to_others);
    EXPECT_EQ(open_to_others.error().kind, base::ErrorKind::forbidden);
    std::ofstream(file_) << "no key\n";
    fs::permissions(file_, fs::perms::group_read, fs::perm_options::remove);
    EXPECT_EQ(Sealer::open(file_).error().kind, base::ErrorKind::corrupt);
    EXPECT_EQ(Sealer::open(place_ / "nowhere" / "key").error().kind, base::ErrorKind::storage);
}

}  // namespace
}  // namespace sallyport::server
