#include "adapters/serial/serial_port.hpp"

#include <linux/serial.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

namespace sallyport::adapters {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// USB adapters collect bytes for 16 ms unless they are told that somebody waits. Best effort: few drivers
/// know it, and those that do not do not need it.
void ask_for_low_latency(int device) {
    serial_struct settings{};
    if (::ioctl(device, TIOCGSERIAL, &settings) != 0) return;
    settings.flags |= ASYNC_LOW_LATENCY;
    static_cast<void>(::ioctl(device, TIOCSSERIAL, &settings));
}

}  // namespace

SerialPort::SerialPort(asio::io_context& loop, std::string device, std::uint32_t baud)
    : port_(loop), timer_(loop), device_(std::move(device)), baud_(baud) {}

void SerialPort::start() {
    try_open();
}

void SerialPort::try_open() {
    auto status = open_device();
    if (!status) {
        if (!std::exchange(complained_, true) && on_state) on_state(status);
        return try_again_later();
    }
    complained_ = false;
    if (on_state) on_state({});
    read();
}

base::Status SerialPort::open_device() {
    error_code error;
    port_.open(device_, error);
    if (!error) error = set_line(baud_);
    if (!error) {
        // Nobody else may speak on the line.
        static_cast<void>(::ioctl(port_.native_handle(), TIOCEXCL));
        ask_for_low_latency(port_.native_handle());
        apply_wake();
        return {};
    }
    error_code ignored;
    port_.close(ignored);
    return base::fail(
        base::ErrorKind::unavailable, "device_unavailable",
        fmt::format("The serial line {} cannot be used ({}): check the adapter and who may open it.", device_,
                    error.message()));
}

error_code SerialPort::set_line(std::uint32_t baud) {
    using base_type = asio::serial_port_base;
    error_code error;
    const auto set = [&](const auto& option) {
        if (!error) port_.set_option(option, error);
    };
    set(base_type::baud_rate(baud));
    set(base_type::character_size(8));
    set(base_type::parity(base_type::parity::none));
    set(base_type::stop_bits(base_type::stop_bits::one));
    set(base_type::flow_control(base_type::flow_control::none));
    return error;
}

base::Status SerialPort::set_baud(std::uint32_t baud) {
    if (port_.is_open()) {
        if (const auto error = set_line(baud)) {
            static_cast<void>(set_line(baud_));
            return base::fail(
                base::ErrorKind::invalid, "baud_unsupported",
                fmt::format("The serial line {} cannot do {} baud ({}).", device_, baud, error.message()));
        }
    }
    baud_ = baud;
    return {};
}

void SerialPort::wake_at(std::uint8_t bytes) {
    if (std::exchange(wake_at_, bytes) != bytes && port_.is_open()) apply_wake();
}

// Best effort: a terminal that does not know it wakes too often.
void SerialPort::apply_wake() {
    termios line{};
    if (::tcgetattr(port_.native_handle(), &line) != 0) return;
    line.c_cc[VMIN] = wake_at_;
    static_cast<void>(::tcsetattr(port_.native_handle(), TCSANOW, &line));
}

void SerialPort::write(std::span<const std::uint8_t> bytes) {
    if (!port_.is_open()) return;
    // The device does not block; a frame is shorter than any driver's queue. An error shows at the next read.
    static_cast<void>(::write(port_.native_handle(), bytes.data(), bytes.size()));
}

void SerialPort::read() {
    port_.async_read_some(asio::buffer(buffer_), [this](const error_code& error, std::size_t count) {
        if (error == asio::error::operation_aborted) return;
        if (error) return lost(error);
        if (on_bytes) on_bytes({buffer_.data(), count});
        if (port_.is_open()) read();
    });
}

void SerialPort::lost(const error_code& error) {
    error_code ignored;
    port_.close(ignored);
    complained_ = true;
    if (on_state)
        on_state(base::fail(base::ErrorKind::unavailable, "device_lost",
                            fmt::format("The serial line {} is gone ({}): is the adapter plugged in?",
                                        device_, error.message())));
    try_again_later();
}

void SerialPort::try_again_later() {
    timer_.expires_after(retry);
    timer_.async_wait([this](const error_code& error) {
        if (!error) try_open();
    });
}

}  // namespace sallyport::adapters
