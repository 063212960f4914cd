#pragma once
// A controller's connection as a bad network carries it: held back for a while, or silent and then gone.
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "controller/loop.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

/// On the loop's only thread.
class Link final : public ports::Stream, public std::enable_shared_from_this<Link> {
  public:
    /// In the call that hands the stream over; the callbacks of the link are set in that call as well.
    [[nodiscard]] static std::shared_ptr<Link> over(boost::asio::io_context&, ports::StreamPtr);

    Link(boost::asio::io_context& loop, ports::StreamPtr stream) : loop_(loop), stream_(std::move(stream)) {}

    enum class End : std::uint8_t {
        delivered,  ///< what was held back arrives, in order
        lost        ///< it never does, and the connection is closed
    };
    /// Both directions; does nothing while it is held already.
    void hold(std::chrono::milliseconds, End);

    bool send(std::string bytes) override;
    void close() override { stream_->close(); }
    [[nodiscard]] std::string peer_address() const override { return stream_->peer_address(); }
    [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return stream_->peer_fingerprint(); }

  private:
    void received(std::string_view bytes);
    void closed(base::Error);
    void let_go(End);

    boost::asio::io_context& loop_;
    ports::StreamPtr stream_;
    std::optional<controller::LoopTimer> held_;  ///< while it is
    std::deque<std::string> outward_;
    std::deque<std::string> inward_;
};

}  // namespace sallyport::apps
