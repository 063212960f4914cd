#include "server/devices/device_session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/devices/retry.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds refresh_every{60};

OfflineReason reason_of(const base::Error& error) {
    struct Pair {
        std::string_view code;
        OfflineReason reason;
    };
    static constexpr Pair pairs[] = {
        {"device_unreachable", OfflineReason::unreachable},
        {"device_unknown_name", OfflineReason::unreachable},
        {"device_refused", OfflineReason::refused},
        {"certificate_mismatch", OfflineReason::certificate_changed},
        {"device_wrong_password", OfflineReason::wrong_password},
        {"device_locked_out", OfflineReason::locked_out},
        {"device_uninitialised", OfflineReason::not_initialised},
        {"roster_owned_by_other", OfflineReason::roster_owned_by_other},
        {"not_a_controller", OfflineReason::protocol_error},
        {"device_not_registered", OfflineReason::not_registered},
        {"another_device", OfflineReason::another_device},
        {"records_leap", OfflineReason::records_leap},
    };
    for (const auto& [code, reason] : pairs) {
        if (error.code == code) return reason;
    }
    if (error.kind == ErrorKind::storage) return OfflineReason::not_stored;
    return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unavailable
               ? OfflineReason::timeout
               : OfflineReason::protocol_error;
}

}  // namespace

DeviceSession::DeviceSession(DriverParts parts, DeviceAddress address, DeviceHooks hooks)
    : parts_(std::move(parts)), address_(std::move(address)), hooks_(std::move(hooks)), retry_(parts_.loop) {}

void DeviceSession::start() {
    first_ = First::under_way;
    make_driver();
    asio::co_spawn(parts_.loop, [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void DeviceSession::stop() {
    life_ = Life::stopped;
    retry_.cancel();
    if (driver_) driver_->close();
}

void DeviceSession::make_driver() {
    driver_ = server::make_driver(parts_, address_, hooks_);
    driver_->on_drift = [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->desired_changed();
    };
    driver_->on_keypad = [weak = weak_from_this()] {
        auto self = weak.lock();
        if (!self || !self->attached_) return;
        self->look_ = Look::now;
        self->attached_->poke();
    };
}

void DeviceSession::desired_changed() {
    step_ = Step::out_of_step;
    if (attached_) attached_->poke();
}

void DeviceSession::try_again() {
    if (driver_) driver_->tell_failures_again();
    desired_changed();
}

void DeviceSession::change_address(DeviceAddress address) {
    address_ = std::move(address);
    failures_in_a_row_ = 0;
    retry_.cancel();
    const auto before = driver_;
    make_driver();
    if (before) before->close();
}

asio::awaitable<void> DeviceSession::run() {
    while (life_ == Life::running) {
        const auto driver = driver_;
        const auto why = co_await live(driver);
        driver->close();
        attached_.reset();
        first_ = First::over;
        if (life_ == Life::stopped) co_return;
        const auto reason = reason_of(why);
        hooks_.offline(reason, why.message);
        retry_.expires_after(parts_.pace.pause(pause_before_retry(reason, failures_in_a_row_++, random_)));
        co_await retry_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<base::Error> DeviceSession::live(std::shared_ptr<DeviceDriver> driver) {
    if (auto opened = co_await driver->open(); !opened) co_return opened.error();
    if (life_ == Life::stopped) co_return base::Error{};
    attached_ = driver;
    hooks_.doors(driver->status().said.doors);
    if (auto done = co_await driver->attach(); !done) co_return done.error();
    hooks_.online(driver->status());
    step_ = Step::out_of_step;
    co_return co_await stay(*driver);
}

/// Whether the connection is of no use as long as this is so: somebody else has its people, or it stalls or
/// says what cannot be. What it is offline for is then told, and what is on its way does not seem to be sent.
bool DeviceSession::ends_connection(const base::Error& error) {
    static constexpr std::string_view ending[] = {"roster_owned_by_other", "another_device", "device_timeout",
                                                  "protocol_error"};
    return std::ranges::find(ending, error.code) != std::end(ending);
}

asio::awaitable<base::Error> DeviceSession::stay(DeviceDriver& driver) {
    using Clock = std::chrono::steady_clock;
    auto heard = Clock::now();
    auto refreshed = heard;
    auto again = Clock::time_point::max();
    const Clock::duration every = parts_.pace.pause(keep_alive_every);
    const Clock::duration refresh = parts_.pace.pause(refresh_every);
    Clock::duration pause = every;
    // What takes longer to answer is asked for only of one that has just answered: a dead peer is known in
    // time.
    const auto answers = [&]() -> asio::awaitable<base::Status> {
        auto done = co_await driver.keep_alive();
        heard = Clock::now();
        co_return done;
    };
    // Where the driver has closed the connection meanwhile, it knows why.
    const auto why = [&](const base::Error& error) { return driver.lost().value_or(error); };
    for (bool is_new = true; !driver.lost(); is_new = false) {
        if (step_ == Step::out_of_step) {
            if (!is_new)
                if (auto done = co_await answers(); !done) co_return why(done.error());
            step_ = Step::in_step;
            // A full disk or a busy controller may be well again in a moment: who lost a right must not keep
            // it for longer than that.
            if (auto done = co_await driver.converge(); done) {
                heard = Clock::now();
                again = Clock::time_point::max();
                pause = every;
            } else if (ends_connection(done.error())) {
                co_return done.error();
            } else {
                again = Clock::now() + pause;
                pause = std::min(pause * 2, refresh);
            }
            if (!driver.lost()) failures_in_a_row_ = 0;  // it answers, be it with why not
            if (step_ == Step::out_of_step) continue;    // something changed meanwhile
        }
        co_await driver.wait(parts_.pace.pause(keep_alive_every));
        if (life_ == Life::stopped || driver.lost()) break;
        if (Clock::now() >= again) step_ = Step::out_of_step;
        const bool is_due =
            std::exchange(look_, Look::later) == Look::now || Clock::now() - refreshed >= refresh;
        if (is_due || Clock::now() - heard >= every)
            if (auto done = co_await answers(); !done) co_return why(done.error());
        if (!is_due) continue;
        refreshed = Clock::now();
        if (auto done = co_await driver.look(); !done) co_return why(done.error());
        hooks_.online(driver.status());
        step_ = Step::out_of_step;
    }
    co_return driver.lost().value_or(
        base::Error{ErrorKind::unavailable, "closed", "The connection was closed."});
}

/// Whoever has just added a controller commands it at once.
asio::awaitable<base::Result<std::shared_ptr<DeviceDriver>>> DeviceSession::first_connection() {
    constexpr milliseconds step{20};
    asio::steady_timer wait(parts_.loop);
    for (milliseconds left{3'000}; left.count() > 0 && !attached_ && first_ == First::under_way;
         left -= step) {
        wait.expires_after(step);
        co_await wait.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!is_attached())
        co_return base::fail(
            ErrorKind::conflict, "device_offline",
            "The controller is offline, so the command was not sent and will not be sent later.");
    co_return attached_;
}

asio::awaitable<base::Result<json::object>> DeviceSession::call(std::string method, json::object params,
                                                                milliseconds deadline) {
    auto self = shared_from_this();
    auto driver = co_await first_connection();
    if (!driver) co_return std::unexpected(driver.error());
    co_return co_await (*driver)->call(std::move(method), std::move(params), deadline);
}

asio::awaitable<base::Status> DeviceSession::set_clock(base::UtcTime time) {
    auto self = shared_from_this();
    auto driver = co_await first_connection();
    if (!driver) co_return std::unexpected(driver.error());
    co_return co_await (*driver)->set_clock(time);
}

asio::awaitable<base::Status> DeviceSession::look_again() {
    auto self = shared_from_this();
    auto driver = attached_;
    if (!driver) co_return base::fail(ErrorKind::conflict, "device_offline", "The controller is offline.");
    if (auto looked = co_await driver->look(); !looked) co_return looked;
    hooks_.online(driver->status());
    co_return base::Status{};
}

asio::awaitable<base::Status> DeviceSession::command(std::uint8_t door, core::DoorCommand command,
                                                     std::string command_id, std::string by) {
    auto self = shared_from_this();
    auto driver = co_await first_connection();
    if (!driver) co_return std::unexpected(driver.error());
    co_return co_await (*driver)->command(door, command, std::move(command_id), std::move(by));
}

}  // namespace sallyport::server
