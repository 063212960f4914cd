#pragma once
// One controller as the platform keeps it: connected, logged in, in step, its records taken over, again and
// again until it is removed. Lives on the devices' loop thread; whatever blocks is behind the hooks, and how
// the controller is spoken to behind its driver.
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/devices/device_driver.hpp"

namespace sallyport::server {

class DeviceSession : public std::enable_shared_from_this<DeviceSession> {
  public:
    DeviceSession(DriverParts, DeviceAddress, DeviceHooks);

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
    [[nodiscard]] bool is_attached() const { return attached_ && !attached_->lost(); }
    /// Reads its status at once instead of within a minute.
    [[nodiscard]] boost::asio::awaitable<base::Status> look_again();

    /// As of the driver. One that was started a moment ago is given some seconds to connect for the first
    /// time. Error besides: conflict "device_offline".
    [[nodiscard]] boost::asio::awaitable<base::Result<boost::json::object>> call(
        std::string method, boost::json::object params,
        std::chrono::milliseconds deadline = std::chrono::seconds(10));
    [[nodiscard]] boost::asio::awaitable<base::Status> set_clock(base::UtcTime);
    [[nodiscard]] boost::asio::awaitable<base::Status> command(std::uint8_t door, core::DoorCommand,
                                                               std::string command_id, std::string by);

  private:
    void make_driver();
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<base::Result<std::shared_ptr<DeviceDriver>>> first_connection();
    boost::asio::awaitable<base::Error> live(std::shared_ptr<DeviceDriver>);
    boost::asio::awaitable<base::Error> stay(DeviceDriver&);
    [[nodiscard]] static bool ends_connection(const base::Error&);

    DriverParts parts_;
    DeviceAddress address_;
    DeviceHooks hooks_;
    std::shared_ptr<DeviceDriver> driver_;
    std::shared_ptr<DeviceDriver> attached_;  ///< the driver while there is a connection
    boost::asio::steady_timer retry_;
    int failures_in_a_row_ = 0;
    std::minstd_rand random_{std::random_device{}()};
    enum class Life { running, stopped } life_ = Life::running;
    enum class First { not_begun, under_way, over } first_ = First::not_begun;  ///< connection
    enum class Look { later, now } look_ = Look::later;                         ///< at its status
    enum class Step { in_step, out_of_step } step_ = Step::out_of_step;
};

}  // namespace sallyport::server
