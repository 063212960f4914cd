#pragma once
// The connections of one server: how many there are, and how they are told to end.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counted_address.hpp"

namespace sallyport::adapters {

enum class Stop : std::uint8_t { when_answered, now };

class Session {
  public:
    virtual ~Session() = default;
    /// From any thread.
    virtual void stop(Stop) = 0;
};

/// Thread-safe.
class Sessions : public std::enable_shared_from_this<Sessions> {
  public:
    /// The session counts until the seat is let go.
    using Seat = std::shared_ptr<void>;

    [[nodiscard]] Seat enter(std::weak_ptr<Session> session, std::string_view address) {
        const std::scoped_lock lock(mutex_);
        sessions_.push_front({std::move(session), base::counted_address(address)});
        return {nullptr, [self = shared_from_this(), place = sessions_.begin()](void*) {
                    const std::scoped_lock leaving(self->mutex_);
                    self->sessions_.erase(place);
                }};
    }
    void stop(Stop how) {
        stopped_ = true;
        std::vector<std::shared_ptr<Session>> all;
        {
            const std::scoped_lock lock(mutex_);
            for (const auto& one : sessions_) all.push_back(one.session.lock());
        }
        for (const auto& session : all) {
            if (session) session->stop(how);
        }
    }
    /// For another one, of this address; `most` in all, `most_of_one` of each address as it is counted.
    [[nodiscard]] bool has_room(std::string_view address, std::size_t most, std::size_t most_of_one) const {
        const auto counted = base::counted_address(address);
        const std::scoped_lock lock(mutex_);
        return sessions_.size() < most &&
               static_cast<std::size_t>(std::ranges::count(sessions_, counted, &One::counted)) < most_of_one;
    }
    [[nodiscard]] bool stopped() const { return stopped_; }

  private:
    struct One {
        std::weak_ptr<Session> session;
        std::string counted;
    };
    mutable std::mutex mutex_;
    std::list<One> sessions_;
    std::atomic<bool> stopped_{false};
};

}  // namespace sallyport::adapters
