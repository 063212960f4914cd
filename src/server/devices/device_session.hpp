#pragma once
// One controller as the platform keeps it: connected, logged in, in step, its records taken over, again and
// again until it is removed. Lives on the devices' loop thread; whatever blocks is behind the hooks.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/record/record.hpp"
#include "core/station/station.hpp"
#include "ports/transport.hpp"
#include "server/devices/device_login.hpp"
#include "server/issue/desired.hpp"

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
    not_registered  ///< it dials in itself, and has not
};
BOOST_DESCRIBE_ENUM(OfflineReason, connecting, unreachable, refused, timeout, certificate_changed,
                    wrong_password, locked_out, not_initialised, roster_owned_by_other, protocol_error,
                    not_registered)

struct EntryFailure {
    base::UserId user_id;
    core::EntryTag tag;  ///< of the entry that the controller refused
    std::string code;
    std::string message;
    friend bool operator==(const EntryFailure&, const EntryFailure&) = default;
};

/// What the session needs of the rest of the server. Awaited hooks may take their time elsewhere; they resume
/// on the loop.
struct DeviceHooks {
    template <class T>
    using Later = boost::asio::awaitable<T>;
    std::function<void(const DeviceStatus&)> online;
    /// Still online; it holds another number of people.
    std::function<void(const DeviceStatus&)> people_changed;
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
    std::function<Later<base::Result<Desired>>()> desired;
    std::function<Later<base::Result<HeldRoster>>()> known;
    std::function<Later<base::Status>(KnownRoster)> replace_known;
    std::function<Later<base::Status>(std::vector<KnownEntry> issued, std::vector<base::UserId> removed)>
        record_issued;
    std::function<Later<base::Status>(std::vector<EntryFailure>)> record_failures;
    /// What the controller says its doors are set to, holding the plan of that revision.
    std::function<Later<base::Status>(std::uint64_t revision, std::vector<codec::dhip::DoorState>)> settings;
    /// This plan is about to be sent.
    std::function<Later<base::Status>(const Desired&)> sending;
    /// The controller refuses this plan for what is in it.
    std::function<void(const base::Error&)> plan_refused;
    /// This plan is on the controller, and the people are in step with it.
    std::function<Later<base::Status>(const Desired&)> in_step;
};

class DeviceSession : public std::enable_shared_from_this<DeviceSession> {
  public:
    /// `manager` is this platform's own id towards controllers.
    DeviceSession(boost::asio::io_context&, ports::StreamDialler&, std::string manager, DeviceAddress,
                  DeviceHooks);

    void start();
    /// Ends for good; the hooks are not called any more.
    void stop();
    /// Something that the controller should hold may have changed.
    void desired_changed();
    /// The same, and whatever it refuses is told anew.
    void try_again();
    /// Takes effect with a new connection.
    void change_address(DeviceAddress);
    [[nodiscard]] const ports::Endpoint& endpoint() const { return address_.endpoint; }
    [[nodiscard]] const DeviceAddress& address() const { return address_; }
    [[nodiscard]] bool is_attached() const { return conversation_ && !conversation_->lost(); }
    /// Reads its status at once instead of within a minute.
    [[nodiscard]] boost::asio::awaitable<base::Status> look_again();

    /// The `params` of its answer. One that was started a moment ago is given some seconds to connect for the
    /// first time. Errors: conflict "device_offline", timeout "device_timeout", or what the
    /// controller says.
    [[nodiscard]] boost::asio::awaitable<base::Result<boost::json::object>> call(
        std::string method, boost::json::object params,
        std::chrono::milliseconds deadline = std::chrono::seconds(10));
    [[nodiscard]] boost::asio::awaitable<base::Status> command(std::uint8_t door, core::DoorCommand,
                                                               std::string command_id, std::string by);

  private:
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> first_connection();
    boost::asio::awaitable<base::Error> live();
    boost::asio::awaitable<base::Status> attach(Conversation&);
    boost::asio::awaitable<base::Error> stay(Conversation&);
    boost::asio::awaitable<base::Status> converge(Conversation&);
    /// What the controller holds, read from it when what is known here does not fit its digest.
    boost::asio::awaitable<base::Result<HeldRoster>> true_roster(Conversation&);
    /// Waits until the records up to that of the last status are stored: they say what a keypad did.
    boost::asio::awaitable<base::Status> records_taken(Conversation&);
    /// Of removals at the keypad that mean nothing any more.
    boost::asio::awaitable<base::Status> forget_stale(const Desired&, const HeldRoster&);
    /// Removes who is there and should not be, and sends nothing else.
    boost::asio::awaitable<base::Status> take_away(Conversation&, const Desired&);
    boost::asio::awaitable<base::Status> send_removals(Conversation&, std::vector<base::UserId>,
                                                       std::vector<EntryFailure>&);
    boost::asio::awaitable<base::Status> bring_roster(Conversation&, const Desired&);
    boost::asio::awaitable<base::Result<KnownRoster>> read_tags(Conversation&);
    boost::asio::awaitable<base::Status> send_batch(Conversation&,
                                                    std::span<const DesiredEntry* const> upsert,
                                                    std::vector<base::UserId> remove,
                                                    std::vector<EntryFailure>& failures);
    boost::asio::awaitable<base::Status> refresh(Conversation&);
    void notified(const codec::dhip::Notification&);
    void take_records(const codec::dhip::Notification&);
    void acknowledge(core::RecordPosition);

    boost::asio::io_context& loop_;
    ports::StreamDialler& dialler_;
    std::string manager_;
    DeviceAddress address_;
    DeviceHooks hooks_;
    std::shared_ptr<Conversation> conversation_;  ///< while attached
    DeviceStatus status_;
    base::Secret session_key_;
    std::optional<std::vector<EntryFailure>> recorded_failures_;  ///< as they were told last
    boost::asio::steady_timer retry_;
    int failures_in_a_row_ = 0;
    enum class Life { running, stopped } life_ = Life::running;
    enum class First { not_begun, under_way, over } first_ = First::not_begun;  ///< connection
    enum class Look { later, now } look_ = Look::later;                         ///< at its status
    enum class Step { in_step, out_of_step } step_ = Step::out_of_step;
};

}  // namespace sallyport::server
