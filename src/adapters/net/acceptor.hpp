#pragma once
// A listening port.
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::adapters {

[[nodiscard]] ports::Endpoint endpoint_of(const boost::asio::ip::address&, std::uint16_t port);
/// A numeric address, or the first that a name has.
[[nodiscard]] base::Result<boost::asio::ip::address> address_of(const ports::Endpoint&);
/// What the system says when an address cannot be bound, as listen_tls documents it.
[[nodiscard]] base::Error cannot_bind(const ports::Endpoint&, boost::system::error_code);

/// The peer's numeric address; empty when it has gone already.
[[nodiscard]] std::string peer_of(const boost::asio::ip::tcp::socket&);
/// Whether that peer may be here at all.
[[nodiscard]] bool admitted(const std::string& peer, const ports::Admission&);

class Acceptor : public std::enable_shared_from_this<Acceptor> {
  public:
    /// Each socket is given on a strand of its own, which is its executor.
    using OnSocket = std::function<void(boost::asio::ip::tcp::socket)>;

    [[nodiscard]] static base::Result<std::shared_ptr<Acceptor>> open(boost::asio::io_context&,
                                                                      const ports::Endpoint&, OnSocket);
    explicit Acceptor(boost::asio::io_context&);
    [[nodiscard]] ports::Endpoint local() const { return local_; }
    /// From any thread; afterwards no socket is given any more.
    void stop();
    /// On the loop's only thread, or when it does not run: the port is free when this returns.
    void close();

  private:
    base::Status listen(const ports::Endpoint&);
    void accept();
    void accept_later();

    boost::asio::io_context& loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    ports::Endpoint local_;
    OnSocket on_socket_;
};

}  // namespace sallyport::adapters
