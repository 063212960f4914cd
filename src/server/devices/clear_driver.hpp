#pragma once
// Controllers that speak the dialect in clear, DHIP frames on plain TCP (docs/compatibility.md), when an
// operator has said so (decision 0029). It has no words for updates, readers on lines, rules of several
// doors, questions of doors and passwords of accounts and keypads: `call` says so.
//
// States of doors are asked for: whenever an event came, every second while a door is released, every three
// seconds otherwise.
#include <map>
#include <memory>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "server/devices/clear_codes.hpp"
#include "server/devices/clear_people.hpp"
#include "server/devices/clear_records.hpp"
#include "server/devices/device_driver.hpp"

namespace sallyport::server {

class ClearDriver final : public DeviceDriver, public std::enable_shared_from_this<ClearDriver> {
  public:
    ClearDriver(const DriverParts&, DeviceAddress, DeviceHooks);

    Later<base::Status> open() override;
    Later<base::Status> attach() override;
    Later<base::Status> keep_alive() override;
    Later<base::Status> look() override;
    [[nodiscard]] const DeviceStatus& status() const override { return status_; }
    Later<base::Status> converge() override;
    void tell_failures_again() override { people_.tell_failures_again(); }
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
    using Link = std::shared_ptr<Conversation>;
    [[nodiscard]] ClearRecords::Hooks record_hooks();
    void notified(const codec::dhip::Notification&);
    void take_alarm(const core::Record&);
    Later<base::Status> identify(Conversation&);
    Later<base::Status> read_clock(Conversation&);
    Later<base::Status> read_doors(Conversation&);
    Later<base::Result<std::uint32_t>> door_object(Conversation&, std::size_t index);
    Later<base::Result<std::string>> ask_door(Conversation&, std::size_t index, std::string method);
    /// Beside the session, as long as there is this connection.
    Later<void> watch(Link);
    Later<base::Status> watch_once(Conversation&);
    [[nodiscard]] bool is_released() const;
    Later<base::Status> bring_tables(Conversation&, const Desired&, ClearCodes::Plan);
    /// Whether the list of records that is there is the one of before; waits until that is known.
    Later<bool> records_go_on();
    /// The zone that its clock shows: its own where it has one, else the site's.
    [[nodiscard]] const std::string& zone() const { return own_zone_.empty() ? site_zone_ : own_zone_; }

    DriverParts parts_;
    DeviceAddress address_;
    DeviceHooks hooks_;
    Link link_;
    DeviceStatus status_;
    std::string site_zone_;
    std::string own_zone_;
    std::size_t channels_ = 0;                      ///< doors that it says it can have
    std::size_t batch_ = 10;                        ///< people or cards that it takes in one call
    std::map<std::size_t, std::uint32_t> objects_;  ///< by which a door is commanded, of this connection
    std::map<base::DoorNumber, std::set<core::Alarm>> alarms_;
    ClearRecords records_;
    ClearPeople people_;
    ClearCodes codes_;
    std::chrono::steady_clock::time_point read_back_;  ///< last
    boost::asio::steady_timer turn_;                   ///< of the watch
    enum class Turn : std::uint8_t { may_wait, is_due } next_turn_ = Turn::may_wait;
    std::chrono::steady_clock::time_point fetched_;
    std::uint64_t tables_written_ = 0;   ///< how often
    std::optional<base::Error> failed_;  ///< why the watch has ended the connection
};

}  // namespace sallyport::server
