#include "controller/loop.hpp"

#include <atomic>
#include <mutex>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
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

namespace {

/// Of one loop. A daemon has two users for them, its passwords and everything else; a site of a thousand
/// controllers has two thousand.
class AsideThreads : public boost::asio::execution_context::service {
  public:
    using key_type = AsideThreads;
    static inline boost::asio::execution_context::id id;

    explicit AsideThreads(boost::asio::execution_context& loop) : service(loop) {}
    boost::asio::thread_pool& threads() { return threads_; }

  private:
    void shutdown() override {
        threads_.stop();
        threads_.join();
    }

    boost::asio::thread_pool threads_{2};
};

}  // namespace

struct Aside::Parts {
    /// Held while something runs.
    struct Gate {
        std::mutex mutex;
        std::atomic<bool> stopped{false};
    };
    boost::asio::io_context& loop;
    boost::asio::strand<boost::asio::thread_pool::executor_type> one_at_a_time;
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
};

Aside::Aside(boost::asio::io_context& loop)
    : parts_(new Parts{loop,
                       boost::asio::make_strand(boost::asio::use_service<AsideThreads>(loop).threads())}) {}

Aside::~Aside() {
    stop();
}

void Aside::stop() {
    parts_->gate->stopped = true;
    const std::lock_guard lock(parts_->gate->mutex);  // what runs is waited for
}

void Aside::start(std::move_only_function<void()> work) {
    boost::asio::post(parts_->one_at_a_time, [gate = parts_->gate, work = std::move(work)]() mutable {
        const std::lock_guard lock(gate->mutex);
        if (!gate->stopped) work();
    });
}

void Aside::finish(std::move_only_function<void()> done) {
    boost::asio::post(parts_->loop, std::move(done));
}

}  // namespace sallyport::controller
