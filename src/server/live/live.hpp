#pragma once
// Sends what happens now to every client that looks (api/openapi.yaml, /live). Any thread; never waits for a
// client: one that is too slow loses messages, and is told how many.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/transport.hpp"
#include "server/rights/part.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

/// One message, written for all who see the same.
using LiveText = std::shared_ptr<const std::string>;

/// What waits for a client that asks for its messages: the newest events, and of each door, device and
/// question the last word.
class LiveBatch {
  public:
    static constexpr std::size_t events_at_most = 2'000;

    void add(std::string_view type, const boost::json::object& data, LiveText);
    /// Everything as one array, and first how many events were dropped; null when nothing waits.
    [[nodiscard]] LiveText take();
    /// Drops what waits, which counts as lost.
    void drop();

  private:
    std::deque<LiveText> events_;
    std::map<std::string, LiveText> last_words_;  // by type and id
    std::uint64_t lost_ = 0;
};

/// Each message as it comes, or what has gathered whenever the client asks (docs/decisions/0050).
enum class LivePace : std::uint8_t { at_once, on_request };

class Live {
  public:
    /// Messages that may wait for one client that gets them at once; from half of them on, a client that
    /// lost some gets messages again.
    static constexpr std::size_t waiting_at_most = 512;

    /// Answers that may wait for one client that asks: who asks without reading gathers on instead. More than
    /// one, because a client may have one and ask again before this program knows that it is gone.
    static constexpr std::size_t answers_at_most = 2;

    /// `session` is whose the client is, `address` where it came from, `viewer` what it may see. Takes the
    /// client's `on_text` and `on_closed`.
    void add(ports::WebSocketPtr client, Id session, std::string address, Viewer viewer,
             LivePace pace = LivePace::at_once);
    /// {"type": TYPE, "data": DATA} to each client, with what `as_seen` gives for it; null: nothing. Types:
    /// event, door, device, alarm. `as_seen` answers at once, and the same object for the same data.
    void publish(std::string_view type,
                 const std::function<const boost::json::object*(const Viewer&)>& as_seen);
    /// What a part of this program gets besides the clients: called under a lock, so it must be quick and
    /// call nothing here. Null: nothing any more.
    using Follower = std::function<void(std::string_view type, const boost::json::object&)>;
    void follow(Viewer viewer, Follower follower);
    /// Whether anybody looks: what nobody would get need not be made.
    [[nodiscard]] bool watched() const;
    [[nodiscard]] std::size_t clients() const;
    /// Closes the clients that may not look any more, notes what the others may see now, and tells the lost
    /// to those that caught up. About once a second.
    void sweep(const std::function<std::optional<Viewer>(Id session, const std::string& address)>& viewer_of);
    void close_all(std::string_view reason);

  private:
    struct Client {
        ports::WebSocketPtr socket;
        Id session;
        std::string address;
        Viewer viewer;
        LivePace pace;
        std::uint64_t lost = 0;
        LiveBatch batch{};
        bool asks = false;  ///< for the next batch
    };
    static void send(Client&, const LiveText&);
    static void tell_lost(Client&);
    static void answer(Client&);
    void ask(const ports::WebSocket* socket);
    void forget(const ports::WebSocket* socket);

    mutable std::mutex mutex_;
    std::vector<Client> clients_;
    Viewer follows_;
    Follower follower_;
};

}  // namespace sallyport::server
