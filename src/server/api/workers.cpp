#include "server/api/workers.hpp"

namespace sallyport::server {

Workers::Workers(std::size_t threads, std::size_t queue) : limit_(queue) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

Workers::~Workers() {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
}

Workers::Taken Workers::post(Task& task) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= limit_) return Taken::full;
        queue_.push_back(std::move(task));
    }
    posted_.notify_one();
    return Taken::yes;
}

std::size_t Workers::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void Workers::run(const std::stop_token& stop) {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            posted_.wait(lock, stop, [this] { return !queue_.empty(); });
            if (queue_.empty()) return;
            task = std::move(queue_.front());
            queue_.pop_front();
        }
        task();
    }
}

}  // namespace sallyport::server
