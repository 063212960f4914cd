#pragma once
// A few threads for calls, so that the loop thread never waits for the database or a password hash.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sallyport::server {

class Workers {
  public:
    using Task = std::move_only_function<void()>;
    explicit Workers(std::size_t threads, std::size_t queue = 1'000);
    /// Finishes what is queued.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    enum class Taken { yes, full };
    /// From any thread. When the queue is full the task is not taken.
    [[nodiscard]] Taken post(Task& task);
    /// Tasks that no thread has begun.
    [[nodiscard]] std::size_t waiting() const;

  private:
    void run(const std::stop_token&);
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable_any posted_;
    std::deque<Task> queue_;
    std::vector<std::jthread> threads_;
};

}  // namespace sallyport::server
