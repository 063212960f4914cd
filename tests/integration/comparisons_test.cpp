// What comparing controllers with what they should hold costs when they hold it (platform.md G4): a thousand
// controllers are compared whenever somebody is added.
#include "integration/one_controller.hpp"

namespace sallyport::tests {

using Comparisons = OneController;

TEST_F(Comparisons, one_that_finds_nothing_to_do_writes_nothing) {
    ASSERT_TRUE(in_step(1));
    // The comparison after this one has seen the first to its end.
    devices.desired_changed({});
    const int before = database.reads;
    ASSERT_TRUE(until([&] { return database.reads >= before + 4; }));
    const int writes = database.writes;
    for (int times = 1; times <= 3; ++times) {
        const int reads = database.reads;
        devices.desired_changed({});
        ASSERT_TRUE(until([&] { return database.reads >= reads + 4; })) << "settings, wanted, held, left";
    }
    EXPECT_EQ(database.writes, writes);
    add_ben();
    devices.desired_changed(std::set<server::Id>{1});
    EXPECT_TRUE(until([&] { return stored.rows("SELECT user_id FROM device_entry") == "1001\n1002\n"; }));
    EXPECT_EQ(database.writes, writes + 1) << "that Ben has arrived";
}

TEST_F(Comparisons, only_the_controllers_concerned_are_compared) {
    ASSERT_TRUE(in_step(1));
    add_ben();
    devices.desired_changed(std::set<server::Id>{7, 8});
    devices.desired_changed(std::set<server::Id>{});
    loop.run_for(700ms);
    EXPECT_EQ(controller.people.size(), 1U);
    devices.desired_changed(std::set<server::Id>{7});
    devices.desired_changed(std::set<server::Id>{1});
    EXPECT_TRUE(in_step(2)) << "with those that others named";
}

}  // namespace sallyport::tests
