#pragma once
// One connection, inside TLS or in clear: what both ends of ports::Stream are made of.
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "adapters/net/sessions.hpp"
#include "adapters/net/tls.hpp"
#include "adapters/net/tls_stream.hpp"
#include "adapters/net/watchdog.hpp"

namespace sallyport::adapters {

using TlsSocket = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
using PlainSocket = boost::asio::ip::tcp::socket;

/// All on the socket's strand, but for `send` and `close`. `Socket` is one of the two above.
template <class Socket>
class StreamConnection : public std::enable_shared_from_this<StreamConnection<Socket>>, public Session {
  public:
    using Shaken = std::function<void(base::Result<ports::StreamPtr>)>;

    /// The context is null for a plain socket.
    StreamConnection(boost::asio::ip::tcp::socket, TlsContext, const StreamLimits&);
    /// Connects to the first of these that answers. Calls back once, within `time`; reads from then on.
    void dial(const std::vector<boost::asio::ip::tcp::endpoint>&, std::chrono::milliseconds time, Shaken);
    void accept(Shaken);

    /// Kept until the connection has closed.
    void take_seat(Sessions::Seat seat) { seat_ = std::move(seat); }

    bool send(std::string bytes);
    void close();
    void stop(Stop) override { close(); }
    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    [[nodiscard]] const std::string& peer_address() const { return peer_address_; }
    [[nodiscard]] const ports::Fingerprint& fingerprint() const { return fingerprint_; }

  private:
    enum class Stage : std::uint8_t { connecting, open, closing, closed };

    enum class Side : std::uint8_t { caller, device };
    void shake(Side);
    [[nodiscard]] boost::asio::ip::tcp::socket& tcp_socket();
    void shaken();
    void refuse(base::Error);
    void read();
    void deliver(std::size_t count);
    void write();
    void written(boost::system::error_code);
    void begin_closing(base::Error why);
    void shut_down();
    void finish();
    void overdue();

    TlsContext context_;  // before the socket, which uses it to the end
    Socket socket_;
    StreamLimits limits_;
    Watchdog watchdog_;
    Sessions::Seat seat_;
    Stage stage_ = Stage::connecting;
    Shaken shaken_;
    std::weak_ptr<ports::Stream> handle_;
    std::optional<base::Error> why_;  ///< the first reason to close
    std::string peer_address_;
    ports::Fingerprint fingerprint_;
    std::string received_;
    std::string sending_;

    std::mutex mutex_;  // what `send` touches from other threads
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    bool writing_ = false;
    bool refusing_ = false;
};

using TlsConnection = StreamConnection<TlsSocket>;
using PlainConnection = StreamConnection<PlainSocket>;
extern template class StreamConnection<TlsSocket>;
extern template class StreamConnection<PlainSocket>;

}  // namespace sallyport::adapters
