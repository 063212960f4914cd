#include "adapters/linux/gpio/gpio_chip.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <gpiod.h>
#include <utility>

#include <fmt/core.h>

namespace sallyport::adapters {

namespace {

constexpr std::size_t kernel_queue = 16;

int bias_flag(Bias bias) {
    switch (bias) {
        case Bias::as_is: return 0;
        case Bias::pull_up: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
        case Bias::pull_down: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
        case Bias::off: return GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    }
    return 0;
}

int request_type(GpioLine::Use use) {
    switch (use) {
        case GpioLine::Use::output: return GPIOD_LINE_REQUEST_DIRECTION_OUTPUT;
        case GpioLine::Use::levels: return GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES;
        case GpioLine::Use::pulses: return GPIOD_LINE_REQUEST_EVENT_RISING_EDGE;
    }
    return GPIOD_LINE_REQUEST_DIRECTION_INPUT;
}

std::string place(const WiredLine& line) {
    return fmt::format("{} ({}:{})", line.name, line.chip, line.offset);
}

std::string advice(int error) {
    switch (error) {
        case EACCES:
        case EPERM: return "Let the program's user into the group that owns /dev/gpiochip*.";
        case ENOENT:
        case ENODEV: return "Is it plugged in, and is its driver loaded? gpiodetect lists the chips.";
        case EINVAL: return "Has the chip that many lines? gpioinfo lists them.";
        case EBUSY: return "Something else uses it: gpioinfo says what.";
        default: return "Look at its wiring, and at what the kernel says (dmesg).";
    }
}

base::Error fault(std::string code, std::string what, int error) {
    return {base::ErrorKind::unavailable, std::move(code),
            fmt::format("{}: {}. {}", what, std::strerror(error), advice(error))};
}

std::unexpected<base::Error> cannot_have(const WiredLine& line, int error) {
    return std::unexpected(fault("gpio_line", place(line) + " cannot be had", error));
}

base::Instant instant_of(const timespec& at) {
    return {std::chrono::seconds{at.tv_sec} + base::Duration{at.tv_nsec / 1'000}};
}

}  // namespace

// ---------------------------------------------------------------- a line

base::Status GpioLine::request(gpiod_chip& chip) {
    auto* const line = gpiod_chip_get_line(&chip, wired_.offset);
    if (line == nullptr) return cannot_have(wired_, errno);
    gpiod_line_request_config config{"sallyport-door", request_type(use_), bias_flag(wired_.bias)};
    if (wired_.active == Electrical::low) config.flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
    const int value = wanted_ == core::Level::active ? 1 : 0;
    if (gpiod_line_request(line, &config, value) != 0) return cannot_have(wired_, errno);
    line_ = line;
    return {};
}

base::Status GpioLine::watch(boost::asio::io_context& loop) {
    if (use_ == Use::output) return {};
    const int descriptor = gpiod_line_event_get_fd(line_);
    if (descriptor < 0) return cannot_have(wired_, errno);
    boost::system::error_code error;
    events_.emplace(loop);
    events_->assign(descriptor, error);
    if (!error) events_->native_non_blocking(true, error);
    if (error) return cannot_have(wired_, error.value());
    wait();
    return {};
}

void GpioLine::wait() {
    events_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                            if (error) return;  // the line was closed, and may be gone
                            if (on_edges) on_edges();
                            if (events_) wait();
                        });
}

void GpioLine::forget() {
    if (events_ && events_->is_open()) events_->release();  // the descriptor is libgpiod's
    events_.reset();
    line_ = nullptr;
}

void GpioLine::set(core::Level level) {
    wanted_ = level;
    if (line_ == nullptr) return;
    if (gpiod_line_set_value(line_, level == core::Level::active ? 1 : 0) != 0) chip_.fail(wired_, errno);
}

std::optional<core::Level> GpioLine::read() {
    if (line_ == nullptr) return std::nullopt;
    const int value = gpiod_line_get_value(line_);
    if (value >= 0) return value == 0 ? core::Level::inactive : core::Level::active;
    chip_.fail(wired_, errno);
    return std::nullopt;
}

void GpioLine::take_edges(std::vector<Edge>& into) {
    std::array<gpiod_line_event, kernel_queue> events{};
    while (events_) {
        const int count =
            gpiod_line_event_read_fd_multiple(events_->native_handle(), events.data(), events.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) return chip_.fail(wired_, count < 0 ? errno : ENODEV);
        for (int i = 0; i < count; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            const bool active = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
            into.push_back({active ? core::Level::active : core::Level::inactive, instant_of(event.ts)});
        }
    }
}

// ---------------------------------------------------------------- the chip

GpioLine& GpioChip::add(WiredLine wired, GpioLine::Use use) {
    return lines_.emplace_back(*this, std::move(wired), use);
}

base::Status GpioChip::open() {
    chip_ = gpiod_chip_open_lookup(name_.c_str());
    if (chip_ == nullptr) return std::unexpected(fault("gpio_chip", name_ + " cannot be opened", errno));
    for (auto& line : lines_) {
        auto status = line.request(*chip_);
        if (status) status = line.watch(loop_);
        if (status) continue;
        close();
        return status;
    }
    return {};
}

void GpioChip::fail(const WiredLine& line, int error) {
    if (!is_open()) return;
    close();
    if (on_failed) on_failed(fault("gpio_line", place(line) + " failed", error));
}

void GpioChip::close() {
    for (auto& line : lines_) line.forget();
    if (auto* const chip = std::exchange(chip_, nullptr)) gpiod_chip_close(chip);
}

}  // namespace sallyport::adapters
