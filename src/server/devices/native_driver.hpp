#pragma once
// Our own controllers: `sallyport.*` methods inside TLS (docs/device-protocol.md, decision 0008).
#include <memory>
#include <span>

#include "server/devices/device_driver.hpp"

namespace sallyport::server {

class NativeDriver final : public DeviceDriver, public std::enable_shared_from_this<NativeDriver> {
  public:
    NativeDriver(const DriverParts&, DeviceAddress, DeviceHooks);

    Later<base::Status> open() override;
    Later<base::Status> attach() override;
    Later<base::Status> keep_alive() override;
    Later<base::Status> look() override;
    [[nodiscard]] const DeviceStatus& status() const override { return status_; }
    Later<base::Status> converge() override;
    void tell_failures_again() override { recorded_failures_.reset(); }
    Later<base::Status> command(std::uint8_t door, core::DoorCommand, std::string command_id,
                                std::string by) override;
    Later<base::Status> set_clock(base::UtcTime) override;
    Later<base::Result<boost::json::object>> call(std::string method, boost::json::object params,
                                                  std::chrono::milliseconds deadline) override;
    Later<void> wait(std::chrono::milliseconds at_most) override;
    void poke() override;
    void close() override;
    [[nodiscard]] std::optional<base::Error> lost() const override;

  private:
    Later<base::Status> ask_certificate();
    /// Its status anew. Error "another_device" when it calls itself otherwise than before.
    Later<base::Status> learn();
    /// What the controller holds, read from it when what is known here does not fit its digest.
    Later<base::Result<HeldRoster>> true_roster();
    /// Waits until the records up to that of the last status are stored: they say what a keypad did.
    Later<base::Status> records_taken();
    /// Of removals at the keypad that mean nothing any more.
    Later<base::Status> forget_stale(const Desired&, const HeldRoster&);
    Later<base::Status> send_removals(std::vector<base::UserId>, std::vector<EntryFailure>&);
    Later<base::Status> bring_roster(const Desired&);
    Later<base::Result<KnownRoster>> read_tags();
    Later<base::Status> send_batch(std::span<const DesiredEntry* const> upsert,
                                   std::vector<base::UserId> remove, std::vector<EntryFailure>& failures);
    void notified(const codec::dhip::Notification&);
    void take_records(const codec::dhip::Notification&);
    /// What is wrong with a batch: a record that is not as it was written, or one left out that the
    /// controller says it has. Nothing when the same was wrong at this place two times before: then it is so.
    [[nodiscard]] std::optional<base::Error> odd(const std::vector<core::StoredRecord>&,
                                                 const boost::json::object& params);
    void store_arrived();
    /// There is no room for them: what comes is left alone until it is asked for again, and commands go on.
    void let_records_wait();
    void tell_records(DeviceStatus::Records);
    /// Ends the connection, and says why.
    void fail(base::Error);
    void acknowledge(core::RecordPosition);

    boost::asio::io_context& loop_;
    ports::StreamDialler& dialler_;
    Pace pace_;
    std::string manager_;
    DeviceAddress address_;
    DeviceHooks hooks_;
    std::shared_ptr<Conversation> link_;
    DeviceStatus status_;
    core::RecordPosition taken_;   ///< of the last record that was handed on
    core::RecordPosition stored_;  ///< and of the last one that is stored
    struct Look {
        core::RecordPosition last, stored;
    } looked_;  ///< what it had, and what was here of it, when it was looked at last
    struct {
        core::RecordPosition after;
        int times = 0;
    } odd_;
    /// waiting: until it is attached to again, so that none is left out.
    DeviceStatus::Records stream_ = DeviceStatus::Records::taken;
    /// Until those before them are stored: what comes after records that find no room would leave them out.
    std::vector<core::StoredRecord> arrived_;
    enum class Storing : std::uint8_t { nothing, some } storing_ = Storing::nothing;
    std::optional<base::Error> failed_;  ///< why this side has ended the connection
    base::Secret session_key_;
    /// Nothing is believed of one that has not been recognised: it can say anything as soon as it is there.
    enum class Heard { nothing, all } heard_ = Heard::nothing;
    std::optional<std::vector<EntryFailure>> recorded_failures_;  ///< as they were told last
};

}  // namespace sallyport::server
