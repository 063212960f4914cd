#include "server/devices/conversation.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

namespace sallyport::server {

namespace asio = boost::asio;

/// A timer that never fires by itself is the one-shot event that a waiting coroutine sleeps on.
struct Conversation::Pending {
    Pending(asio::io_context& loop, std::uint32_t number, std::string asked)
        : done(loop), id(number), method(std::move(asked)) {}
    asio::steady_timer done;
    std::uint32_t id;
    std::string method;
    std::optional<base::Result<Answer>> answer;
};

Conversation::Conversation(asio::io_context& loop, ports::StreamPtr stream, Pace pace)
    : loop_(loop), stream_(std::move(stream)), pace_(pace), poked_(loop) {}

Conversation::~Conversation() {
    stream_->on_received = nullptr;
    stream_->on_closed = nullptr;
    stream_->close();
}

void Conversation::start(std::function<void(const codec::dhip::Notification&)> on_notification) {
    on_notification_ = std::move(on_notification);
    stream_->on_received = [weak = weak_from_this()](std::string_view bytes) {
        if (auto self = weak.lock()) self->receive(bytes);
    };
    stream_->on_closed = [weak = weak_from_this()](base::Error why) {
        if (auto self = weak.lock()) self->lose(std::move(why));
    };
}

std::shared_ptr<Conversation::Pending> Conversation::ask(const std::string& method,
                                                         boost::json::object params, std::uint32_t object) {
    auto pending = std::make_shared<Pending>(loop_, next_id_++, method);
    pending_[pending->id] = pending;
    stream_->send(codec::dhip::encode_request({session_, pending->id, method, std::move(params), object}));
    return pending;
}

base::Result<Conversation::Answer> Conversation::outcome(Pending& pending,
                                                         std::chrono::milliseconds deadline) {
    pending_.erase(pending.id);
    if (pending.answer) return *std::move(pending.answer);
    if (lost_) return std::unexpected(*lost_);
    return base::fail(
        base::ErrorKind::timeout, "device_timeout",
        fmt::format("The controller did not answer {} within {} ms.", pending.method, deadline.count()));
}

asio::awaitable<base::Result<Conversation::Answer>> Conversation::call(std::string method,
                                                                       boost::json::object params,
                                                                       std::chrono::milliseconds deadline,
                                                                       std::uint32_t object) {
    auto self = shared_from_this();
    if (lost_) co_return std::unexpected(*lost_);
    const auto pending = ask(method, std::move(params), object);
    pending->done.expires_after(pace_.answer(deadline));
    co_await pending->done.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return outcome(*pending, deadline);
}

asio::awaitable<base::Result<Conversation::Answer>> Conversation::long_call(std::string method,
                                                                            boost::json::object params) {
    constexpr std::chrono::seconds longest{20};
    auto self = shared_from_this();
    if (lost_) co_return std::unexpected(*lost_);
    const auto pending = ask(method, std::move(params), 0);
    const auto until = std::chrono::steady_clock::now() + pace_.answer(longest);
    while (std::chrono::steady_clock::now() < until) {
        pending->done.expires_after(pace_.pause(keep_alive_every));
        co_await pending->done.async_wait(asio::as_tuple(asio::use_awaitable));
        if (pending->answer || lost_) break;
        const auto there = co_await call("global.keepAlive", {}, keep_alive_deadline);
        if (pending->answer || lost_) break;
        if (there) continue;
        pending_.erase(pending->id);
        co_return std::unexpected(there.error());
    }
    co_return outcome(*pending, longest);
}

asio::awaitable<void> Conversation::wait(std::chrono::milliseconds at_most) {
    auto self = shared_from_this();
    if (lost_) co_return;
    poked_.expires_after(at_most);
    co_await poked_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Conversation::poke() {
    poked_.cancel();
}

void Conversation::close() {
    stream_->close();
    lose({base::ErrorKind::unavailable, "closed", "The connection was closed by this side."});
}

namespace {

/// A wrong port is the usual cause, and nothing that is wrong inside the platform.
base::Error not_a_controller(const base::Error& fault) {
    return {
        base::ErrorKind::unavailable, "not_a_controller",
        fmt::format("No controller's protocol is spoken there. Check that the port is the device port. ({})",
                    fault.message)};
}

}  // namespace

void Conversation::receive(std::string_view bytes) {
    auto self = shared_from_this();
    decoder_.feed(bytes, {});
    while (!lost_) {
        auto frame = decoder_.next();
        if (!frame) {
            lose(not_a_controller(frame.error()));
            stream_->close();
            return;
        }
        if (!*frame) return;
        dispatch(std::move(**frame));
    }
}

void Conversation::dispatch(codec::dhip::Frame frame) {
    auto message = codec::dhip::decode_from_device(frame);
    if (!message) {
        lose(not_a_controller(message.error()));
        stream_->close();
        return;
    }
    if (auto* notification = std::get_if<codec::dhip::Notification>(&*message)) {
        if (on_notification_) on_notification_(*notification);
        return;
    }
    auto& answer = std::get<Answer>(*message);
    if (session_ == 0) session_ = answer.session;  // it is given once, with the first answer
    auto found = pending_.find(answer.id);
    if (found == pending_.end()) return;  // it came after its deadline
    found->second->answer = std::move(answer);
    found->second->done.cancel();
}

void Conversation::lose(base::Error why) {
    if (lost_) return;
    lost_ = std::move(why);
    for (auto& [id, pending] : pending_) pending->done.cancel();
    poked_.cancel();
}

}  // namespace sallyport::server
