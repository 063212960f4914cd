// What comparing controllers with what they should hold costs when they hold it (platform.md G4): a thousand
// controllers are compared whenever somebody is added.
#include <atomic>

#include <gtest/gtest.h>

#include "integration/platform_database.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/fake_controller.hpp"

namespace sallyport::tests {

namespace {

using namespace std::chrono_literals;

/// Counts how often it is asked.
class CountingDatabase final : public ports::Database {
  public:
    explicit CountingDatabase(ports::Database& real) : real_(real) {}
    void write(Work work, Done done, std::chrono::milliseconds deadline) override {
        ++writes;
        real_.write(std::move(work), std::move(done), deadline);
    }
    base::Status read(const std::function<base::Status(ports::Connection&)>& work,
                      std::chrono::milliseconds deadline) override {
        ++reads;
        return real_.read(work, deadline);
    }
    [[nodiscard]] base::Status health() const override { return real_.health(); }
    [[nodiscard]] std::size_t waiting() const override { return real_.waiting(); }
    std::atomic<int> writes = 0;
    std::atomic<int> reads = 0;

  private:
    ports::Database& real_;
};

/// One controller, which lets Anna in.
class Comparisons : public ::testing::Test {
  protected:
    Comparisons() {
        add_a_door_and_anna(stored);
        stored.execute("INSERT INTO permission_group (id, name, remark) VALUES (9, 'All', '')");
        stored.execute("INSERT INTO permission_group_door VALUES (9, 2)");
        stored.execute("INSERT INTO permission_group_person VALUES (9, 3)");
        const auto password = sealer.seal(base::Secret(controller.password), "device.password:1");
        const auto kept = ports::write_to(*stored, [&](ports::Connection& c) {
            return c.execute("UPDATE device SET password = $1, fingerprint = 'aabb'", {password});
        });
        EXPECT_TRUE(kept);
        EXPECT_TRUE(doors.load());
        EXPECT_TRUE(devices.start("platform"));
    }
    ~Comparisons() override {
        devices.stop();
        loop.run_for(100ms);
    }
    bool until(const std::function<bool()>& so) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!so() && std::chrono::steady_clock::now() < end) loop.run_one_for(50ms);
        return so();
    }
    bool in_step(std::size_t people) {
        return until([&] {
            return controller.people.size() == people && doors.find(2)->settings_state == IssueWord::issued;
        });
    }
    void add_ben() {
        stored.execute(
            "INSERT INTO person (id, user_id, name, type, remark, created_at, changed_at) "
            "VALUES (4, '1002', 'Ben', 'general', '', 0, 0)");
        stored.execute("INSERT INTO permission_group_person VALUES (9, 4)");
    }

    using IssueWord = server::IssueWord;
    PlatformDatabase stored;
    CountingDatabase database{*stored};
    server::Sealer sealer = server::Sealer::open(stored.directory() / "secret.key").value();
    boost::asio::io_context loop;
    server::FakeController controller{loop};
    server::Registrations dialler{loop, controller, stored.clock()};
    server::Audit audit{database, stored.ids(), stored.clock()};
    server::Live live;
    server::Doors doors{database, stored.ids(), stored.clock(), audit, live};
    server::Events events{database, live};
    server::Verifications verifications{database, stored.ids(), stored.clock(), doors, live};
    server::Devices devices{
        loop,
        dialler,
        {database, stored.clock(), sealer, stored.ids(), audit, doors, events, live, verifications}};
};

}  // namespace

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
