#pragma once
// The platform's side of controllers with one that is played: its database counts how often it is asked.
#include <atomic>

#include <gtest/gtest.h>

#include "adapters/linux/time_zones.hpp"
#include "integration/platform_database.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/fake_controller.hpp"

namespace sallyport::tests {

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
class OneController : public ::testing::Test {
  protected:
    OneController() {
        add_a_door_and_anna(stored);
        stored.execute("INSERT INTO permission_group (id, name, remark) VALUES (9, 'All', '')");
        stored.execute("INSERT INTO permission_group_door VALUES (9, 2)");
        stored.execute("INSERT INTO permission_group_person VALUES (9, 3)");
        const auto password = sealer.seal(base::Secret(controller.password), "device.password:1");
        const auto kept = ports::write_to(*stored, [&](ports::Connection& c) {
            return c.execute("UPDATE device SET password = $1, fingerprint = 'AA:BB'", {password});
        });
        EXPECT_TRUE(kept);
        EXPECT_TRUE(doors.load());
        EXPECT_TRUE(devices.start("platform"));
    }
    ~OneController() override {
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
    adapters::SystemTimeZones zones;
    server::Devices devices{loop,
                            dialler,
                            {controller, zones, database, stored.clock(), sealer, stored.ids(), audit, doors,
                             events, live, verifications}};
};

}  // namespace sallyport::tests
