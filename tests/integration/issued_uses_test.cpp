// A person's uses as they are sent to a controller (server/issue/desired.hpp).
#include <gtest/gtest.h>

#include "integration/platform_database.hpp"
#include "server/issue/desired.hpp"

namespace sallyport::tests {

TEST(IssuedUses, carry_their_series_and_a_new_series_is_a_new_entry) {
    PlatformDatabase database;
    add_a_door_and_anna(database);
    database.execute("INSERT INTO permission_group (id, name, remark) VALUES (30, 'G', '')");
    database.execute("INSERT INTO permission_group_door (group_id, door_id) VALUES (30, 2)");
    database.execute("INSERT INTO permission_group_person (group_id, person_id) VALUES (30, 3)");
    const auto sealer = *server::Sealer::open(database.directory() / "secret.key");
    const auto entry = [&] {
        auto desired = ports::read_from(
            *database, [&](ports::Connection& c) { return server::load_desired(c, sealer, 1, {0}, 3); });
        EXPECT_TRUE(desired) << desired.error().message;
        return desired->roster.at(0);
    };
    EXPECT_FALSE(entry().person.contains("uses_series")) << "no limit, no series";
    database.execute("UPDATE person SET uses = 3, uses_series = 255");
    const auto before = entry();
    EXPECT_EQ(before.person.at("uses"), 3);
    EXPECT_EQ(before.person.at("uses_series"), "00000000000000FF");
    database.execute("UPDATE person SET uses_series = 256");
    EXPECT_NE(entry().tag, before.tag) << "the difference to the controller has to be seen";
}

}  // namespace sallyport::tests
