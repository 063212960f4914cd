#pragma once
// A network of one controller in this process: whoever dials is joined with it, both ends on its loop.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>

#include "integration/door_site.hpp"

namespace sallyport::tests {

class JoinedStream final : public ports::Stream, public std::enable_shared_from_this<JoinedStream> {
  public:
    JoinedStream(boost::asio::io_context& loop, ports::Fingerprint peer)
        : loop_(loop), peer_fingerprint_(std::move(peer)) {}
    bool send(std::string bytes) override {
        auto other = other_.lock();
        if (closed_ || !other) return false;
        if (bend) bytes = bend(bytes);
        boost::asio::post(loop_, [other, bytes = std::move(bytes)] {
            if (other->on_received) other->on_received(bytes);
        });
        return true;
    }
    /// What was sent before arrives before.
    void close() override {
        if (std::exchange(closed_, true)) return;
        for (const auto& end : {shared_from_this(), other_.lock()})
            if (end != nullptr) boost::asio::post(loop_, [end] { end->ended(); });
    }
    [[nodiscard]] std::string peer_address() const override { return "192.0.2.7"; }
    [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return peer_fingerprint_; }

    /// What arrives instead of what is sent from here; null: the same.
    std::function<std::string(const std::string&)> bend;

    static std::pair<std::shared_ptr<JoinedStream>, std::shared_ptr<JoinedStream>> pair(
        boost::asio::io_context& loop, const ports::Fingerprint& of_controller) {
        auto dialled = std::make_shared<JoinedStream>(loop, of_controller);
        auto accepted = std::make_shared<JoinedStream>(loop, ports::Fingerprint{});
        dialled->other_ = accepted;
        accepted->other_ = dialled;
        return {std::move(dialled), std::move(accepted)};
    }

  private:
    void ended() {
        closed_ = true;
        on_received = nullptr;
        if (const auto told = std::exchange(on_closed, nullptr))
            told({base::ErrorKind::unavailable, "closed", "The connection ended."});
    }

    boost::asio::io_context& loop_;
    ports::Fingerprint peer_fingerprint_;
    std::weak_ptr<JoinedStream> other_;
    bool closed_ = false;
};

class SiteDialler final : public ports::StreamDialler {
  public:
    SiteDialler(DoorSite& site, controller::Channel channel) : site_(site), channel_(channel) {}

    void dial(const ports::Endpoint&, const ports::Identity*, std::chrono::milliseconds,
              std::function<void(base::Result<ports::StreamPtr>)> done) override {
        ++dialled;
        if (!reachable)
            return boost::asio::post(site_.loop, [done] {
                done(base::fail(base::ErrorKind::unavailable, "unreachable", "Nobody is there."));
            });
        const auto fingerprint = channel_ == controller::Channel::tls ? "AA:BB" : "";
        auto [mine, theirs] = JoinedStream::pair(site_.loop, fingerprint);
        theirs->bend = [this](const std::string& bytes) { return lie ? lie(bytes) : bytes; };
        line_ = mine;
        accepted_ = theirs;  // the controller lets go of what it has closed
        site_.service->accept(theirs, channel_);
        boost::asio::post(site_.loop, [done, mine] { done(mine); });
    }
    void cut() {
        if (const auto line = line_.lock()) line->close();
    }

    bool reachable = true;
    std::function<std::string(const std::string&)> lie;  ///< what comes instead of what the controller says
    int dialled = 0;

  private:
    DoorSite& site_;
    controller::Channel channel_;
    std::weak_ptr<JoinedStream> line_;
    std::shared_ptr<JoinedStream> accepted_;
};

}  // namespace sallyport::tests
