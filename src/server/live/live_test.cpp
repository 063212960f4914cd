#include "server/live/live.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using testing::ElementsAre;

class Client final : public ports::WebSocket {
  public:
    void send(std::shared_ptr<const std::string> text) override {
        got.push_back(*text);
        ++queued;
    }
    [[nodiscard]] std::size_t waiting() const override { return queued; }
    void close(std::string_view, std::uint16_t code) override { closed_with = code; }
    std::vector<std::string> got;
    std::size_t queued = 0;
    std::uint16_t closed_with = 0;
};

const boost::json::object one{{"n", 1}};
const boost::json::object* everybody(const Viewer&) {
    return &one;
}

TEST(Live, sends_to_all_who_look) {
    Live live;
    EXPECT_FALSE(live.watched());
    const auto a = std::make_shared<Client>();
    const auto b = std::make_shared<Client>();
    live.add(a, 1, "10.0.0.1", {});
    live.add(b, 2, "10.0.0.2", {});
    live.publish("event", everybody);
    EXPECT_THAT(a->got, ElementsAre(R"({"type":"event","data":{"n":1}})"));
    b->on_closed();
    live.publish("door", everybody);
    EXPECT_EQ(a->got.size(), 2U);
    EXPECT_EQ(b->got.size(), 1U);
}

TEST(Live, sends_each_what_it_may_see) {
    Live live;
    const auto of_north = std::make_shared<Client>();
    const auto of_south = std::make_shared<Client>();
    const auto seeing = [](Id area) {
        Viewer viewer;
        viewer.part.areas = std::set{area};
        return viewer;
    };
    live.add(of_north, 1, "10.0.0.1", seeing(10));
    live.add(of_south, 2, "10.0.0.2", seeing(20));
    const auto in_north = [](const Viewer& viewer) { return holds(viewer.part.areas, 10) ? &one : nullptr; };
    live.publish("door", in_north);
    EXPECT_EQ(of_north->got.size(), 1U);
    EXPECT_TRUE(of_south->got.empty());
    live.sweep([&](Id, const std::string&) {
        return std::optional(seeing(20));
    });  // the one of the north has been moved
    live.publish("door", in_north);
    EXPECT_EQ(of_north->got.size(), 1U);
}

TEST(Live, tells_a_slow_client_how_much_it_lost_when_it_has_caught_up) {
    Live live;
    const auto slow = std::make_shared<Client>();
    live.add(slow, 1, "10.0.0.1", {});
    for (std::size_t i = 0; i < Live::waiting_at_most + 7; ++i) live.publish("event", everybody);
    EXPECT_EQ(slow->got.size(), Live::waiting_at_most);
    slow->queued = Live::waiting_at_most - 1;
    live.publish("event", everybody);
    EXPECT_EQ(slow->got.size(), Live::waiting_at_most);
    slow->queued = 0;
    live.sweep([](Id, const std::string&) { return std::optional(Viewer{}); });
    EXPECT_EQ(slow->got.back(), R"({"type":"gap","data":{"lost":8}})");
    live.publish("event", everybody);
    EXPECT_EQ(slow->got.back(), R"({"type":"event","data":{"n":1}})");
}

const boost::json::object open_a{{"id", "a"}, {"contact", "open"}};
const boost::json::object closed_a{{"id", "a"}, {"contact", "closed"}};
const boost::json::object open_b{{"id", "b"}, {"contact", "open"}};

void publish(Live& live, std::string_view type, const boost::json::object& data) {
    live.publish(type, [&](const Viewer&) { return &data; });
}

TEST(Live, gathers_for_who_asks_and_keeps_the_last_word_on_each_door) {
    Live live;
    const auto asks = std::make_shared<Client>();
    live.add(asks, 1, "10.0.0.1", {}, LivePace::on_request);
    publish(live, "door", open_a);
    publish(live, "event", one);
    publish(live, "door", open_b);
    publish(live, "door", closed_a);
    EXPECT_TRUE(asks->got.empty());
    asks->on_text("next");
    EXPECT_THAT(asks->got, ElementsAre(R"([{"type":"event","data":{"n":1}},)"
                                       R"({"type":"door","data":{"id":"a","contact":"closed"}},)"
                                       R"({"type":"door","data":{"id":"b","contact":"open"}}])"));
    asks->on_text("next");
    EXPECT_EQ(asks->got.size(), 1U) << "nothing has happened";
    publish(live, "event", one);
    EXPECT_EQ(asks->got.back(), R"([{"type":"event","data":{"n":1}}])") << "it had asked already";
    publish(live, "event", one);
    EXPECT_EQ(asks->got.size(), 2U);
}

TEST(Live, keeps_the_newest_events_for_who_asks_late_and_tells_how_many_were_lost) {
    Live live;
    const auto asks = std::make_shared<Client>();
    live.add(asks, 1, "10.0.0.1", {}, LivePace::on_request);
    for (std::size_t i = 0; i < LiveBatch::events_at_most; ++i) publish(live, "event", one);
    for (int i = 0; i < 3; ++i) publish(live, "event", open_b);
    asks->on_text("next");
    const auto got = boost::json::parse(asks->got.at(0)).as_array();
    ASSERT_EQ(got.size(), LiveBatch::events_at_most + 1);
    EXPECT_EQ(got.front(), boost::json::parse(R"({"type":"gap","data":{"lost":3}})"));
    EXPECT_EQ(got.back().at("data"), open_b);
    publish(live, "event", one);
    asks->on_text("next");
    EXPECT_EQ(asks->got.back(), R"([{"type":"event","data":{"n":1}}])") << "the lost ones are told once";
}

TEST(Live, gathers_on_for_who_asks_again_and_again_without_reading) {
    Live live;
    const auto asks = std::make_shared<Client>();
    live.add(asks, 1, "10.0.0.1", {}, LivePace::on_request);
    for (int i = 0; i < 100; ++i) {
        asks->on_text("next");
        publish(live, "event", one);
    }
    EXPECT_EQ(asks->got.size(), Live::answers_at_most);
    asks->queued = 0;
    live.sweep([](Id, const std::string&) { return std::optional(Viewer{}); });
    ASSERT_EQ(asks->got.size(), Live::answers_at_most + 1);
    EXPECT_EQ(boost::json::parse(asks->got.back()).as_array().size(), 100 - Live::answers_at_most);
}

TEST(Live, gives_nothing_that_was_gathered_before_rights_changed) {
    Live live;
    const auto asks = std::make_shared<Client>();
    const auto seeing = [](Id area) {
        Viewer viewer;
        viewer.part.areas = std::set{area};
        return viewer;
    };
    live.add(asks, 1, "10.0.0.1", seeing(10), LivePace::on_request);
    publish(live, "event", one);
    publish(live, "door", open_a);
    live.sweep([&](Id, const std::string&) { return std::optional(seeing(10)); });
    asks->on_text("next");
    EXPECT_EQ(asks->got.size(), 1U) << "nothing has changed";
    publish(live, "event", one);
    publish(live, "door", open_a);
    live.sweep([&](Id, const std::string&) { return std::optional(seeing(20)); });
    asks->on_text("next");
    EXPECT_EQ(asks->got.back(), R"([{"type":"gap","data":{"lost":2}}])");
}

TEST(Live, closes_the_clients_of_sessions_that_ended) {
    Live live;
    const auto stays = std::make_shared<Client>();
    const auto goes = std::make_shared<Client>();
    live.add(stays, 1, "10.0.0.1", {});
    live.add(goes, 2, "10.0.0.2", {});
    live.sweep([](Id session, const std::string& address) {
        return session == 1 && address == "10.0.0.1" ? std::optional(Viewer{}) : std::nullopt;
    });
    EXPECT_EQ(stays->closed_with, 0);
    EXPECT_EQ(goes->closed_with, 4401);
}

}  // namespace
}  // namespace sallyport::server
