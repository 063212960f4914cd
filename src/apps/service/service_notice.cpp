#include "apps/service/service_notice.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sallyport::apps {

namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A path, or "@name" for one in the abstract space. -1 where nobody listens.
int connect_to(std::string_view address) {
    sockaddr_un peer{};
    peer.sun_family = AF_UNIX;
    if (address.size() < 2 || address.size() >= sizeof(peer.sun_path)) return -1;
    if (address.front() != '/' && address.front() != '@') return -1;
    std::memcpy(peer.sun_path, address.data(), address.size());
    if (address.front() == '@') peer.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return -1;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&peer), size) == 0) return socket;
    ::close(socket);
    return -1;
}

std::optional<std::chrono::microseconds> asked_for_watchdog() {
    const auto pid = variable("WATCHDOG_PID");
    if (!pid.empty() && number(pid) != ::getpid()) return std::nullopt;
    const auto time = number(variable("WATCHDOG_USEC"));
    if (!time || *time <= 0) return std::nullopt;
    return std::chrono::microseconds{*time};
}

}  // namespace

ServiceNotice::ServiceNotice(boost::asio::io_context& loop)
    : timer_(loop), socket_(connect_to(variable("NOTIFY_SOCKET"))), watchdog_(asked_for_watchdog()) {}

ServiceNotice::~ServiceNotice() {
    if (socket_ >= 0) ::close(socket_);
}

void ServiceNotice::ready(std::string_view status) {
    std::string words = "READY=1\nSTATUS=";
    for (const char c : status) words += c == '\n' ? ' ' : c;
    send(words);
    if (socket_ >= 0 && watchdog_) feed();
}

void ServiceNotice::stopping() {
    timer_.cancel();
    send("STOPPING=1");
}

void ServiceNotice::feed() {
    send("WATCHDOG=1");
    timer_.expires_after(*watchdog_ / 3);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) feed();
    });
}

void ServiceNotice::send(std::string_view words) const {
    if (socket_ >= 0) ::send(socket_, words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace sallyport::apps
