// How many requests one thread of our HTTP server answers over TLS, beside a bare loop of the same library:
// both give the same small JSON answer to the same clients, which keep their connections.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "adapters/net/http_server.hpp"
#include "adapters/net/identity.hpp"
#include "bench/report.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ports = sallyport::ports;
using asio::ip::tcp;
using Tls = asio::ssl::stream<tcp::socket>;
using std::chrono::steady_clock;

constexpr int clients = 32;
constexpr int rounds = 5;
constexpr std::chrono::milliseconds warm_up{300};
constexpr std::chrono::milliseconds measured{1'500};
constexpr char answer[] = R"({"state":"ok","version":"0.1.0","needed":false})";
constexpr char question[] =
    "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n";

class Health final : public ports::HttpHandler {
  public:
    void handle(ports::HttpRequest, ports::Respond respond) override {
        respond({200, {{"Content-Type", "application/json"}}, answer});
    }
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override {
        return ports::HttpResponse{404, {}, ""};
    }
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override {}
};

/// What anybody would write with the library who wants no limits, time-outs, or errors.
asio::awaitable<void> answer_bare(boost::beast::ssl_stream<tcp::socket> stream) {
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    for (;;) {
        http::request<http::string_body> request;
        co_await http::async_read(stream, buffer, request, asio::use_awaitable);
        http::response<http::string_body> response(http::status::ok, 11);
        response.set(http::field::content_type, "application/json");
        response.body() = answer;
        response.prepare_payload();
        co_await http::async_write(stream, response, asio::use_awaitable);
    }
}

asio::awaitable<void> accept_bare(tcp::acceptor& acceptor, asio::ssl::context& context) {
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(),
                       answer_bare(boost::beast::ssl_stream<tcp::socket>(std::move(socket), context)),
                       asio::detached);
    }
}

/// Asks again and again. The answers are all alike, so their length is learned from the first.
asio::awaitable<void> ask(tcp::endpoint server, asio::ssl::context& context, std::uint64_t& answers) {
    Tls stream(co_await asio::this_coro::executor, context);
    co_await stream.next_layer().async_connect(server, asio::use_awaitable);
    stream.next_layer().set_option(tcp::no_delay(true));
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    const auto request = asio::buffer(question, sizeof question - 1);
    std::string first;
    co_await asio::async_write(stream, request, asio::use_awaitable);
    const auto head =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(first), "\r\n\r\n", asio::use_awaitable);
    std::vector<char> bytes(head + sizeof answer - 1);
    const auto missing = bytes.size() - first.size();
    co_await asio::async_read(stream, asio::buffer(bytes, missing), asio::use_awaitable);
    for (;;) {
        co_await asio::async_write(stream, request, asio::use_awaitable);
        co_await asio::async_read(stream, asio::buffer(bytes), asio::use_awaitable);
        ++answers;
    }
}

/// Answers in a second, asked by one thread of clients.
double rate(const tcp::endpoint& server, std::uint64_t& answers) {
    asio::io_context loop(1);
    asio::ssl::context context(asio::ssl::context::tls_client);
    for (int i = 0; i < clients; ++i) asio::co_spawn(loop, ask(server, context, answers), asio::detached);
    loop.run_for(warm_up);
    const auto before = answers;
    const auto begin = steady_clock::now();
    loop.run_for(measured);
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    return static_cast<double>(answers - before) / took.count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

int main() {
    const auto identity = *sallyport::adapters::make_identity({"bench", {}});
    const auto loopback = asio::ip::make_address("127.0.0.1");

    Health health;
    asio::io_context our_loop(1);
    const auto ours =
        *sallyport::adapters::make_http_server(our_loop, {"127.0.0.1", 0}, &identity, {}, health);
    std::thread our_thread([&] { our_loop.run(); });

    asio::io_context bare_loop(1);
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain(asio::buffer(identity.certificate_pem));
    context.use_private_key(asio::buffer(identity.key_pem.reveal()), asio::ssl::context::pem);
    tcp::acceptor acceptor(bare_loop, tcp::endpoint(loopback, 0));
    asio::co_spawn(bare_loop, accept_bare(acceptor, context), asio::detached);
    std::thread bare_thread([&] { bare_loop.run(); });

    std::vector<double> our_rates;
    std::vector<double> bare_rates;
    std::uint64_t answers = 0;
    for (int round = 0; round < rounds; ++round) {
        our_rates.push_back(rate({loopback, ours->local().port}, answers));
        bare_rates.push_back(rate(acceptor.local_endpoint(), answers));
        fmt::print("round {}: ours {:.0f}/s, bare loop {:.0f}/s\n", round + 1, our_rates.back(),
                   bare_rates.back());
    }
    our_loop.stop();
    bare_loop.stop();
    our_thread.join();
    bare_thread.join();
    sallyport::bench::publish("http_requests_s", median(our_rates), "requests/s", answers,
                              {"bare Beast loop over TLS", median(bare_rates)});
}
