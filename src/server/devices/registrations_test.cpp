#include "server/devices/registrations.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/dhip/message.hpp"
#include "server/devices/fake_controller.hpp"

namespace sallyport::server {

namespace {

class FakeClock final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return {}; }
    [[nodiscard]] base::UtcTime utc() const override { return {1'780'315'200'000'000}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
};

class FakeStream final : public ports::Stream {
  public:
    FakeStream(ports::Fingerprint shown, std::string address)
        : shown_(std::move(shown)), address_(std::move(address)) {}
    bool send(std::string) override { return !closed; }
    void close() override { closed = true; }
    [[nodiscard]] std::string peer_address() const override { return address_; }
    [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return shown_; }
    bool closed = false;

  private:
    ports::Fingerprint shown_;
    std::string address_;
};

class Registering : public ::testing::Test {
  protected:
    /// A device that has opened a connection and said this.
    std::shared_ptr<FakeStream> arrive(const std::string& said, const ports::Fingerprint& shown = "AA:BB",
                                       const std::string& address = "203.0.113.9") {
        auto stream = std::make_shared<FakeStream>(shown, address);
        registrations.take(stream);
        if (stream->on_received && !said.empty()) stream->on_received(said);
        return stream;
    }
    static std::string introduction(const std::string& id) {
        return codec::dhip::encode_notification(
            {0, "client.notifyRegister", {{"DevClass", "Door"}, {"DeviceID", id}, {"SerialNo", "SP1"}}});
    }
    base::Result<ports::StreamPtr> dial(const std::string& id, const std::string& fingerprint = "AA:BB") {
        std::optional<base::Result<ports::StreamPtr>> outcome;
        registrations.dial(registered_as(id, fingerprint), nullptr, std::chrono::milliseconds{1},
                           [&outcome](base::Result<ports::StreamPtr> got) { outcome = std::move(got); });
        while (!outcome && loop.run_one_for(std::chrono::seconds{20}) > 0) {
        }
        loop.restart();
        return outcome.value_or(nullptr);
    }
    boost::asio::io_context loop;
    FakeController others{loop};
    FakeClock clock;
    Registrations registrations{loop, others, clock};
};

}  // namespace

TEST_F(Registering, whoever_dials_in_waits_until_somebody_asks_for_it) {
    const auto stream = arrive(introduction("gate-7"));
    const auto waiting = registrations.waiting();
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].id, "gate-7");
    EXPECT_EQ(waiting[0].serial, "SP1");
    EXPECT_EQ(waiting[0].model, "Door");
    EXPECT_EQ(waiting[0].address, "203.0.113.9");
    EXPECT_EQ(waiting[0].fingerprint, "AA:BB");
    EXPECT_EQ(waiting[0].since, clock.utc());
    EXPECT_EQ(dial("gate-7").value(), stream);
    EXPECT_TRUE(registrations.waiting().empty());
    EXPECT_EQ(dial("gate-7").error().code, "not_registered");
}

TEST_F(Registering, who_was_asked_for_first_is_taken_when_it_comes) {
    ports::StreamPtr taken;
    registrations.dial(registered_as("gate-7", "AA:BB"), nullptr, std::chrono::hours{1},
                       [&taken](base::Result<ports::StreamPtr> got) { taken = got.value_or(nullptr); });
    const auto other = arrive(introduction("gate-7"), "CC:CC");
    EXPECT_EQ(taken, nullptr) << "another certificate is another device";
    EXPECT_EQ(arrive(introduction("gate-7")), taken);
    EXPECT_EQ(registrations.waiting().size(), 1U);
}

TEST_F(Registering, whoever_comes_first_under_a_name_keeps_nobody_out) {
    const auto squatter = arrive(introduction("gate-7"), "EE:EE", "198.51.100.1");
    const auto right = arrive(introduction("gate-7"));
    const auto waiting = registrations.waiting();
    ASSERT_EQ(waiting.size(), 2U) << "side by side";
    EXPECT_EQ(waiting[0].fingerprint, "AA:BB");
    EXPECT_EQ(waiting[1].fingerprint, "EE:EE");
    EXPECT_EQ(dial("gate-7").value(), right);
    EXPECT_EQ(registrations.waiting().size(), 1U);
    EXPECT_FALSE(squatter->closed);
    EXPECT_EQ(dial("gate-7", "").error().code, "not_registered") << "a name alone is nobody";
}

TEST_F(Registering, a_crowd_under_one_name_is_bounded_and_keeps_nobody_out) {
    const auto shown = [](int n) { return fmt::format("{:02X}:{:02X}", n, n); };
    for (int i = 0; i < 20; ++i) arrive(introduction("gate-7"), shown(i), "198.51.100.1");
    EXPECT_EQ(registrations.waiting().size(), 8U);
    EXPECT_FALSE(arrive(introduction("gate-7"))->closed) << "one of the crowd gives way";
    for (int i = 0; i < 20; ++i)
        arrive(introduction("gate-7"), shown(i + 20), fmt::format("198.51.100.{}", i));
    EXPECT_EQ(registrations.waiting().size(), 8U);
    EXPECT_FALSE(arrive(introduction("gate-7"))->closed);
    const auto waiting = registrations.waiting();
    EXPECT_EQ(waiting.size(), 8U);
    EXPECT_EQ(std::ranges::count(waiting, "AA:BB", &WaitingDevice::fingerprint), 1);
}

TEST_F(Registering, a_name_that_is_somebody_s_is_nobody_else_s) {
    const auto early = arrive(introduction("gate-7"), "EE:EE");
    registrations.expect("gate-7", "AA:BB");
    EXPECT_TRUE(early->closed);
    EXPECT_TRUE(arrive(introduction("gate-7"), "CC:CC")->closed);
    const auto right = arrive(introduction("gate-7"));
    EXPECT_FALSE(right->closed);
    EXPECT_TRUE(registrations.waiting().empty()) << "it has its place";
    registrations.forget("gate-7");
    EXPECT_EQ(registrations.waiting().size(), 1U);
    const auto again = arrive(introduction("gate-7"));
    EXPECT_TRUE(right->closed) << "the device has given it up";
    EXPECT_EQ(dial("gate-7").value(), again);
}

TEST_F(Registering, a_storm_of_those_that_are_refused_is_a_few_lines_and_a_number) {
    const auto said = [&](const std::function<void()>& storm) {
        testing::internal::CaptureStderr();
        storm();
        loop.run_for(std::chrono::milliseconds{200});
        loop.restart();
        const auto text = testing::internal::GetCapturedStderr();
        return std::pair(std::ranges::count(text, '\n'), text);
    };
    Registrations hasty{loop, others, clock, std::chrono::milliseconds{1}};
    hasty.expect("gate-7", "AA:BB");
    const auto refused = [&](const std::string& address) {
        const auto stream = std::make_shared<FakeStream>("CC:CC", address);
        hasty.take(stream);
        stream->on_received(introduction("gate-7"));
        EXPECT_TRUE(stream->closed);
    };
    const auto [of_one, text] = said([&] {
        for (int i = 0; i < 100; ++i) refused(fmt::format("2001:db8:1:2::{:x}", i));
        refused("203.0.113.9");
    });
    EXPECT_EQ(of_one, 7) << text;
    EXPECT_THAT(text, testing::HasSubstr("203.0.113.9 dials in as gate-7 with the certificate CC:CC"));
    EXPECT_THAT(text, testing::HasSubstr("95 more connections of devices were not let in."));
    const auto [of_many, many] = said([&] {
        for (int i = 0; i < 250; ++i) refused(fmt::format("198.51.100.{}", i));
    });
    EXPECT_EQ(of_many, 31) << many;
    EXPECT_THAT(many, testing::HasSubstr("220 more"));
    EXPECT_EQ(said([&] { refused("203.0.113.9"); }).first, 1) << "there is nothing more to say";
}

TEST_F(Registering, what_does_not_introduce_itself_is_closed) {
    EXPECT_TRUE(arrive(introduction("gate-7"), "")->closed) << "without a certificate";
    EXPECT_TRUE(arrive("GET / HTTP/1.1\r\n\r\n")->closed);
    EXPECT_TRUE(arrive(introduction("a name"))->closed);
    EXPECT_TRUE(arrive(introduction(std::string(65, 'a')))->closed);
    EXPECT_TRUE(arrive(codec::dhip::encode_notification({0, "client.notifyDoors", {}}))->closed);
    const auto twice = arrive(introduction("gate-7"));
    twice->on_received(introduction("gate-8"));
    EXPECT_TRUE(twice->closed);
    EXPECT_TRUE(registrations.waiting().empty());
    const auto gone = arrive(introduction("gate-7"));
    gone->on_closed({base::ErrorKind::unavailable, "closed_by_peer", ""});
    EXPECT_TRUE(registrations.waiting().empty());
}

TEST_F(Registering, a_storm_from_one_address_keeps_nobody_else_out) {
    std::vector<std::shared_ptr<FakeStream>> storm;
    for (int i = 0; i < 300; ++i) storm.push_back(arrive("", "AA:BB", "198.51.100.1"));
    EXPECT_TRUE(storm.back()->closed) << "there is no room, and it has all of it";
    registrations.expect("gate-7", "AA:BB");
    EXPECT_FALSE(arrive(introduction("gate-7"))->closed);
    for (int i = 0; i < 1'100; ++i)
        storm.push_back(arrive(introduction(fmt::format("storm-{}", i)), "AA:BB", "198.51.100.1"));
    EXPECT_TRUE(storm.back()->closed);
    EXPECT_FALSE(arrive(introduction("gate-8"))->closed);
    const auto waiting = registrations.waiting();
    EXPECT_LE(waiting.size(), 1'000U);
    EXPECT_EQ(std::ranges::count(waiting, "gate-8", &WaitingDevice::id), 1);
}

TEST_F(Registering, a_storm_from_one_network_of_ipv6_keeps_nobody_else_out) {
    std::vector<std::shared_ptr<FakeStream>> storm;
    for (int i = 0; i < 300; ++i) storm.push_back(arrive("", "AA:BB", fmt::format("2001:db8:1:2::{:x}", i)));
    EXPECT_TRUE(storm.back()->closed) << "there is no room, and it has all of it";
    EXPECT_FALSE(arrive(introduction("gate-7"))->closed);
}

TEST_F(Registering, what_has_a_port_is_dialled) {
    base::Result<ports::StreamPtr> outcome = nullptr;
    registrations.dial({"192.0.2.1", 37'777}, nullptr, std::chrono::milliseconds{1},
                       [&outcome](base::Result<ports::StreamPtr> got) { outcome = std::move(got); });
    loop.run();
    EXPECT_NE(outcome.value(), nullptr);
}

}  // namespace sallyport::server
