#pragma once
// Time and long work on the controller's one loop, without Asio in headers that half of the controller
// includes: it takes longer to compile than all else in them.
#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace sallyport::controller {

/// One time-out at a time. On the loop thread.
class LoopTimer {
  public:
    explicit LoopTimer(boost::asio::io_context&);
    ~LoopTimer();
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    /// In place of what was waited for.
    void after(std::chrono::microseconds, std::move_only_function<void()>);
    void cancel();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// For what takes longer than a door may wait, one after the other, on one of two threads that all of one
/// loop share.
class Aside {
  public:
    explicit Aside(boost::asio::io_context&);
    ~Aside();
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    /// What has not begun is dropped; what has is waited for.
    void stop();
    /// `work` on such a thread, then `done` with what it returned on the loop.
    template <class Work, class Done>
    void run(Work work, Done done) {
        start([this, work = std::move(work), done = std::move(done)]() mutable {
            finish([outcome = work(), done = std::move(done)]() mutable { done(std::move(outcome)); });
        });
    }

  private:
    void start(std::move_only_function<void()>);
    void finish(std::move_only_function<void()>);

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sallyport::controller
