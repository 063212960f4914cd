// Another address and another password for a controller that is here (platform.md V1, V2).
#include <algorithm>

#include "integration/one_controller.hpp"

namespace sallyport::tests {

namespace {

using server::Actor;
using server::Id;

class DeviceUpkeep : public OneController {
  protected:
    template <class Begin>
    base::Result<Id> awaited(Begin begin) {
        std::optional<base::Result<Id>> answer;
        begin([&](base::Result<Id> said) { answer = std::move(said); });
        EXPECT_TRUE(until([&] { return answer.has_value(); }));
        return answer.value_or(base::fail(base::ErrorKind::timeout, "no_answer", "Nothing came."));
    }
    base::Result<Id> move_to(const std::string& address) {
        return awaited([&](auto later) { devices.move_to(1, {address, {}, {}}, anna, std::move(later)); });
    }
    base::Result<Id> change_password(const std::string& password) {
        return awaited(
            [&](auto later) { devices.change_password(1, base::Secret(password), anna, std::move(later)); });
    }
    /// So many times since the test began.
    bool attached(std::ptrdiff_t times) {
        return until([&] { return std::ranges::count(controller.calls, "sallyport.attach") >= times; });
    }
    boost::json::value issue() { return devices.get(1, {})->at("password_issue"); }

    Actor anna{"anna", "10.0.0.1"};
};

/// The doors cannot be read; the rest of the database is as it was.
class UnreadableDoors : public DeviceUpkeep {
  protected:
    void spoil() { stored.execute("ALTER TABLE door RENAME COLUMN confirm TO spoilt"); }
    void mend() { stored.execute("ALTER TABLE door RENAME COLUMN spoilt TO confirm"); }
    base::Result<Id> rename() {
        server::DevicePatch patch;
        patch.name = "Other";
        patch.host = "192.0.2.9";
        patch.password = base::Secret(controller.password);
        return awaited([&](auto later) { devices.change(1, patch, anna, std::move(later)); });
    }
    base::Result<Id> remove() {
        return awaited([&](auto later) { devices.remove(1, anna, std::move(later)); });
    }
    base::Result<Id> add() {
        const server::NewDevice device{
            "Main", {{"192.0.2.1", 37'777}, "admin", base::Secret(controller.password), ""}, {}};
        return awaited([&](auto later) { devices.add(device, anna, std::move(later)); });
    }
    std::string all() {
        return stored.rows("SELECT name, address FROM device") + stored.rows("SELECT name FROM door") +
               stored.rows("SELECT action FROM audit");
    }
};

}  // namespace

TEST_F(UnreadableDoors, leave_a_device_that_was_changed_or_removed_as_it_was) {
    ASSERT_TRUE(in_step(1));
    const auto before = all();
    spoil();
    EXPECT_FALSE(rename());
    EXPECT_FALSE(remove());
    EXPECT_EQ(all(), before);
    EXPECT_NE(controller.dialled.back(), "192.0.2.9");
    mend();
    ASSERT_TRUE(rename());
    EXPECT_TRUE(until([&] { return controller.dialled.back() == "192.0.2.9"; })) << "it follows at once";
    EXPECT_EQ(doors.find(2)->name, "Other") << "and its door is called after it";
    ASSERT_TRUE(remove());
    EXPECT_TRUE(doors.all().empty());
}

TEST_F(UnreadableDoors, let_no_device_be_added) {
    ASSERT_TRUE(remove());
    const auto before = all();
    spoil();
    EXPECT_FALSE(add());
    EXPECT_EQ(all(), before);
    mend();
    const auto added = add();
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_FALSE(doors.of_device(*added).empty());
}

TEST_F(DeviceUpkeep, a_controller_that_has_moved_is_the_same_device) {
    ASSERT_TRUE(in_step(1));
    ASSERT_TRUE(move_to("10.0.0.9"));
    EXPECT_EQ(controller.dialled.back(), "10.0.0.9");
    EXPECT_EQ(stored.rows("SELECT id, address, fingerprint FROM device"), "1|10.0.0.9|AA:BB\n");
    EXPECT_EQ(stored.rows("SELECT id FROM door"), "2\n");
    EXPECT_EQ(stored.rows("SELECT action, account FROM audit"), "device.changed|anna\n");
    EXPECT_EQ(controller.people.size(), 1U);
}

TEST_F(DeviceUpkeep, an_address_that_is_refused_or_taken_changes_nothing) {
    ASSERT_TRUE(in_step(1));
    controller.refuse = [](const codec::dhip::Request& request) -> std::optional<codec::dhip::DeviceError> {
        if (request.method != "sallyport.setAddress") return std::nullopt;
        return codec::dhip::device_error("network_of_host", "The address is its host's.");
    };
    EXPECT_EQ(move_to("10.0.0.9").error().code, "network_of_host");
    controller.refuse = nullptr;
    stored.execute(
        "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
        "model, firmware, created_at) "
        "VALUES (7, 'Back', '10.0.0.9', 37777, 'admin', x'', '', 'given', 'SP02', 'm', 'f', 0)");
    EXPECT_EQ(move_to("10.0.0.9").error().code, "device_exists");
    EXPECT_EQ(stored.rows("SELECT address FROM device WHERE id = 1"), "127.0.0.1\n");
    EXPECT_EQ(controller.dialled, std::vector<std::string>{"127.0.0.1"});
}

TEST_F(DeviceUpkeep, a_password_is_changed_there_and_here) {
    ASSERT_TRUE(in_step(1));
    ASSERT_TRUE(change_password("brass-bolt-58"));
    EXPECT_EQ(controller.password, "brass-bolt-58");
    ASSERT_TRUE(attached(2));
    controller.password = "somebody-else-1";
    EXPECT_EQ(change_password("silver-lock-91").error().code, "device_wrong_password");
}

TEST_F(DeviceUpkeep, one_that_took_what_finds_no_room_here_is_reached_all_the_same_and_somebody_is_told) {
    ASSERT_TRUE(in_step(1));
    stored.fill();
    EXPECT_EQ(move_to("10.0.0.9").error().code, "address_not_stored");
    ASSERT_TRUE(attached(2));
    EXPECT_EQ(controller.dialled.back(), "10.0.0.9");
    EXPECT_EQ(change_password("brass-bolt-58").error().code, "password_not_stored");
    EXPECT_EQ(controller.password, "brass-bolt-58");
    ASSERT_TRUE(attached(3)) << "with the password that it has now";
    EXPECT_EQ(change_password("silver-lock-91").error().code, "password_not_stored") << "it was tried again";
    EXPECT_EQ(controller.password, "silver-lock-91");
    ASSERT_TRUE(attached(4));
    stored.make_room();
    server::DevicePatch patch;
    patch.host = "10.0.0.9";
    patch.password = base::Secret("silver-lock-91");
    ASSERT_TRUE(awaited([&](auto later) { devices.change(1, patch, anna, std::move(later)); }));
    ASSERT_TRUE(attached(5));
    EXPECT_EQ(stored.rows("SELECT address FROM device"), "10.0.0.9\n");
}

TEST_F(DeviceUpkeep, a_weak_password_is_pointed_out_until_it_is_changed) {
    ASSERT_TRUE(in_step(1));
    EXPECT_TRUE(issue().is_null());
    ASSERT_TRUE(change_password("admin123"));  // the form does not let it through; a device may have it
    EXPECT_EQ(issue(), "weak");
    ASSERT_TRUE(attached(2));
    ASSERT_TRUE(change_password("brass-bolt-58"));
    EXPECT_TRUE(issue().is_null());
}

}  // namespace sallyport::tests
