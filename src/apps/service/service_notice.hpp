#pragma once
// What a service manager is told, as sd_notify(3) describes: datagrams to $NOTIFY_SOCKET. Without the
// variable nothing is sent, and the program runs as it does from a shell.
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sallyport::apps {

/// On the loop thread. What cannot be sent is lost: a service manager that does not listen stops no door.
class ServiceNotice {
  public:
    /// Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID.
    explicit ServiceNotice(boost::asio::io_context&);
    ServiceNotice(const ServiceNotice&) = delete;
    ServiceNotice& operator=(const ServiceNotice&) = delete;
    ~ServiceNotice();

    /// The program serves; `status` is shown beside it. From now on the loop says every third of the
    /// watchdog's time that it still turns.
    void ready(std::string_view status);
    void stopping();

  private:
    void send(std::string_view words) const;
    void feed();

    boost::asio::steady_timer timer_;
    int socket_ = -1;
    std::optional<std::chrono::microseconds> watchdog_;  ///< none: nobody watches
};

}  // namespace sallyport::apps
