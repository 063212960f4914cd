#pragma once
// A serial line of this machine, 8 data bits, no parity, 1 stop bit. A device that is not there, or goes (a
// USB adapter that is pulled out), is looked for twice a second and taken up again. On the loop thread.
#include <array>
#include <functional>
#include <span>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/serial_port.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"

namespace sallyport::adapters {

class SerialPort {
  public:
    static constexpr std::chrono::milliseconds retry{500};

    /// `device`: a path, best one that names the adapter and not the order of plugging
    /// (/dev/serial/by-id/...).
    SerialPort(boost::asio::io_context&, std::string device, std::uint32_t baud);
    SerialPort(const SerialPort&) = delete;
    SerialPort& operator=(const SerialPort&) = delete;

    /// Opens the device now, or as soon as it is there.
    void start();
    /// Takes effect at once. `invalid` "baud_unsupported" with the old speed kept when the device cannot.
    [[nodiscard]] base::Status set_baud(std::uint32_t baud);
    /// What does not fit into the device's queue, or comes while it is away, is lost.
    void write(std::span<const std::uint8_t> bytes);
    /// `on_bytes` is called when so many bytes are there (1-255), and earlier only for those that came while
    /// it ran; 1 at the beginning. What has come already counts.
    void wake_at(std::uint8_t bytes);
    [[nodiscard]] bool open() const { return port_.is_open(); }
    [[nodiscard]] const std::string& device() const { return device_; }
    [[nodiscard]] std::uint32_t baud() const { return baud_; }

    std::function<void(std::span<const std::uint8_t>)> on_bytes;
    /// The device has been opened, or why it is away (said once for each time that it goes).
    std::function<void(const base::Status&)> on_state;

  private:
    void try_open();
    [[nodiscard]] base::Status open_device();
    [[nodiscard]] boost::system::error_code set_line(std::uint32_t baud);
    void read();
    void apply_wake();
    void lost(const boost::system::error_code&);
    void try_again_later();

    boost::asio::serial_port port_;
    boost::asio::steady_timer timer_;
    std::string device_;
    std::uint32_t baud_;
    std::array<std::uint8_t, 1'024> buffer_{};
    std::uint8_t wake_at_ = 1;
    bool complained_ = false;
};

}  // namespace sallyport::adapters
