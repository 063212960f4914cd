#pragma once
// Requests, answers and notifications on one connected controller (docs/device-protocol.md). Used on the
// devices' loop thread only.
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "codec/dhip/frame.hpp"
#include "codec/dhip/message.hpp"
#include "ports/transport.hpp"
#include "server/devices/pace.hpp"

namespace sallyport::server {

class Conversation : public std::enable_shared_from_this<Conversation> {
  public:
    using Answer = codec::dhip::Answer;

    Conversation(boost::asio::io_context& loop, ports::StreamPtr stream, Pace = {});
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Begins to read. Notifications arrive on the handler, in order, until the connection is lost or closed.
    void start(std::function<void(const codec::dhip::Notification&)> on_notification);

    /// Sends a request and waits for its answer. An answer that refuses is an Answer with `error`; no answer
    /// in time is `timeout`, a lost connection `unavailable`, an answer that is not understood `corrupt`.
    /// What is asked first of a connection ends within ten seconds as well (platform.md V3).
    [[nodiscard]] boost::asio::awaitable<base::Result<Answer>> call(
        std::string method, boost::json::object params,
        std::chrono::milliseconds deadline = std::chrono::seconds(9), std::uint32_t object = 0);
    /// The same for what may take longer, twenty seconds at most: while it does, the controller is heard as
    /// if nothing were asked, so that one that stalls is known as soon.
    [[nodiscard]] boost::asio::awaitable<base::Result<Answer>> long_call(std::string method,
                                                                         boost::json::object params);

    /// Waits until the connection is lost or `poke` is called, or the time is over.
    [[nodiscard]] boost::asio::awaitable<void> wait(std::chrono::milliseconds at_most);
    void poke();

    void close();
    [[nodiscard]] const std::optional<base::Error>& lost() const { return lost_; }
    [[nodiscard]] std::string fingerprint() const { return stream_->peer_fingerprint(); }

  private:
    struct Pending;
    [[nodiscard]] std::shared_ptr<Pending> ask(const std::string& method, boost::json::object params,
                                               std::uint32_t object);
    [[nodiscard]] base::Result<Answer> outcome(Pending&, std::chrono::milliseconds deadline);
    void receive(std::string_view bytes);
    void dispatch(codec::dhip::Frame);
    void lose(base::Error why);

    boost::asio::io_context& loop_;
    ports::StreamPtr stream_;
    Pace pace_;
    codec::dhip::FrameDecoder decoder_;
    std::function<void(const codec::dhip::Notification&)> on_notification_;
    std::map<std::uint32_t, std::shared_ptr<Pending>> pending_;
    boost::asio::steady_timer poked_;
    std::optional<base::Error> lost_;
    std::uint32_t next_id_ = 1;
    std::uint32_t session_ = 0;
};

}  // namespace sallyport::server
