#include "adapters/sqlite/backup.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sodium.h>

namespace sallyport::adapters {

namespace {

const base::Secret passphrase("correct horse");

ports::Backup sample() {
    ports::Backup backup;
    backup.serial = "SP0123456789AB";
    backup.made_at.microseconds = 1'774'746'000'000'001;
    auto& image = backup.image;
    auto& person = image.people.emplace_back();
    person.user_id = base::UserId::from("1001").value();
    person.cards.push_back({.number = {0x04A1'B2C3}});
    person.pin.emplace().bytes.fill(9);
    person.tag = {7};
    image.settings.zone = "Europe/Berlin";
    image.accounts = {{"admin", ports::AccountRole::admin, "$argon2id$..."}};
    image.owner = {"platform", 9};
    image.pin_key.bytes.fill(3);
    return backup;
}

class Directory {
  public:
    Directory() : path_(std::filesystem::path(testing::TempDir()) / "sallyport-backup-test") {
        std::filesystem::create_directory(path_);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] bool empty() const { return std::filesystem::is_empty(path_); }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST(Backup, comes_back_as_it_was_and_leaves_nothing_beside_it) {
    const Directory directory;
    SqliteBackups backups(directory.path());
    const auto sealed = backups.seal(sample(), passphrase);
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_TRUE(directory.empty());
    const auto opened = backups.open(*sealed, passphrase);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(directory.empty());
    EXPECT_EQ(opened->serial, sample().serial);
    EXPECT_EQ(opened->made_at, sample().made_at);
    EXPECT_EQ(opened->image.people, sample().image.people);
    EXPECT_EQ(opened->image.settings, sample().image.settings);
    EXPECT_EQ(opened->image.pin_key.bytes, sample().image.pin_key.bytes);
    EXPECT_EQ(opened->image.owner.manager, "platform");
    EXPECT_EQ(opened->image.accounts.at(0).argon2id, "$argon2id$...");
}

TEST(Backup, removes_what_a_kill_left_and_nothing_else) {
    const Directory directory;
    for (const auto* name : {"unsealed-00.db", "unsealed-00.db-wal", "controller.db", "unsealed.db.txt"})
        std::ofstream(directory.path() / name) << "x";
    SqliteBackups(directory.path()).remove_leftovers();
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "unsealed-00.db"));
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "unsealed-00.db-wal"));
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "controller.db"));
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "unsealed.db.txt"));
}

TEST(Backup, shows_nothing_without_the_passphrase) {
    const Directory directory;
    SqliteBackups backups(directory.path());
    const auto sealed = backups.seal(sample(), passphrase).value();
    for (const auto* word : {"1001", "Europe/Berlin", "argon2id", "SQLite"})
        EXPECT_EQ(sealed.find(word), std::string::npos) << word;
    EXPECT_EQ(backups.open(sealed, base::Secret("wrong horse!")).error().code, "wrong_passphrase");
    EXPECT_EQ(backups.seal(sample(), base::Secret("short")).error().code, "invalid_parameter");
}

TEST(Backup, that_was_changed_or_cut_is_refused_with_a_sentence) {
    const Directory directory;
    SqliteBackups backups(directory.path());
    const auto sealed = backups.seal(sample(), passphrase).value();
    const auto refused = [&](std::string bytes) {
        const auto opened = backups.open(bytes, passphrase);
        return opened ? std::string("opened") : opened.error().code;
    };
    EXPECT_EQ(refused(""), "backup_damaged");
    EXPECT_EQ(refused(sealed.substr(0, 40)), "backup_damaged");
    EXPECT_EQ(refused(sealed.substr(0, sealed.size() - 1)), "wrong_passphrase");
    auto changed = sealed;
    changed[changed.size() / 2] ^= 1;
    EXPECT_EQ(refused(changed), "wrong_passphrase");
    auto greedy = sealed;
    greedy[20] = greedy[21] = greedy[22] = greedy[23] = '\x7F';  // 2 TiB for the passphrase
    EXPECT_EQ(refused(greedy), "backup_damaged");
}

}  // namespace sallyport::adapters
