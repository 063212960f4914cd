#include "apps/sallyport-sim/link.hpp"

#include <utility>

namespace sallyport::apps {

std::shared_ptr<Link> Link::over(boost::asio::io_context& loop, ports::StreamPtr stream) {
    auto link = std::make_shared<Link>(loop, std::move(stream));
    link->stream_->on_received = [weak = link->weak_from_this()](std::string_view bytes) {
        if (const auto here = weak.lock()) here->received(bytes);
    };
    link->stream_->on_closed = [weak = link->weak_from_this()](base::Error why) {
        if (const auto here = weak.lock()) here->closed(std::move(why));
    };
    return link;
}

void Link::hold(std::chrono::milliseconds time, End end) {
    if (held_) return;
    held_.emplace(loop_).after(time, [weak = weak_from_this(), end] {
        if (const auto here = weak.lock()) here->let_go(end);
    });
}

void Link::let_go(End end) {
    held_.reset();
    const auto outward = std::exchange(outward_, {});
    const auto inward = std::exchange(inward_, {});
    if (end == End::lost) return stream_->close();
    for (const auto& bytes : outward) stream_->send(bytes);
    for (const auto& bytes : inward) received(bytes);
}

bool Link::send(std::string bytes) {
    if (!held_) return stream_->send(std::move(bytes));
    outward_.push_back(std::move(bytes));
    return true;
}

void Link::received(std::string_view bytes) {
    if (held_) {
        inward_.emplace_back(bytes);
        return;
    }
    // The callback may close, and with that let itself go.
    if (const auto heard = on_received) heard(bytes);
}

void Link::closed(base::Error why) {
    held_.reset();
    on_received = nullptr;
    if (const auto told = std::exchange(on_closed, nullptr)) told(std::move(why));
}

}  // namespace sallyport::apps
