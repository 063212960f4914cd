#include "adapters/net/datagram.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/net/loop_for_tests.hpp"

namespace sallyport::adapters {
namespace {

constexpr auto* group = "239.255.255.251";

struct Letter {
    std::string bytes;
    ports::Endpoint from;
};

std::function<void(std::string_view, const ports::Endpoint&)> into(Mailbox<Letter>& mailbox) {
    return [&mailbox](std::string_view bytes, const ports::Endpoint& from) {
        mailbox.put({std::string(bytes), from});
    };
}

TEST(Datagrams, go_to_one_address_and_back) {
    boost::asio::io_context loop;
    Mailbox<Letter> at_a;
    Mailbox<Letter> at_b;
    const auto a = *open_datagram(loop, {"127.0.0.1", 0});
    const auto b = *open_datagram(loop, {"127.0.0.1", 0});
    a->on_received = into(at_a);
    b->on_received = into(at_b);
    LoopForTests running(loop);
    a->send("who?", b->local());
    const auto question = at_b.take();
    EXPECT_EQ(question.bytes, "who?");
    b->send("me", question.from);
    EXPECT_EQ(at_a.take().bytes, "me");
}

TEST(Datagrams, reach_everybody_in_a_group_once) {
    boost::asio::io_context loop;
    Mailbox<Letter> at_first;
    Mailbox<Letter> at_second;
    const auto first = *open_datagram(loop, {"127.0.0.2", 0}, group);
    const auto port = first->local().port;
    const auto second = *open_datagram(loop, {"127.0.0.3", port}, group);
    const auto asking = *open_datagram(loop, {"127.0.0.1", 0});
    first->on_received = into(at_first);
    second->on_received = into(at_second);
    LoopForTests running(loop);
    asking->send("search", {group, port});
    asking->send("directly", {"127.0.0.2", port});
    EXPECT_EQ(at_first.take().bytes, "search");
    EXPECT_EQ(at_first.take().bytes, "directly");
    const auto heard = at_second.take();
    EXPECT_EQ(heard.bytes, "search");
    EXPECT_EQ(heard.from.port, asking->local().port);
}

TEST(Datagrams, go_on_after_nobody_was_there) {
    boost::asio::io_context loop;
    Mailbox<Letter> at_a;
    const auto a = *open_datagram(loop, {"127.0.0.1", 0});
    a->on_received = into(at_a);
    LoopForTests running(loop);
    a->send("anybody?", {"127.0.0.1", 1});
    a->send("x", {"not an address", 1});
    a->send("self", a->local());
    EXPECT_EQ(at_a.take().bytes, "self");
}

TEST(Datagrams, name_a_port_in_use_and_a_group_that_is_none) {
    boost::asio::io_context loop;
    const auto first = *open_datagram(loop, {"127.0.0.1", 0});
    EXPECT_EQ(open_datagram(loop, first->local()).error().code, "port_in_use");
    EXPECT_EQ(open_datagram(loop, {"127.0.0.1", 0}, "10.0.0.1").error().code, "invalid_address");
}

}  // namespace
}  // namespace sallyport::adapters
