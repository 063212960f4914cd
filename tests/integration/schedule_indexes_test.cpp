// Which index a time template has on a controller, and when it may mean something else
// (server/issue/desired.hpp).
#include <gtest/gtest.h>

#include "integration/platform_database.hpp"
#include "server/issue/desired.hpp"

namespace sallyport::tests {

namespace {

class ScheduleIndexes : public ::testing::Test {
  protected:
    void SetUp() override {
        add_a_door_and_anna(database);
        database.execute(
            "INSERT INTO time_template (id, name, week) VALUES (20, 'Day', '[]'), (21, 'Night', '[]')");
        group(30, 20);
    }
    void group(int id, int time_template) {
        const auto text = std::to_string(id);
        database.execute("INSERT INTO permission_group (id, name, remark, template_id) VALUES (" + text +
                         ", 'G" + text + "', '', " + std::to_string(time_template) + ")");
        database.execute("INSERT INTO permission_group_door (group_id, door_id) VALUES (" + text + ", 2)");
    }
    template <class Work>
    void in_a_write(Work work) {
        auto done = ports::write_to(*database, [&](ports::Connection& c) -> base::Result<bool> {
            if (auto status = work(c); !status) return std::unexpected(status.error());
            return true;
        });
        ASSERT_TRUE(done) << done.error().message;
    }
    void assign() {
        in_a_write([](ports::Connection& c) { return server::assign_schedules(c, 1); });
    }
    void release(const std::set<std::int64_t>& on_the_controller) {
        in_a_write([&](ports::Connection& c) { return server::release_schedules(c, 1, on_the_controller); });
    }
    std::string indexes() {
        return database.rows("SELECT template_id, schedule FROM device_schedule ORDER BY schedule");
    }
    PlatformDatabase database;
};

}  // namespace

TEST_F(ScheduleIndexes, each_template_that_is_used_gets_the_lowest_free_index_and_keeps_it) {
    assign();
    EXPECT_EQ(indexes(), "20|0\n");
    group(31, 21);
    assign();
    assign();
    EXPECT_EQ(indexes(), "20|0\n21|1\n");
}

TEST_F(ScheduleIndexes, an_index_gets_no_other_meaning_while_somebody_on_the_controller_has_it) {
    assign();
    database.execute("DELETE FROM permission_group WHERE id = 30");
    release({0});
    EXPECT_EQ(indexes(), "20|0\n");
    group(31, 21);
    assign();
    EXPECT_EQ(indexes(), "20|0\n21|1\n");
    release({1});
    EXPECT_EQ(indexes(), "21|1\n");
}

TEST_F(ScheduleIndexes, what_a_group_uses_is_never_released) {
    assign();
    release({});
    EXPECT_EQ(indexes(), "20|0\n");
}

}  // namespace sallyport::tests
