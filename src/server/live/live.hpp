#pragma once
// Sends what happens now to every client that looks (api/openapi.yaml, /live). Any thread; never waits for a
// client: one that is too slow loses messages, and is told how many.
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/transport.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

class Live {
  public:
    /// Messages that may wait for one client; from half of them on, a client that lost some gets messages
    /// again.
    static constexpr std::size_t waiting_at_most = 512;

    /// `session` is whose the client is.
    void add(ports::WebSocketPtr client, Id session);
    /// {"type": TYPE, "data": DATA} to all. Types: event, door, device, alarm.
    void publish(std::string_view type, const boost::json::object& data);
    /// Whether anybody looks: what nobody would get need not be made.
    [[nodiscard]] bool watched() const;
    /// Closes the clients of sessions that have ended, and tells the lost to those that caught up. About once
    /// a second.
    void sweep(const std::function<bool(Id session)>& stands);
    void close_all(std::string_view reason);

  private:
    struct Client {
        ports::WebSocketPtr socket;
        Id session;
        std::uint64_t lost = 0;
    };
    static void send(Client&, const std::shared_ptr<const std::string>& text);
    static void tell_lost(Client&);
    void forget(const ports::WebSocket* socket);

    mutable std::mutex mutex_;
    std::vector<Client> clients_;
};

}  // namespace sallyport::server
