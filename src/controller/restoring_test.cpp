#include "controller/restoring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::controller {

using testing::HasSubstr;

namespace {

ports::Backup backup_of(const std::string& owner) {
    ports::Backup backup;
    backup.serial = "SP0123456789AB";
    backup.made_at.microseconds = 1'774'746'000'000'000;
    auto& image = backup.image;
    image.people.resize(2);
    image.people[0].user_id = base::UserId::from("1001").value();
    image.people[0].tag = {7};
    image.people[1].user_id = base::UserId::from("1002").value();
    image.settings.duress = core::Duress::on;
    image.accounts = {{"admin", ports::AccountRole::admin, "old"}};
    image.owner = {owner, 9};
    image.pin_key.bytes.fill(1);
    image.door_modes = {core::DoorMode::always_open};
    return backup;
}

ports::ControllerImage controller_of(const std::string& owner) {
    ports::ControllerImage image;
    image.accounts = {{"admin", ports::AccountRole::admin, "new"}};
    image.owner = {owner, 11};
    image.pin_key.bytes.fill(1);
    return image;
}

RestoreWish wish(RestoredPeople people = RestoredPeople::owners, std::size_t limit = 100) {
    return {people, "admin", {}, 0, {.people = limit}, {}};
}

}  // namespace

TEST(Restoring, brings_no_person_back_where_somebody_owns_the_roster) {
    for (const auto& [before, now] :
         {std::pair{"platform", "platform"}, {"platform", ""}, {"", "platform"}}) {
        const auto write = restore_write(backup_of(before), controller_of(now), wish());
        ASSERT_TRUE(write);
        EXPECT_TRUE(write->upsert.empty());
        EXPECT_FALSE(write->remove_everyone);
        EXPECT_EQ(write->owner->manager, "platform");
        EXPECT_EQ(write->owner->revision, 0U) << "the plan is taken again";
        core::Settings settings;
        write->settings(settings);
        EXPECT_EQ(settings.duress, core::Duress::on);
    }
}

TEST(Restoring, brings_people_back_where_nobody_else_knows_them) {
    const auto write = restore_write(backup_of(""), controller_of(""), wish());
    ASSERT_TRUE(write);
    EXPECT_TRUE(write->remove_everyone);
    EXPECT_EQ(write->upsert.size(), 2U);
    for (const auto& person : write->upsert) EXPECT_EQ(person.tag, core::EntryTag{}) << "as of the keypad";
    EXPECT_THAT(write->records.front().detail, HasSubstr("backup_with_people_restored"));
    EXPECT_THAT(write->records.front().detail, HasSubstr("count=2"));
}

TEST(Restoring, people_that_somebody_asked_for_are_not_in_step_and_are_recorded) {
    const auto write =
        restore_write(backup_of("platform"), controller_of("platform"), wish(RestoredPeople::backups));
    ASSERT_TRUE(write);
    ASSERT_EQ(write->upsert.size(), 2U);
    for (const auto& person : write->upsert)
        EXPECT_NE(person.tag, core::EntryTag{}) << "the owner would leave it as a keypad's";
    EXPECT_EQ(write->owner->revision, 0U);
    EXPECT_THAT(write->records.front().detail, HasSubstr("count=2 by=admin"));
}

TEST(Restoring, never_replaces_who_may_manage_by_who_once_could) {
    EXPECT_FALSE(restore_write(backup_of("old"), controller_of("new"), wish())->accounts);
    EXPECT_EQ(restore_write(backup_of("old"), controller_of("new"), wish())->owner->manager, "new");
    const auto fresh = restore_write(backup_of("old"), {}, wish());
    EXPECT_EQ(fresh->accounts->size(), 1U);
    EXPECT_EQ(fresh->owner->manager, "old");
    EXPECT_TRUE(fresh->remove_everyone) << "another key: no PIN of theirs can be checked";
}

TEST(Restoring, opens_no_door) {
    EXPECT_FALSE(restore_write(backup_of(""), controller_of(""), wish())->door_modes);
}

TEST(Restoring, refuses_more_people_than_the_controller_takes) {
    const auto write = restore_write(backup_of(""), controller_of(""), wish(RestoredPeople::owners, 1));
    ASSERT_FALSE(write);
    EXPECT_EQ(write.error().code, "people_limit");
}

TEST(Restoring, refuses_anything_else_that_is_more_than_the_controller_takes) {
    const auto refusal = [](ports::Backup backup) {
        const auto write = restore_write(std::move(backup), controller_of(""), wish());
        return write ? std::string{} : write.error().message;
    };
    auto backup = backup_of("");
    backup.image.calendar.schedules.resize(129);
    EXPECT_THAT(refusal(backup), HasSubstr("129 weekly schedules; the limit is 128"));
    backup = backup_of("");
    backup.image.public_passwords.resize(501);
    EXPECT_THAT(refusal(backup), HasSubstr("501 public passwords"));
    backup = backup_of("");
    backup.image.people[1].cards.resize(2);
    EXPECT_THAT(refusal(backup), HasSubstr("limits.cards_per_person"));
}

}  // namespace sallyport::controller
