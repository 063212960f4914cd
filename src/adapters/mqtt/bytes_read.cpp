#include "adapters/mqtt/bytes_read.hpp"

// The kernel's own header, because that of glibc 2.36 does not know how many bytes came; the two do not go
// together, and Asio includes the other.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace sallyport::adapters {

std::optional<std::int64_t> bytes_read_from(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    int unread = 0;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    if (::ioctl(socket, FIONREAD, &unread) != 0) return std::nullopt;
    return static_cast<std::int64_t>(info.tcpi_bytes_received) - unread;
}

}  // namespace sallyport::adapters
