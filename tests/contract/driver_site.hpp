#pragma once
// A platform with its database and a whole controller in this process, joined by one way to speak: what the
// suites of drivers are about.
#include <gtest/gtest.h>

#include "contract/joined_streams.hpp"
#include "integration/plain_site.hpp"
#include "integration/platform_database.hpp"
#include "server/devices/devices.hpp"

namespace sallyport::tests {

class DriverSite : public ::testing::TestWithParam<server::Wire> {
  protected:
    explicit DriverSite(server::Pace in_a_hurry = {}, std::uint64_t records_limit = 60'000)
        : pace(in_a_hurry), site(2, records_limit) {
        stored.execute(
            "INSERT INTO person (id, user_id, name, type, pin, remark, created_at, changed_at) "
            "VALUES (3, '1001', 'Anna', 'general', NULL, '', 0, 0)");
        stored.execute(
            "INSERT INTO card (number, person_id, position, type, status, since) "
            "VALUES ('04A1B2C3', 3, 0, 'general', 'active', 0)");
        stored.execute("INSERT INTO permission_group (id, name, remark) VALUES (9, 'All', '')");
        stored.execute("INSERT INTO permission_group_person VALUES (9, 3)");
        EXPECT_TRUE(devices.start("platform"));
    }
    ~DriverSite() override {
        devices.stop();
        site.loop.run_for(std::chrono::milliseconds(100));
    }

    template <class T, class Begin>
    base::Result<T> awaited(Begin begin) {
        std::optional<base::Result<T>> answer;
        begin([&](base::Result<T> said) { answer = std::move(said); });
        site.run_until([&] { return answer.has_value(); });
        return answer.value_or(base::fail(base::ErrorKind::timeout, "no_answer", "Nothing came."));
    }
    base::Result<server::Id> add(const std::string& secret = password) {
        server::NewDevice device{
            "Main", {{"192.0.2.1", 37'777}, "admin", base::Secret(secret), "", GetParam()}, {}};
        return awaited<server::Id>([&](auto later) { devices.add(device, anna, std::move(later)); });
    }
    /// Added, its first door in the group, and in step.
    void begin() {
        const auto added = add();
        ASSERT_TRUE(added) << added.error().message;
        id = *added;
        door = doors.find(id, 1)->id;
        stored.execute("INSERT INTO permission_group_door VALUES (9, " + std::to_string(door) + ")");
        changed();
        site.run_until([&] { return holds("1001") && !person("1001")->cards.empty() && online(); });
    }
    void changed() { devices.desired_changed({}); }
    [[nodiscard]] bool online() const { return devices.observed(id).reach == server::Reach::online; }
    [[nodiscard]] SiteDialler& line() { return GetParam() == server::Wire::in_clear ? clear : encrypted; }
    [[nodiscard]] const core::Person* person(const std::string& user) const {
        return site.controller->station().roster().find(base::UserId::from(user).value());
    }
    [[nodiscard]] bool holds(const std::string& user) const { return person(user) != nullptr; }
    void add_person(int number, const std::string& user, const std::string& card) {
        const auto row = std::to_string(number);
        stored.execute(
            "INSERT INTO person (id, user_id, name, type, remark, created_at, changed_at) VALUES (" + row +
            ", '" + user + "', 'P', 'general', '', 0, 0)");
        stored.execute("INSERT INTO card (number, person_id, position, type, status, since) VALUES ('" +
                       card + "', " + row + ", 0, 'general', 'active', 0)");
        stored.execute("INSERT INTO permission_group_person VALUES (9, " + row + ")");
    }
    void show(const std::string& card) { site.post("/panel/card", {{"number", card}}); }
    [[nodiscard]] std::string accesses() {
        return stored.rows("SELECT card, result FROM event WHERE kind = 'access' ORDER BY id");
    }
    base::Status command(core::DoorCommand command) {
        const auto taken = awaited<base::UtcTime>(
            [&](auto later) { devices.command(door, command, ++commands, anna, std::move(later)); });
        if (!taken) return std::unexpected(taken.error());
        return {};
    }
    [[nodiscard]] std::string told_mode() { return doors.find(door)->state.mode; }

    server::Pace pace;
    PlainSite site;
    SiteDialler encrypted{site, controller::Channel::tls};
    SiteDialler clear{site, controller::Channel::clear};
    PlatformDatabase stored;
    server::Sealer sealer = server::Sealer::open(stored.directory() / "secret.key").value();
    server::Registrations dialler{site.loop, encrypted, stored.clock()};
    server::Audit audit{*stored, stored.ids(), stored.clock()};
    server::Live live;
    server::Doors doors{*stored, stored.ids(), stored.clock(), audit, live};
    server::Events events{*stored, live};
    server::Verifications verifications{*stored, stored.ids(), stored.clock(), doors, live};
    server::Devices devices{site.loop,
                            dialler,
                            {clear, site.zones, *stored, stored.clock(), sealer, stored.ids(), audit, doors,
                             events, live, verifications, pace}};
    server::Actor anna{"anna", "10.0.0.1"};
    server::Id id = 0;
    server::Id door = 0;
    server::Id commands = 0;
};

}  // namespace sallyport::tests
