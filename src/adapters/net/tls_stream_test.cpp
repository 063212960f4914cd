#include "adapters/net/tls_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "adapters/net/identity.hpp"
#include "adapters/net/loop_for_tests.hpp"
#include "adapters/net/stream_connection.hpp"

namespace sallyport::adapters {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using boost::system::error_code;

const ports::Endpoint any_port{"127.0.0.1", 0};
constexpr auto patience = 20'000ms;

/// What one end of a stream hears.
struct Ear {
    Mailbox<std::string> received;
    Mailbox<base::Error> closed;
    void listen_to(ports::Stream& stream) {
        stream.on_received = [this](std::string_view bytes) { received.put(std::string(bytes)); };
        stream.on_closed = [this](base::Error why) { closed.put(std::move(why)); };
    }
    std::string take(std::size_t count) {
        std::string all;
        while (all.size() < count) all += received.take();
        return all;
    }
};

class TlsStreams : public testing::Test {
  protected:
    ports::Identity server_identity = *make_identity({"door", {}});
    ports::Identity client_identity = *make_identity({"platform", {}});
    asio::io_context loop;
    Ear server_ear;
    Ear client_ear;
    Mailbox<ports::StreamPtr> accepted;
    Mailbox<base::Result<ports::StreamPtr>> dialled;
    std::unique_ptr<ports::StreamListener> listener;
    std::unique_ptr<ports::StreamDialler> dialler;

    void listen(const StreamLimits& limits = {}) {
        listener = *listen_tls(loop, any_port, server_identity, limits);
        listener->on_accepted = [this](ports::StreamPtr stream) {
            server_ear.listen_to(*stream);
            accepted.put(std::move(stream));
        };
        dialler = make_dialler(loop, limits);
    }
    base::Result<ports::StreamPtr> dial(const ports::Endpoint& to, const ports::Identity* own,
                                        std::chrono::milliseconds timeout = patience) {
        dialler->dial(to, own, timeout, [this](base::Result<ports::StreamPtr> stream) {
            if (stream) client_ear.listen_to(**stream);
            dialled.put(std::move(stream));
        });
        return dialled.take();
    }
    tcp::endpoint server_endpoint() const {
        return {asio::ip::make_address(listener->local().address), listener->local().port};
    }
};

TEST_F(TlsStreams, show_each_side_the_certificate_of_the_other) {
    listen();
    LoopForTests running(loop, 2);
    const auto client = dial(listener->local(), &client_identity);
    ASSERT_TRUE(client) << client.error().message;
    const auto server = accepted.take();
    EXPECT_EQ((*client)->peer_fingerprint(), server_identity.fingerprint);
    EXPECT_EQ(server->peer_fingerprint(), client_identity.fingerprint);
    EXPECT_EQ(server->peer_address(), "127.0.0.1");
}

TEST_F(TlsStreams, take_a_caller_without_a_certificate_and_say_so) {
    listen();
    LoopForTests running(loop);
    const auto client = dial(listener->local(), nullptr);
    ASSERT_TRUE(client);
    EXPECT_EQ(accepted.take()->peer_fingerprint(), "");
}

TEST_F(TlsStreams, carry_bytes_both_ways_and_from_any_thread) {
    listen();
    LoopForTests running(loop, 2);
    const auto client = dial({"localhost", listener->local().port}, nullptr);
    ASSERT_TRUE(client) << client.error().message;
    const auto server = accepted.take();
    const std::string large(3 << 20, 'x');
    EXPECT_TRUE((*client)->send(large));
    std::thread other([&] {
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(server->send("0123456789"));
    });
    EXPECT_EQ(server_ear.take(large.size()), large);
    EXPECT_EQ(client_ear.take(1'000).size(), 1'000U);
    other.join();
}

TEST_F(TlsStreams, send_what_is_queued_before_they_close) {
    listen();
    LoopForTests running(loop, 2);
    const auto client = dial(listener->local(), nullptr);
    const auto server = accepted.take();
    const std::string large(1 << 20, 'x');
    server->send(large);
    server->close();
    EXPECT_FALSE(server->send("too late"));
    EXPECT_EQ(client_ear.take(large.size()).size(), large.size());
    EXPECT_EQ(client_ear.closed.take().code, "closed_by_peer");
    EXPECT_EQ(server_ear.closed.take().code, "closed");
}

TEST_F(TlsStreams, close_when_they_are_dropped) {
    listen();
    LoopForTests running(loop, 2);
    auto client = dial(listener->local(), nullptr);
    auto server = accepted.take();
    (*client)->send("bye");
    client->reset();
    EXPECT_EQ(server_ear.take(3), "bye");
    EXPECT_EQ(server_ear.closed.take().code, "closed_by_peer");
}

TEST_F(TlsStreams, let_go_of_what_their_callbacks_hold_once_closed) {
    listen();
    LoopForTests running(loop);
    auto client = *dial(listener->local(), nullptr);
    std::weak_ptr<ports::Stream> watched = client;
    asio::post(loop, [&] {
        client->on_received = [client](std::string_view) {};  // holds itself
        client->close();
        client.reset();
        dialled.put(ports::StreamPtr{});
    });
    (void)dialled.take();
    const auto server = accepted.take();
    EXPECT_EQ(server_ear.closed.take().code, "closed_by_peer");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!watched.expired() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(watched.expired());
}

TEST_F(TlsStreams, answer_a_peer_that_has_said_its_last_word) {
    listen();
    LoopForTests running(loop);
    asio::io_context own;
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket> client(own, context);
    client.next_layer().connect(server_endpoint());
    client.handshake(asio::ssl::stream_base::client);
    const auto server = accepted.take();
    server->send(std::string(100'000, 'x'));
    SSL_shutdown(client.native_handle());
    error_code error;
    client.next_layer().shutdown(tcp::socket::shutdown_send, error);
    std::string answer;
    asio::read(client, asio::dynamic_buffer(answer), error);
    EXPECT_EQ(answer.size(), 100'000U);
    EXPECT_EQ(server_ear.closed.take().code, "closed_by_peer");
}

TEST_F(TlsStreams, are_closed_when_the_peer_does_not_take_what_is_sent) {
    listen({.queue_bytes = 1 << 20});
    LoopForTests running(loop);
    asio::io_context own;
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket> client(own, context);
    client.next_layer().connect(server_endpoint());
    client.handshake(asio::ssl::stream_base::client);
    const auto server = accepted.take();
    while (server->send(std::string(100'000, 'x'))) {
    }
    EXPECT_EQ(server_ear.closed.take().code, "too_slow");
}

TEST_F(TlsStreams, are_closed_when_a_message_is_not_taken_in_time) {
    listen({.queue_bytes = 64 << 20, .write = 50ms});
    LoopForTests running(loop);
    asio::io_context own;
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket> client(own, context);
    client.next_layer().connect(server_endpoint());
    client.handshake(asio::ssl::stream_base::client);
    const auto server = accepted.take();
    server->send(std::string(32 << 20, 'x'));
    EXPECT_EQ(server_ear.closed.take().code, "too_slow");
}

TEST_F(TlsStreams, drop_who_does_not_shake_hands_in_time) {
    listen({.handshake = 50ms});
    LoopForTests running(loop);
    asio::io_context own;
    tcp::socket silent(own);
    silent.connect(server_endpoint());
    char byte = 0;
    error_code error;
    asio::read(silent, asio::buffer(&byte, 1), error);
    EXPECT_EQ(error, asio::error::eof);
}

TEST_F(TlsStreams, take_no_more_connections_than_their_limit_until_one_goes) {
    listen({.connections = 1});
    LoopForTests running(loop);
    auto first = dial(listener->local(), nullptr);
    ASSERT_TRUE(first);
    auto server = accepted.take();
    EXPECT_FALSE(dial(listener->local(), nullptr));
    first->reset();
    EXPECT_EQ(server_ear.closed.take().code, "closed_by_peer");
    EXPECT_TRUE(dial(listener->local(), nullptr));
}

TEST_F(TlsStreams, take_no_more_of_one_address_than_their_limit) {
    listen({.of_one_address = 1});
    LoopForTests running(loop);
    asio::io_context own_loop;
    tcp::socket silent(own_loop);
    silent.open(tcp::v4());
    silent.bind({asio::ip::make_address("127.0.0.2"), 0});
    silent.connect(server_endpoint());
    const auto first = dial(listener->local(), nullptr);
    EXPECT_TRUE(first) << "the silent one is of another address";
    EXPECT_FALSE(dial(listener->local(), nullptr));
}

TEST_F(TlsStreams, say_why_a_call_failed) {
    listen();
    auto used = listener->local();
    LoopForTests running(loop);
    const auto refused = dial({"127.0.0.1", 1}, nullptr);
    EXPECT_EQ(refused.error().code, "refused");
    EXPECT_EQ(dial({"no-such-host.invalid", 80}, nullptr).error().code, "unknown_name");

    asio::io_context own;
    tcp::acceptor silent(own, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    const auto timeout = dial({"127.0.0.1", silent.local_endpoint().port()}, nullptr, 100ms);
    EXPECT_EQ(timeout.error().kind, base::ErrorKind::timeout);

    tcp::acceptor other(own, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    std::thread answering([&] {
        auto socket = other.accept();
        asio::write(socket, asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
    });
    const auto no_tls = dial({"127.0.0.1", other.local_endpoint().port()}, nullptr);
    EXPECT_EQ(no_tls.error().code, "tls_failed");
    answering.join();
}

TEST_F(TlsStreams, try_each_address_of_a_name) {
    listen();
    LoopForTests running(loop);
    const auto dialling = std::make_shared<StreamConnection<TlsSocket>>(
        tcp::socket(asio::make_strand(loop)), *make_tls_context(TlsSide::caller, nullptr), StreamLimits());
    const tcp::endpoint nobody(asio::ip::make_address("127.0.0.1"), 1);
    asio::post(dialling->executor(), [&] {
        dialling->dial({nobody, server_endpoint()}, patience,
                       [this](base::Result<ports::StreamPtr> stream) { dialled.put(std::move(stream)); });
    });
    const auto client = dialled.take();
    ASSERT_TRUE(client) << client.error().message;
    EXPECT_EQ((*client)->peer_fingerprint(), server_identity.fingerprint);
}

TEST_F(TlsStreams, refuse_old_versions_of_tls_and_its_weaker_ciphers) {
    listen();
    LoopForTests running(loop);
    const auto shakes_hands = [this](int oldest, int newest, const char* ciphers) {
        asio::io_context own;
        asio::ssl::context context(asio::ssl::context::tls_client);
        SSL_CTX_set_min_proto_version(context.native_handle(), oldest);
        SSL_CTX_set_max_proto_version(context.native_handle(), newest);
        EXPECT_EQ(SSL_CTX_set_cipher_list(context.native_handle(), ciphers), 1) << ciphers;
        asio::ssl::stream<tcp::socket> client(own, context);
        client.next_layer().connect(server_endpoint());
        error_code error;
        client.handshake(asio::ssl::stream_base::client, error);
        return !error;
    };
    EXPECT_FALSE(shakes_hands(TLS1_VERSION, TLS1_1_VERSION, "ALL"));
    EXPECT_FALSE(shakes_hands(TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA384"));
    EXPECT_FALSE(shakes_hands(TLS1_2_VERSION, TLS1_2_VERSION, "AES256-GCM-SHA384"));
    EXPECT_TRUE(shakes_hands(TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"));
}

TEST_F(TlsStreams, name_a_port_that_is_in_use) {
    listen();
    const auto second = listen_tls(loop, listener->local(), server_identity);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "port_in_use");
    EXPECT_NE(second.error().message.find(ports::text_of(listener->local())), std::string::npos);
    const auto port = listener->local();
    listener.reset();
    EXPECT_TRUE(listen_tls(loop, port, server_identity));
}

TEST_F(TlsStreams, refuse_addresses_and_certificates_that_do_not_work) {
    EXPECT_EQ(listen_tls(loop, {"192.0.2.1", 0}, server_identity).error().code, "invalid_address");
    EXPECT_EQ(listen_tls(loop, {"no-such-host.invalid", 0}, server_identity).error().code, "invalid_address");
    EXPECT_EQ(listen_tls(loop, any_port, ports::Identity{}).error().code, "invalid_identity");
}

}  // namespace
}  // namespace sallyport::adapters
