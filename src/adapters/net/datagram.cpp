#include "adapters/net/datagram.hpp"

#include <array>
#include <utility>

#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/core.h>

#include "adapters/net/acceptor.hpp"
#include "base/log.hpp"

namespace sallyport::adapters {

namespace asio = boost::asio;
using asio::ip::udp;
using base::ErrorKind;
using boost::system::error_code;

namespace {

constexpr std::size_t longest_datagram = 64 << 10;
constexpr std::chrono::seconds between_joins{10};

/// One bound socket. Its reads keep it alive, so the pointer back is cut when the user has gone.
class Receiver : public std::enable_shared_from_this<Receiver> {
  public:
    Receiver(const asio::any_io_executor& executor, ports::DatagramSocket& user)
        : socket_(executor), joining_(executor), user_(&user) {}

    udp::socket& socket() { return socket_; }
    void receive() {
        socket_.async_receive_from(asio::buffer(bytes_), from_,
                                   [self = shared_from_this()](error_code error, std::size_t count) {
                                       if (!self->socket_.is_open() || self->user_ == nullptr) return;
                                       // An error is what somebody answered to one of our datagrams.
                                       if (!error) self->deliver(count);
                                       if (self->user_ != nullptr) self->receive();
                                   });
    }
    /// Stays in the group from now on: without a network, or with another interface later, it joins anew.
    base::Status join(const asio::ip::address_v4& group, const asio::ip::address_v4& local) {
        error_code error;
        socket_.set_option(asio::ip::multicast::join_group(group, local), error);
        const bool later = error == boost::system::errc::no_such_device;
        if (error && !later && error != boost::system::errc::address_in_use) {
            return base::fail(ErrorKind::unavailable, "multicast_unavailable",
                              fmt::format("The group {} cannot be joined on {}: {}.", group.to_string(),
                                          local.to_string(), error.message()));
        }
        joining_.expires_after(between_joins);
        joining_.async_wait([self = shared_from_this(), group, local](error_code cancelled) {
            if (cancelled || self->user_ == nullptr) return;
            if (auto status = self->join(group, local); !status) base::log_warning(status.error().message);
        });
        return {};
    }
    void close() {
        user_ = nullptr;
        joining_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

  private:
    void deliver(std::size_t count) {
        const auto callback = user_->on_received;
        if (callback) callback({bytes_.data(), count}, endpoint_of(from_.address(), from_.port()));
    }

    udp::socket socket_;
    asio::steady_timer joining_;
    ports::DatagramSocket* user_;
    udp::endpoint from_;
    std::array<char, longest_datagram> bytes_{};
};

class UdpSocket final : public ports::DatagramSocket {
  public:
    explicit UdpSocket(asio::io_context& loop)
        : strand_(asio::make_strand(loop)), unicast_(std::make_shared<Receiver>(strand_, *this)) {}
    ~UdpSocket() override {
        unicast_->close();
        if (multicast_) multicast_->close();
    }

    base::Status open(const ports::Endpoint& local, const std::optional<std::string>& group) {
        const auto address = address_of(local);
        if (!address) return std::unexpected(address.error());
        error_code error;
        auto& socket = unicast_->socket();
        const udp::endpoint wanted(*address, local.port);
        socket.open(wanted.protocol(), error);
        if (!error) socket.bind(wanted, error);
        if (error) return std::unexpected(cannot_bind(local, error));
        const bool one_interface = address->is_v4() && !address->is_unspecified();
        if (one_interface)
            socket.set_option(asio::ip::multicast::outbound_interface(address->to_v4()), error);
        if (group) {
            if (const auto joined = join(*group, *address); !joined) return joined;
        }
        receive(unicast_);
        if (multicast_) receive(multicast_);
        return {};
    }

    void send(std::string bytes, const ports::Endpoint& to) override {
        error_code error;
        const auto address = asio::ip::make_address(to.address, error);
        if (error) return;
        auto kept = std::make_shared<const std::string>(std::move(bytes));
        asio::post(strand_, [receiver = unicast_, kept, peer = udp::endpoint(address, to.port)] {
            if (!receiver->socket().is_open()) return;
            receiver->socket().async_send_to(asio::buffer(*kept), peer, [kept](error_code, std::size_t) {});
        });
    }
    [[nodiscard]] ports::Endpoint local() const override {
        error_code ignored;
        const auto local = unicast_->socket().local_endpoint(ignored);
        return endpoint_of(local.address(), local.port());
    }

  private:
    static void receive(const std::shared_ptr<Receiver>& receiver) {
        asio::post(receiver->socket().get_executor(), [receiver] { receiver->receive(); });
    }

    /// A socket that is bound to one address is not given what is sent to a group, so the group gets a socket
    /// of its own, which several programs may share.
    base::Status join(const std::string& group, const asio::ip::address& local) {
        error_code error;
        const auto address = asio::ip::make_address_v4(group, error);
        if (error || !address.is_multicast() || !local.is_v4()) {
            return base::fail(
                ErrorKind::invalid, "invalid_address",
                fmt::format("'{}' is no IPv4 multicast group: give one such as 239.255.255.251.", group));
        }
        if (local.is_unspecified()) return unicast_->join(address, local.to_v4());
        multicast_ = std::make_shared<Receiver>(strand_, *this);
        const udp::endpoint shared(address, unicast_->socket().local_endpoint().port());
        auto& socket = multicast_->socket();
        socket.open(shared.protocol(), error);
        if (!error) socket.set_option(udp::socket::reuse_address(true), error);
        if (!error) socket.bind(shared, error);
        if (error) return std::unexpected(cannot_bind(endpoint_of(address, shared.port()), error));
        return multicast_->join(address, local.to_v4());
    }

    asio::any_io_executor strand_;
    std::shared_ptr<Receiver> unicast_;
    std::shared_ptr<Receiver> multicast_;
};

}  // namespace

base::Result<std::unique_ptr<ports::DatagramSocket>> open_datagram(asio::io_context& loop,
                                                                   const ports::Endpoint& local,
                                                                   const std::optional<std::string>& group) {
    auto socket = std::make_unique<UdpSocket>(loop);
    if (const auto opened = socket->open(local, group); !opened) return std::unexpected(opened.error());
    return socket;
}

}  // namespace sallyport::adapters
