#include "adapters/mqtt/broker_link.hpp"

#include <future>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace sallyport::adapters {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::string_literals;

/// A number of MQTT: seven bits a byte.
std::string length_of(std::size_t size) {
    std::string text;
    do {
        text += static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
        size >>= 7;
    } while (size > 0);
    return text;
}

std::string publish(const std::string& topic, const std::string& payload) {
    const std::string body = {static_cast<char>(topic.size() >> 8), static_cast<char>(topic.size() & 0xff)};
    const auto rest = body + topic + "\0"s + payload;
    return "\x30" + length_of(rest.size()) + rest;
}

TEST(BrokerLink, asks_for_short_packets_and_does_not_look_at_longer_ones) {
    asio::io_context loop;
    tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
    std::promise<std::string> hello;
    std::promise<void> over;
    const std::jthread broker([&] {
        boost::system::error_code failed;
        tcp::socket socket(loop);
        acceptor.accept(socket, failed);
        std::string connect(2, '\0');
        asio::read(socket, asio::buffer(connect), failed);
        std::string rest(static_cast<unsigned char>(connect.at(1)) & 0x7f, '\0');
        asio::read(socket, asio::buffer(rest), failed);
        hello.set_value(rest);
        const auto said = "\x20\x03\0\0\0"s + publish("a", std::string(70'000, 'x')) + publish("b", "open");
        asio::write(socket, asio::buffer(said), failed);
        over.get_future().wait_for(std::chrono::seconds{10});
    });
    std::promise<std::string> first;
    std::atomic<int> heard = 0;
    auto link = open_broker({.at = {"127.0.0.1", acceptor.local_endpoint().port()},
                             .trust = {.how = ports::ServerTrust::How::clear},
                             .client = "test"},
                            {.opened = [] {},
                             .lost = [](const base::Error&) {},
                             .heard =
                                 [&](const ports::MqttMessage& message) {
                                     if (heard++ == 0) first.set_value(message.topic);
                                 },
                             .taken = [](int) {}});
    auto said = hello.get_future();
    ASSERT_EQ(said.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    // "MQTT", version, flags, keep alive, then the properties: 0x27 is the maximum packet size.
    EXPECT_NE(said.get().find("\x27\0\x01\0\0"s), std::string::npos);
    auto topic = first.get_future();
    ASSERT_EQ(topic.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_EQ(topic.get(), "b");
    over.set_value();
    link.reset();
}

TEST(BrokerLink, leaves_a_broker_that_sends_what_it_was_asked_not_to) {
    asio::io_context loop;
    tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
    std::promise<std::size_t> taken;
    const std::jthread broker([&] {
        boost::system::error_code failed;
        tcp::socket socket(loop);
        acceptor.accept(socket, failed);
        const std::string announced = "\x30" + length_of(200'000'000);
        asio::write(socket, asio::buffer("\x20\x03\0\0\0"s + announced), failed);
        const std::string some(16'384, 'x');
        std::size_t all = 0;
        while (!failed && all < 200'000'000) all += asio::write(socket, asio::buffer(some), failed);
        taken.set_value(all);
    });
    std::promise<std::string> why;
    auto link = open_broker({.at = {"127.0.0.1", acceptor.local_endpoint().port()},
                             .trust = {.how = ports::ServerTrust::How::clear},
                             .client = "test"},
                            {.opened = [] {},
                             .lost = [&](const base::Error& error) { why.set_value(error.code); },
                             .heard = [](const ports::MqttMessage&) {},
                             .taken = [](int) {}});
    auto said = why.get_future();
    ASSERT_EQ(said.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_EQ(said.get(), "packet_too_large");
    link.reset();
    EXPECT_LT(taken.get_future().get(), 20'000'000U);
}

}  // namespace
}  // namespace sallyport::adapters
