#include "controller/loop.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace sallyport::controller {

struct LoopTimer::Parts {
    boost::asio::steady_timer timer;
};

LoopTimer::LoopTimer(boost::asio::io_context& loop) : parts_(new Parts{boost::asio::steady_timer(loop)}) {}
LoopTimer::~LoopTimer() = default;

void LoopTimer::after(std::chrono::microseconds time, std::move_only_function<void()> then) {
    parts_->timer.expires_after(time);
    parts_->timer.async_wait([then = std::move(then)](const boost::system::error_code& error) mutable {
        if (!error) then();
    });
}

void LoopTimer::cancel() {
    parts_->timer.cancel();
}

struct Aside::Parts {
    boost::asio::io_context& loop;
    boost::asio::thread_pool thread{1};
};

Aside::Aside(boost::asio::io_context& loop) : parts_(std::make_unique<Parts>(loop)) {}

Aside::~Aside() {
    stop();
}

void Aside::stop() {
    parts_->thread.stop();
    parts_->thread.join();
}

void Aside::start(std::move_only_function<void()> work) {
    boost::asio::post(parts_->thread, std::move(work));
}

void Aside::finish(std::move_only_function<void()> done) {
    boost::asio::post(parts_->loop, std::move(done));
}

}  // namespace sallyport::controller
