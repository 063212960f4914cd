#pragma once
// How the platform speaks to one controller (platform.md V5): connecting and logging in, telling what it is
// and how its doors are, taking its records over, bringing what it should hold, and commands. One
// implementation for each way to speak; tests/contract/device_driver_contract holds what all of them do.
// Used on the devices' loop thread only.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "core/record/record.hpp"
#include "core/station/station.hpp"
#include "ports/clock.hpp"
#include "ports/transport.hpp"
#include "server/devices/device_login.hpp"
#include "server/ingest/ingest.hpp"
#include "server/issue/desired.hpp"
#include "server/issue/keypad_removals.hpp"

namespace sallyport::server {

enum class OfflineReason : std::uint8_t {
    connecting,
    unreachable,
    refused,
    timeout,
    certificate_changed,
    wrong_password,
    locked_out,
    not_initialised,
    roster_owned_by_other,
    protocol_error,
    not_registered,  ///< it dials in itself, and has not
    another_device,  ///< not the controller that was added, or one that is in the list as another device
    records_leap,    ///< numbers of records to which it cannot have come
    not_stored       ///< what is to be written of it here found no room
};
BOOST_DESCRIBE_ENUM(OfflineReason, connecting, unreachable, refused, timeout, certificate_changed,
                    wrong_password, locked_out, not_initialised, roster_owned_by_other, protocol_error,
                    not_registered, another_device, records_leap, not_stored)

struct EntryFailure {
    base::UserId user_id;
    core::EntryTag tag;  ///< of the entry that the controller refused
    std::string code;
    std::string message;
    friend bool operator==(const EntryFailure&, const EntryFailure&) = default;
};

/// What a session and its driver need of the rest of the server. Awaited hooks may take their time elsewhere;
/// they resume on the loop.
struct DeviceHooks {
    template <class T>
    using Later = boost::asio::awaitable<T>;
    /// Whether the controller that answers with this serial number is the one that is meant. Asked before
    /// anything is sent to it or taken from it besides the login. Error conflict "another_device".
    std::function<Later<base::Status>(std::string serial)> recognise;
    std::function<void(const DeviceStatus&)> online;
    /// Still online; it holds another number of people, or its records begin or cease to wait.
    std::function<void(const DeviceStatus&)> status_changed;
    std::function<void(OfflineReason, const std::string& sentence)> offline;
    std::function<void(std::vector<codec::dhip::DoorState>)> doors;
    /// Somebody stands at a door that asks an operator; and later that it is over.
    std::function<void(const core::AskOperator&)> question;
    std::function<void(std::uint64_t question)> question_over;
    /// Stores the batch durably, then calls back on the loop with where the device's cursor stands.
    std::function<void(std::vector<core::StoredRecord>,
                       std::function<void(base::Result<core::RecordPosition>)>)>
        store;
    std::function<Later<base::Result<core::RecordPosition>>()> cursor;
    /// Of a controller in clear: where each of its lists of records stands; and records of one, stored
    /// durably when it answers.
    std::function<Later<base::Result<ListCursor>>(RecordList)> list_cursor;
    std::function<Later<base::Result<ListCursor>>(RecordList, Continuity, std::vector<core::StoredRecord>)>
        store_list;
    std::function<Later<base::Result<Desired>>()> desired;
    std::function<Later<base::Result<HeldRoster>>()> known;
    /// As the controller held them at that time, or a little later.
    std::function<Later<base::Status>(KnownRoster, base::UtcTime as_of)> replace_known;
    std::function<Later<base::Status>(std::vector<KnownEntry> issued, std::vector<base::UserId> removed)>
        record_issued;
    std::function<Later<base::Status>(std::vector<EntryFailure>)> record_failures;
    /// Of a controller in clear, which does not say so itself: these were deleted there, and stay away.
    std::function<Later<base::Status>(std::vector<base::UserId>)> deleted_there;
    /// And of cards that its keypad gave somebody: who has one that is barred here.
    std::function<Later<base::Result<std::vector<base::UserId>>>(std::vector<KeypadCard>)> barred_by_card;
    /// What the controller says its doors are set to, holding the plan of that revision.
    std::function<Later<base::Status>(std::uint64_t revision, std::vector<codec::dhip::DoorState>)> settings;
    /// This plan is about to be sent.
    std::function<Later<base::Status>(const Desired&)> sending;
    /// The controller refuses this plan for what is in it.
    std::function<void(const base::Error&)> plan_refused;
    /// Of a controller that does not say it itself: the plan that is on it as a whole; 0: not known.
    std::function<Later<base::Result<std::uint64_t>>()> plan_in_place;
    /// This plan is on the controller, and the people are in step with it.
    std::function<Later<base::Status>(const Desired&)> in_step;
    /// The site's time zone.
    std::function<Later<base::Result<std::string>>()> zone;
};

class DeviceDriver {
  public:
    template <class T>
    using Later = boost::asio::awaitable<T>;

    DeviceDriver() = default;
    virtual ~DeviceDriver() = default;
    DeviceDriver(const DeviceDriver&) = delete;
    DeviceDriver& operator=(const DeviceDriver&) = delete;

    /// Connects, logs in, learns who it is, has it recognised, and takes the right to set its people where
    /// the dialect has one. Errors: the codes of device_login.hpp. Again after `close`, or once the
    /// connection is lost.
    [[nodiscard]] virtual Later<base::Status> open() = 0;
    /// Records from the cursor on, states of doors and whatever else it tells come from now on.
    [[nodiscard]] virtual Later<base::Status> attach() = 0;
    /// Asks whether it is still there. Records that found no room here are asked for again.
    [[nodiscard]] virtual Later<base::Status> keep_alive() = 0;
    /// Learns anew what it says of itself, and tells the hook of its doors.
    [[nodiscard]] virtual Later<base::Status> look() = 0;
    /// What it said last.
    [[nodiscard]] virtual const DeviceStatus& status() const = 0;
    /// Brings what it should hold, by differences; a lost connection costs what was under way.
    [[nodiscard]] virtual Later<base::Status> converge() = 0;

    /// Failures of entries are told again with the next comparison, also where they are the same.
    virtual void tell_failures_again() = 0;

    /// At most once. Success: the controller took it.
    [[nodiscard]] virtual Later<base::Status> command(std::uint8_t door, core::DoorCommand,
                                                      std::string command_id, std::string by) = 0;
    [[nodiscard]] virtual Later<base::Status> set_clock(base::UtcTime) = 0;
    /// The `params` of its answer. Errors: timeout "device_timeout", conflict "not_spoken" for what this way
    /// to speak has no words for, or what the controller says.
    [[nodiscard]] virtual Later<base::Result<boost::json::object>> call(
        std::string method, boost::json::object params, std::chrono::milliseconds deadline) = 0;

    /// Waits until the connection is lost or `poke` is called, or the time is over.
    [[nodiscard]] virtual Later<void> wait(std::chrono::milliseconds at_most) = 0;
    virtual void poke() = 0;
    virtual void close() = 0;
    /// Why there is no connection; nothing while there is one.
    [[nodiscard]] virtual std::optional<base::Error> lost() const = 0;

    /// What it holds has changed by another hand. Set before `open`.
    std::function<void()> on_drift;
    /// Somebody has worked at its keypad: it is to be looked at.
    std::function<void()> on_keypad;
};

/// What drivers are built on; all but the values outlive them.
struct DriverParts {
    boost::asio::io_context& loop;
    ports::StreamDialler& dialler;
    ports::StreamDialler& clear_dialler;
    const ports::TimeZones& zones;
    std::string manager;  ///< this platform's own id towards controllers
    Pace pace{};
};
/// The one that the address asks for.
[[nodiscard]] std::shared_ptr<DeviceDriver> make_driver(const DriverParts&, DeviceAddress, DeviceHooks);

}  // namespace sallyport::server
