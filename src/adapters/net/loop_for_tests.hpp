#pragma once
// An event loop on threads of its own for tests over loopback sockets.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace sallyport::adapters {

/// Everything that the loop's objects touch is declared before it, so that it stops first.
class LoopForTests {
  public:
    explicit LoopForTests(boost::asio::io_context& loop, int threads = 1)
        : loop_(loop), work_(loop.get_executor()) {
        for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop_.run(); });
    }
    LoopForTests(const LoopForTests&) = delete;
    LoopForTests& operator=(const LoopForTests&) = delete;
    ~LoopForTests() {
        loop_.stop();
        join();
    }
    /// Until nothing keeps the loop running.
    void drain() {
        work_.reset();
        join();
    }

  private:
    void join() {
        for (auto& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }

    boost::asio::io_context& loop_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

/// Hands values from the loop's threads to the test, which waits for them, and fails when nothing comes.
template <class T>
class Mailbox {
  public:
    void put(T value) {
        const std::scoped_lock lock(mutex_);
        values_.push_back(std::move(value));
        arrived_.notify_all();
    }
    T take() {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, std::chrono::minutes{1}, [this] { return !values_.empty(); }))
            throw std::runtime_error("nothing came for a minute");
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<T> values_;
};

}  // namespace sallyport::adapters
