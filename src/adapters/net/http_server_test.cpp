#include "adapters/net/http_server.hpp"

#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "adapters/net/identity.hpp"
#include "adapters/net/loop_for_tests.hpp"

namespace sallyport::adapters {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using boost::system::error_code;

const ports::Endpoint any_port{"127.0.0.1", 0};

/// Answers with what it was asked; keeps, forgets, or refuses where the path says so.
class Echo final : public ports::HttpHandler {
  public:
    void handle(ports::HttpRequest request, ports::Respond respond) override {
        if (request.path == "/later") return kept.put(std::move(respond));
        if (request.path == "/forgotten") return;
        if (request.path.starts_with("/parts")) return respond(in_parts(request.path == "/parts"));
        if (request.path == "/large") return respond({200, {}, std::string(32 << 20, 'x')});
        std::string said = request.method + " " + request.path;
        for (const auto& [name, value] : request.query) said += " " + name + "=" + value;
        respond({200, {{"Content-Type", "text/plain"}}, said + "|" + request.body});
    }
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest& request) override {
        if (request.path == "/live") return std::nullopt;
        return ports::HttpResponse{403, {}, "no"};
    }
    void opened(const ports::HttpRequest& request, ports::WebSocketPtr socket) override {
        socket->on_text = [this](std::string_view text) { texts.put(std::string(text)); };
        socket->on_closed = [this] { closed.put(1); };
        paths.put(request.path);
        sockets.put(std::move(socket));
    }

    /// Three parts from another thread; of the other one the second is missing.
    ports::HttpResponse in_parts(bool whole) {
        ports::HttpResponse response;
        response.length = 3 * std::size_t{500'000};
        response.next = [this, whole, part = 'a'](const ports::HttpResponse::Give& give) mutable {
            const bool missing = part == 'b' && !whole;
            threads.emplace_back([give, text = std::string(missing ? 0 : 500'000, part)] { give(text); });
            ++part;
        };
        return response;
    }

    std::vector<std::jthread> threads;
    Mailbox<ports::Respond> kept;
    Mailbox<std::string> texts;
    Mailbox<std::string> paths;
    Mailbox<int> closed;
    Mailbox<ports::WebSocketPtr> sockets;
};

/// A client that sends any bytes, and reads answers as they are.
class Client {
  public:
    explicit Client(const ports::Endpoint& server, const char* from = "127.0.0.1") {
        socket.open(tcp::v4());
        socket.bind({asio::ip::make_address(from), 0});
        socket.connect({asio::ip::make_address(server.address), server.port});
    }
    void send(std::string_view bytes) {
        error_code ignored;  // the server may have had enough
        asio::write(socket, asio::buffer(bytes), ignored);
    }
    /// One answer with its body.
    std::string receive() {
        error_code error;
        const auto head_end = asio::read_until(socket, asio::dynamic_buffer(waiting), "\r\n\r\n", error);
        if (error) return "closed";
        const auto at = waiting.find("Content-Length: ");
        const std::size_t length = at < head_end ? std::stoul(waiting.substr(at + 16)) : 0;
        while (waiting.size() < head_end + length && !error) {
            asio::read(socket, asio::dynamic_buffer(waiting), asio::transfer_at_least(1), error);
        }
        auto answer = waiting.substr(0, head_end + length);
        waiting.erase(0, answer.size());
        return answer;
    }
    std::string ask(std::string_view bytes) {
        send(bytes);
        return receive();
    }
    /// What comes until the server closes.
    std::string rest() {
        error_code error;
        asio::read(socket, asio::dynamic_buffer(waiting), error);
        return std::exchange(waiting, {});
    }

    asio::io_context loop;
    tcp::socket socket{loop};
    std::string waiting;
};

std::string status_of(const std::string& answer) {
    return answer.substr(0, answer.find("\r\n"));
}
std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}
std::string get(std::string_view target, std::string_view more = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: door\r\n" + std::string(more) + "\r\n";
}
std::string post(std::string_view body) {
    return "POST /x HTTP/1.1\r\nHost: door\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

class HttpServers : public testing::Test {
  protected:
    Echo echo;
    asio::io_context loop;
    std::unique_ptr<ports::HttpServer> server;
    void serve(const ports::HttpLimits& limits = {}, const ports::Identity* identity = nullptr) {
        server = *make_http_server(loop, any_port, identity, limits, echo);
    }
};

TEST_F(HttpServers, answer_in_parts) {
    serve();
    LoopForTests running(loop, 2);
    Client client(server->local());
    const auto body = body_of(client.ask(get("/parts")));
    ASSERT_EQ(body.size(), 1'500'000U);
    EXPECT_EQ(std::string({body[0], body[499'999], body[500'000], body[1'499'999]}), "aabc");
    EXPECT_EQ(body_of(client.ask(get("/x"))), "GET /x|") << "the connection goes on";
    client.send(get("/parts-that-break-off"));
    EXPECT_EQ(client.rest().find("bb"), std::string::npos) << "broken off, and closed";
}

TEST_F(HttpServers, answer_requests_on_one_connection) {
    serve();
    LoopForTests running(loop, 2);
    Client client(server->local());
    EXPECT_EQ(body_of(client.ask(get("/a%20b?x=1+2"))), "GET /a b x=1 2|");
    EXPECT_EQ(body_of(client.ask(post("hello"))), "POST /x|hello");
    EXPECT_EQ(body_of(client.ask("POST /c HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
              "POST /c|abcde");
    client.send(get("/1") + get("/2"));
    EXPECT_EQ(body_of(client.receive()), "GET /1|");
    EXPECT_EQ(body_of(client.receive()), "GET /2|");
}

TEST_F(HttpServers, close_when_the_client_asks_for_it) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.send(get("/", "Connection: close\r\n"));
    EXPECT_NE(client.rest().find("Connection: close"), std::string::npos);
    Client old(server->local());
    old.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(body_of(old.rest()), "GET /|");
}

TEST_F(HttpServers, send_no_body_for_a_head) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.send("HEAD / HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n");
    const auto answer = client.rest();
    EXPECT_NE(answer.find("Content-Length: 7"), std::string::npos);
    EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpServers, let_a_large_body_come_when_asked_first) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.send("POST /x HTTP/1.1\r\nHost: door\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(status_of(client.receive()), "HTTP/1.1 100 Continue");
    EXPECT_EQ(body_of(client.ask("hi")), "POST /x|hi");
}

TEST_F(HttpServers, refuse_what_is_malformed) {
    serve();
    LoopForTests running(loop, 2);
    for (const std::string request :
         {"rubbish\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET http://door/ HTTP/1.1\r\nHost: door\r\n\r\n",
          "GET /% HTTP/1.1\r\nHost: door\r\n\r\n", "GET / HTTP/1.1\nHost: door\n\n",
          "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: -1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : door\r\n\r\n", "GET / HTTP/1.1\r\nHost: door\r\nX: a\x01\r\n\r\n"}) {
        Client client(server->local());
        client.send(request);
        const auto answer = client.rest();
        EXPECT_EQ(status_of(answer), "HTTP/1.1 400 Bad Request") << request;
        EXPECT_NE(answer.find("\"code\":\"bad_request\""), std::string::npos) << request;
    }
}

TEST_F(HttpServers, run_nothing_that_stands_in_a_body) {
    serve();
    LoopForTests running(loop, 2);
    for (const std::string coding :
         {"xchunked", "identity", "gzip", "chunked, identity", "gzip, chunked", "chunked, chunked", "",
          "chunked\r\nTransfer-Encoding: chunked", "identity\r\nContent-Length: 5"}) {
        Client client(server->local());
        client.send("GET /first HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: " + coding +
                    "\r\n\r\n0\r\n\r\nPOST /second HTTP/1.1\r\nHost: door\r\nContent-Length: 0\r\n\r\n");
        const auto answers = client.rest();
        EXPECT_EQ(status_of(answers), "HTTP/1.1 400 Bad Request") << coding;
        EXPECT_EQ(answers.find("HTTP/1.1 ", 1), std::string::npos) << coding;
    }
    Client client(server->local());
    client.send("POST /x HTTP/1.0\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    EXPECT_EQ(status_of(client.rest()), "HTTP/1.1 400 Bad Request");
    EXPECT_EQ(body_of(Client(server->local())
                          .ask("POST /x HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: "
                               "Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")),
              "POST /x|hi");
}

TEST_F(HttpServers, refuse_what_is_too_large_before_it_is_read) {
    serve({.body_bytes = 1'000, .header_bytes = 1'000});
    LoopForTests running(loop, 2);
    Client body(server->local());
    body.send("POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_EQ(status_of(body.receive()), "HTTP/1.1 413 Content Too Large");
    Client chunks(server->local());
    chunks.send("POST / HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                std::string(2'000, 'x'));
    EXPECT_EQ(status_of(chunks.receive()), "HTTP/1.1 413 Content Too Large");
    Client uploading(server->local());
    uploading.send(post(std::string(4 << 20, 'x')));  // the answer arrives though the client goes on sending
    EXPECT_EQ(status_of(uploading.receive()), "HTTP/1.1 413 Content Too Large");
    Client headers(server->local());
    headers.send(get("/", "X: " + std::string(2'000, 'x') + "\r\n"));
    EXPECT_EQ(status_of(headers.receive()), "HTTP/1.1 431 Request Header Fields Too Large");
    Client fits(server->local());
    EXPECT_EQ(body_of(fits.ask(post(std::string(1'000, 'x')))).size(), 1'008U);
}

TEST_F(HttpServers, cut_clients_that_are_silent) {
    serve({.idle = 50ms});
    LoopForTests running(loop, 2);
    Client silent(server->local());
    EXPECT_EQ(silent.rest(), "");
}

TEST_F(HttpServers, cut_clients_that_are_slow) {
    serve({.exchange = 50ms});
    LoopForTests running(loop, 2);
    Client slow(server->local());
    slow.send("GET / HTTP/1.1\r\nHo");
    EXPECT_EQ(status_of(slow.rest()), "HTTP/1.1 408 Request Timeout");
}

TEST_F(HttpServers, cut_clients_that_do_not_take_their_answer) {
    serve({.connections = 1, .exchange = 50ms});
    LoopForTests running(loop);
    Client not_reading(server->local());
    not_reading.send(get("/large"));
    // Its place is free again once it has been cut.
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    auto answer = Client(server->local()).ask(get("/"));
    while (status_of(answer) != "HTTP/1.1 200 OK" && std::chrono::steady_clock::now() < deadline) {
        answer = Client(server->local()).ask(get("/"));
    }
    EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK");
}

TEST_F(HttpServers, answer_later_and_from_another_thread) {
    serve({.exchange = 50ms});
    LoopForTests running(loop);
    Client client(server->local());
    client.send(get("/later"));
    auto respond = echo.kept.take();
    Client slow(server->local());
    slow.send("GET / HTTP/1.1\r\nHo");
    slow.rest();  // the time that others have is over
    std::thread other([&] { respond({201, {}, "done"}); });
    other.join();
    EXPECT_EQ(status_of(client.receive()), "HTTP/1.1 201 Created");
}

TEST_F(HttpServers, answer_500_when_the_handler_forgets) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    EXPECT_EQ(status_of(client.ask(get("/forgotten"))), "HTTP/1.1 500 Internal Server Error");
    EXPECT_EQ(status_of(client.ask(get("/"))), "HTTP/1.1 200 OK");
}

TEST_F(HttpServers, bear_an_answer_after_the_client_and_the_server_have_gone) {
    serve();
    auto client = std::make_unique<Client>(server->local());
    std::optional<ports::Respond> respond;
    {
        LoopForTests running(loop);
        client->send(get("/later"));
        respond = echo.kept.take();
        client.reset();
    }
    server.reset();
    (*respond)({200, {}, "too late"});
}

TEST_F(HttpServers, answer_a_client_that_has_closed_its_half) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.send(get("/"));
    client.socket.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(body_of(client.rest()), "GET /|");
}

TEST_F(HttpServers, take_no_more_connections_than_their_limit) {
    serve({.connections = 1});
    LoopForTests running(loop);
    Client first(server->local());
    EXPECT_EQ(status_of(first.ask(get("/"))), "HTTP/1.1 200 OK");
    Client second(server->local());
    EXPECT_EQ(second.rest(), "");
    EXPECT_EQ(status_of(first.ask(get("/"))), "HTTP/1.1 200 OK");
}

TEST_F(HttpServers, take_no_more_of_one_address_than_their_limit) {
    serve({.of_one_address = 1});
    LoopForTests running(loop);
    Client first(server->local());
    EXPECT_EQ(status_of(first.ask(get("/"))), "HTTP/1.1 200 OK");
    EXPECT_EQ(Client(server->local()).rest(), "");
    EXPECT_EQ(status_of(Client(server->local(), "127.0.0.2").ask(get("/"))), "HTTP/1.1 200 OK");
}

TEST_F(HttpServers, stop_after_answering_what_is_under_way) {
    serve();
    LoopForTests running(loop, 2);
    Client busy(server->local());
    Client idle(server->local());
    EXPECT_EQ(status_of(idle.ask(get("/"))), "HTTP/1.1 200 OK");
    busy.send(get("/later"));
    auto respond = echo.kept.take();
    server->stop();
    EXPECT_EQ(idle.rest(), "");
    respond({200, {}, "last words"});
    const auto answer = busy.rest();
    EXPECT_EQ(body_of(answer), "last words");
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    busy.socket.close();
    idle.socket.close();
    running.drain();
}

TEST_F(HttpServers, name_a_port_that_is_in_use) {
    serve();
    const auto second = make_http_server(loop, server->local(), nullptr, {}, echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "port_in_use");
    EXPECT_NE(second.error().message.find(ports::text_of(server->local())), std::string::npos);
}

TEST_F(HttpServers, speak_tls) {
    const auto identity = *make_identity({"platform", {"localhost"}});
    serve({}, &identity);
    LoopForTests running(loop, 2);
    asio::io_context own;
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket> client(own, context);
    client.next_layer().connect({asio::ip::make_address("127.0.0.1"), server->local().port});
    client.handshake(asio::ssl::stream_base::client);
    asio::write(client, asio::buffer(get("/") + get("/", "Connection: close\r\n")));
    std::string answers;
    error_code error;
    asio::read(client, asio::dynamic_buffer(answers), error);
    EXPECT_EQ(error, asio::error::eof);  // not truncated
    EXPECT_EQ(body_of(answers.substr(answers.rfind("HTTP/1.1"))), "GET /|");
    Client plain(server->local());
    plain.send(get("/"));
    plain.rest();
}

// ---------------------------------------------------------------- WebSocket

constexpr std::string_view upgrade =
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A short masked text frame, with a mask of zeroes.
std::string frame(std::string_view text, char kind = '\x81') {
    return std::string{kind, static_cast<char>(0x80 | text.size())} + std::string(4, '\0') +
           std::string(text);
}

/// The payload of the server's next frame with less than 126 bytes.
std::string payload(Client& client) {
    const auto read = [&client](std::size_t size) {
        error_code error;
        while (client.waiting.size() < size && !error) {
            asio::read(client.socket, asio::dynamic_buffer(client.waiting), asio::transfer_at_least(1),
                       error);
        }
        auto part = client.waiting.substr(0, size);
        client.waiting.erase(0, size);
        return part;
    };
    const auto head = read(2);
    return head.size() < 2 ? "closed" : read(static_cast<std::size_t>(head[1]));
}

TEST_F(HttpServers, carry_a_websocket_both_ways) {
    serve();
    LoopForTests running(loop, 2);
    Client client(server->local());
    client.send(get("/live?x=1", upgrade) + frame("early"));
    const auto answer = client.receive();
    EXPECT_EQ(status_of(answer), "HTTP/1.1 101 Switching Protocols");
    EXPECT_NE(answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);  // RFC 6455, 1.3
    EXPECT_EQ(echo.paths.take(), "/live");
    EXPECT_EQ(echo.texts.take(), "early");
    const auto socket = echo.sockets.take();
    socket->send(std::make_shared<const std::string>("hello"));
    EXPECT_EQ(payload(client), "hello");
    client.send(frame("again"));
    EXPECT_EQ(echo.texts.take(), "again");
    client.socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
    socket->send(std::make_shared<const std::string>("nobody hears"));
    EXPECT_EQ(socket->waiting(), 0U);
}

TEST_F(HttpServers, have_room_for_another_websocket_as_soon_as_one_goes) {
    serve({.connections = 1});
    LoopForTests running(loop, 2);
    Client first(server->local());
    first.ask(get("/live", upgrade));
    const auto socket = echo.sockets.take();
    EXPECT_EQ(Client(server->local()).rest(), "") << "it counts, after the upgrade as well";
    first.socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
    // As a page does: again and again, until it is let in.
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    auto next = std::make_unique<Client>(server->local());
    auto answer = next->ask(get("/live", upgrade));
    while (answer == "closed" && std::chrono::steady_clock::now() < deadline) {
        next = std::make_unique<Client>(server->local());
        answer = next->ask(get("/live", upgrade));
    }
    ASSERT_EQ(status_of(answer), "HTTP/1.1 101 Switching Protocols");
    const auto second = echo.sockets.take();
    next->socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
}

TEST_F(HttpServers, refuse_a_websocket_with_the_handlers_answer) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    EXPECT_EQ(status_of(client.ask(get("/other", upgrade))), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(body_of(client.ask(get("/"))), "GET /|");
}

TEST_F(HttpServers, close_a_websocket_with_code_and_reason) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.ask(get("/live", upgrade));
    echo.sockets.take()->close("signed out", 4001);
    EXPECT_EQ(payload(client), "\x0F\xA1signed out");
}

TEST_F(HttpServers, cut_a_websocket_that_does_not_keep_up) {
    serve();
    LoopForTests running(loop);
    Client client(server->local());
    client.ask(get("/live", upgrade));
    const auto socket = echo.sockets.take();
    const auto text = std::make_shared<const std::string>(64 << 10, 'x');
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (socket->waiting() < 1'024 && std::chrono::steady_clock::now() < deadline) socket->send(text);
    socket->send(text);
    EXPECT_EQ(echo.closed.take(), 1);
}

TEST_F(HttpServers, cut_a_websocket_that_says_too_much_or_nonsense) {
    serve({.websocket_text_bytes = 100});
    LoopForTests running(loop);
    Client large(server->local());
    large.ask(get("/live", upgrade));
    const auto first = echo.sockets.take();
    large.send(frame(std::string(101, 'x')));
    EXPECT_EQ(large.rest().substr(2, 2), "\x03\xF1");  // 1009, too big
    large.socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
    Client nonsense(server->local());
    nonsense.ask(get("/live", upgrade));
    const auto second = echo.sockets.take();
    nonsense.send(std::string(20, '\xFF'));
    EXPECT_EQ(nonsense.rest().substr(2, 2), "\x03\xEA");  // 1002, protocol error
    nonsense.socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
}

TEST_F(HttpServers, close_websockets_when_they_stop) {
    serve();
    LoopForTests running(loop, 2);
    Client client(server->local());
    client.ask(get("/live", upgrade));
    auto socket = echo.sockets.take();
    server->stop();
    EXPECT_EQ(payload(client).substr(0, 2), "\x03\xE9");  // 1001, going away
    client.socket.close();
    EXPECT_EQ(echo.closed.take(), 1);
    socket.reset();
    running.drain();
}

}  // namespace
}  // namespace sallyport::adapters
