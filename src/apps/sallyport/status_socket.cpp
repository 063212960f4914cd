#include "apps/sallyport/status_socket.hpp"

#include <charconv>
#include <sys/stat.h>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "adapters/linux/local_stream.hpp"

namespace sallyport::apps {

namespace {

namespace json = boost::json;
using base::ErrorKind;
using boost::asio::local::stream_protocol;

/// Before the JSON stands its length: eight digits.
constexpr std::size_t length_digits = 8;
constexpr std::size_t most_bytes = 1'000'000;
constexpr std::chrono::seconds patience{5};

std::filesystem::path socket_in(const std::filesystem::path& directory) {
    return directory / "status.sock";
}

}  // namespace

struct StatusSocket::Parts {
    Parts(std::filesystem::path at, std::function<json::object()> facts)
        : path(std::move(at)), told(std::move(facts)) {}

    /// Nobody else uses the directory: what lies there is left from one that was killed.
    void listen() {
        std::filesystem::remove(path);
        const stream_protocol::endpoint here(path.string());
        acceptor.open();
        acceptor.bind(here);
        if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
            throw boost::system::system_error(errno, boost::system::system_category());
        acceptor.listen();
        accept();
        thread = std::jthread([this] { loop.run(); });
    }

    void accept() {
        acceptor.async_accept([this](boost::system::error_code failed, stream_protocol::socket peer) {
            if (failed == boost::asio::error::operation_aborted) return;
            if (!failed) tell(peer);
            accept();
        });
    }

    /// It fits into the buffer of the socket, so that nobody who does not read holds up the next.
    void tell(stream_protocol::socket& peer) {
        const auto text = json::serialize(told());
        boost::system::error_code failed;
        peer.non_blocking(true, failed);
        peer.write_some(boost::asio::buffer(fmt::format("{:08}{}", text.size(), text)), failed);
    }

    std::filesystem::path path;
    std::function<json::object()> told;
    boost::asio::io_context loop{1};
    stream_protocol::acceptor acceptor{loop};
    std::jthread thread;
};

StatusSocket::StatusSocket(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

base::Result<std::unique_ptr<StatusSocket>> StatusSocket::open(const std::filesystem::path& directory,
                                                               std::function<json::object()> told) {
    auto parts = std::make_unique<Parts>(socket_in(directory), std::move(told));
    try {
        parts->listen();
    } catch (const std::exception& failed) {
        return base::fail(ErrorKind::unavailable, "no_status_socket",
                          fmt::format("{} cannot be opened: {}.", parts->path.string(), failed.what()));
    }
    return std::unique_ptr<StatusSocket>(new StatusSocket(std::move(parts)));
}

StatusSocket::~StatusSocket() {
    parts_->loop.stop();
    parts_->thread.join();
    std::error_code failed;
    std::filesystem::remove(parts_->path, failed);
}

base::Result<json::object> ask_status(const std::filesystem::path& directory) {
    const auto stream = adapters::open_local(socket_in(directory).string());
    if (!stream) return std::unexpected(stream.error());
    const auto digits = (*stream)->read(length_digits, patience, {});
    if (!digits) return std::unexpected(digits.error());
    std::size_t length = 0;
    std::from_chars(digits->data(), digits->data() + digits->size(), length);
    const auto text = (*stream)->read(std::min(length, most_bytes), patience, {});
    if (!text) return std::unexpected(text.error());
    boost::system::error_code failed;
    auto told = json::parse(*text, failed);
    if (failed || !told.is_object())
        return base::fail(ErrorKind::corrupt, "bad_status", "What the running platform tells is no JSON.");
    if (told.get_object().empty())
        return base::fail(ErrorKind::unavailable, "no_status", "The running platform cannot tell.");
    return std::move(told.get_object());
}

}  // namespace sallyport::apps
