#include "adapters/net/acceptor.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/core.h>

namespace sallyport::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorKind;
using boost::system::error_code;

ports::Endpoint endpoint_of(const asio::ip::address& address, std::uint16_t port) {
    return {address.to_string(), port};
}

base::Result<asio::ip::address> address_of(const ports::Endpoint& endpoint) {
    error_code error;
    auto address = asio::ip::make_address(endpoint.address, error);
    if (!error) return address;
    asio::io_context own_loop;
    tcp::resolver resolver(own_loop);
    const auto found = resolver.resolve(endpoint.address, "", error);
    if (!error && !found.empty()) return found.begin()->endpoint().address();
    return base::fail(
        ErrorKind::invalid, "invalid_address",
        fmt::format("'{}' is no address and no known name: give an address of this machine, such "
                    "as 127.0.0.1 or 0.0.0.0.",
                    endpoint.address));
}

base::Error cannot_bind(const ports::Endpoint& endpoint, error_code error) {
    const auto where = ports::text_of(endpoint);
    if (error == asio::error::address_in_use) {
        return {ErrorKind::conflict, "port_in_use",
                fmt::format("{} is in use by another program: stop it, or choose another port.", where)};
    }
    if (error == asio::error::access_denied) {
        return {ErrorKind::forbidden, "port_forbidden",
                fmt::format("{} may not be opened by this user: choose a port above 1023.", where)};
    }
    return {
        ErrorKind::invalid, "invalid_address",
        fmt::format("{} cannot be opened ({}): give an address of this machine.", where, error.message())};
}

std::string peer_of(const tcp::socket& socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    return error ? std::string() : peer.address().to_string();
}

bool admitted(const std::string& peer, const ports::Admission& admits) {
    return !peer.empty() && (!admits || admits(peer));
}

Acceptor::Acceptor(asio::io_context& loop)
    : loop_(loop), acceptor_(asio::make_strand(loop)), pause_(acceptor_.get_executor()) {}

base::Result<std::shared_ptr<Acceptor>> Acceptor::open(asio::io_context& loop,
                                                       const ports::Endpoint& endpoint, OnSocket on_socket) {
    auto acceptor = std::make_shared<Acceptor>(loop);
    acceptor->on_socket_ = std::move(on_socket);
    if (const auto listening = acceptor->listen(endpoint); !listening) {
        return std::unexpected(listening.error());
    }
    // Not at once: the caller has yet to say what is to happen with what is accepted.
    asio::post(acceptor->acceptor_.get_executor(), [acceptor] { acceptor->accept(); });
    return acceptor;
}

base::Status Acceptor::listen(const ports::Endpoint& endpoint) {
    const auto address = address_of(endpoint);
    if (!address) return std::unexpected(address.error());
    const tcp::endpoint wanted(*address, endpoint.port);
    error_code error;
    acceptor_.open(wanted.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(wanted, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return std::unexpected(cannot_bind(endpoint, error));
    const auto local = acceptor_.local_endpoint(error);
    local_ = endpoint_of(local.address(), local.port());
    return {};
}

void Acceptor::accept() {
    if (!acceptor_.is_open()) return;
    const asio::any_io_executor strand = asio::make_strand(loop_);
    acceptor_.async_accept(strand, [self = shared_from_this()](error_code error, tcp::socket socket) {
        if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
        if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space) {
            return self->accept_later();
        }
        if (!error) {
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            socket.set_option(asio::socket_base::keep_alive(true), ignored);
            self->on_socket_(std::move(socket));
        }
        self->accept();
    });
}

/// Out of descriptors: asking again at once would spin until somebody closes one.
void Acceptor::accept_later() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->accept();
    });
}

void Acceptor::stop() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->close(); });
}

void Acceptor::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    on_socket_ = nullptr;
}

}  // namespace sallyport::adapters
