#include "adapters/linux/local_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

namespace sallyport::adapters {

namespace {

using base::ErrorKind;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds slice{200};
constexpr std::chrono::seconds in_the_middle{5};

std::unexpected<base::Error> lost() {
    return base::fail(ErrorKind::unavailable, "connection_lost", "The connection was lost.");
}

std::unexpected<base::Error> silent() {
    return base::fail(ErrorKind::timeout, "timeout", "The other program did not answer in time.");
}

class Local final : public ports::LocalStream {
  public:
    explicit Local(int socket) : socket_(socket) {}
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;
    ~Local() override { ::close(socket_); }

    base::Result<std::string> read(std::size_t count, milliseconds patience,
                                   const std::stop_token& stop) override {
        std::string bytes(count, '\0');
        std::size_t done = 0;
        auto deadline = Steady::now() + patience;
        while (done < count) {
            if (stop.stop_requested())
                return base::fail(ErrorKind::unavailable, "stopping", "The platform is stopping.");
            if (!ready(POLLIN)) {
                if (Steady::now() >= deadline) return silent();
                continue;
            }
            const auto got = ::recv(socket_, bytes.data() + done, count - done, 0);
            if (got <= 0 && (got == 0 || errno != EINTR)) return lost();
            if (got <= 0) continue;
            if (done == 0) deadline = Steady::now() + in_the_middle;
            done += static_cast<std::size_t>(got);
        }
        return bytes;
    }

    base::Status write(std::string_view bytes) override {
        const auto deadline = Steady::now() + in_the_middle;
        while (!bytes.empty()) {
            if (Steady::now() >= deadline) return silent();
            if (!ready(POLLOUT)) continue;
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno != EINTR && errno != EAGAIN) return lost();
            bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
        }
        return {};
    }

  private:
    [[nodiscard]] bool ready(short what) const {
        pollfd one{socket_, what, 0};
        return ::poll(&one, 1, static_cast<int>(slice.count())) > 0;
    }
    const int socket_;
};

}  // namespace

base::Result<std::unique_ptr<ports::LocalStream>> open_local(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    if (path.size() >= sizeof at.sun_path)
        return base::fail(ErrorKind::invalid, "unreachable", fmt::format("The path {} is too long.", path));
    std::ranges::copy(path, at.sun_path);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket >= 0 && ::connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
        return std::make_unique<Local>(socket);
    const auto why = std::generic_category().message(errno);
    if (socket >= 0) ::close(socket);
    return base::fail(ErrorKind::unavailable, "unreachable", fmt::format("{}: {}.", path, why));
}

}  // namespace sallyport::adapters
