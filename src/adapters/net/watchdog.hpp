#pragma once
// One deadline of one connection. It moves with every message, so moving it costs a store: a timer that ticks
// looks whether the deadline has passed. What is overdue is noticed a tick late at most.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sallyport::adapters {

/// Used on its connection's strand only.
class Watchdog {
  public:
    using Clock = std::chrono::steady_clock;

    /// `shortest`: of the deadlines that will be set.
    Watchdog(const boost::asio::any_io_executor& executor, std::chrono::milliseconds shortest)
        : timer_(executor), tick_(std::clamp(shortest / 4, least_tick, most_tick)) {}

    /// `overdue` is called once for each deadline that passes, while `owner`, whose part this is, lives.
    void start(std::weak_ptr<void> owner, std::function<void()> overdue) {
        owner_ = std::move(owner);
        overdue_ = std::move(overdue);
        wait();
    }
    void allow(std::chrono::milliseconds time) { due_ = Clock::now() + time; }
    void pause() { due_ = Clock::time_point::max(); }
    void stop() {
        pause();
        stopped_ = true;
        timer_.cancel();
    }

  private:
    static constexpr std::chrono::milliseconds least_tick{5};
    static constexpr std::chrono::milliseconds most_tick{1'000};

    void wait() {
        if (stopped_) return;
        timer_.expires_after(tick_);
        timer_.async_wait([this, weak = owner_](boost::system::error_code error) {
            const auto owner = weak.lock();
            if (error || !owner) return;
            if (Clock::now() >= due_) {
                pause();
                overdue_();
            }
            wait();
        });
    }

    boost::asio::steady_timer timer_;
    std::chrono::milliseconds tick_;
    Clock::time_point due_ = Clock::time_point::max();
    bool stopped_ = false;
    std::weak_ptr<void> owner_;
    std::function<void()> overdue_;
};

}  // namespace sallyport::adapters
