// A controller as a reader of another one: both adapters in real time, each on a pseudo-terminal, with a
// cable between.
#include "adapters/serial/osdp_panel_link.hpp"

#include <array>
#include <fcntl.h>
#include <functional>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <gtest/gtest.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/serial/osdp_reader_line.hpp"

namespace sallyport::adapters {
namespace {

using std::chrono::seconds;

/// The near end is a device to open; what is written into it comes out of the cable's other end.
class End {
  public:
    explicit End(boost::asio::io_context& loop) : master_(loop) {
        const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        EXPECT_EQ(::grantpt(master), 0);
        EXPECT_EQ(::unlockpt(master), 0);
        device = ::ptsname(master);
        slave_ = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        termios line{};
        ::tcgetattr(slave_, &line);
        ::cfmakeraw(&line);
        ::tcsetattr(slave_, TCSANOW, &line);
        master_.assign(master);
    }
    ~End() { ::close(slave_); }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

    void lead_to(End& other) {
        master_.async_read_some(
            boost::asio::buffer(buffer_), [this, &other](const auto& error, std::size_t count) {
                if (error) return;
                EXPECT_EQ(::write(other.master_.native_handle(), buffer_.data(), count), ssize_t(count));
                lead_to(other);
            });
    }
    std::string device;

  private:
    boost::asio::posix::stream_descriptor master_;
    int slave_ = -1;
    std::array<char, 512> buffer_{};
};

struct Cable {
    boost::asio::io_context loop;
    MachineClock clock;
    End panel_end{loop};
    End reader_end{loop};
    OsdpReaderLine panel{
        loop, clock, clock, {.device = panel_end.device, .baud = 115'200, .readers = {{7, {1}, {1}}}}};
    OsdpPanelLink reader{loop, clock, {reader_end.device, 115'200, 7}};
    std::vector<core::StationEvent> events;
    std::vector<core::Light> lights;
    std::vector<core::Signal> beeps;
    base::Secret taken;

    Cable() {
        panel_end.lead_to(reader_end);
        reader_end.lead_to(panel_end);
        panel.on_event = [this](const core::StationEvent& event, base::Instant) { events.push_back(event); };
        reader.on_light = [this](core::Light light) { lights.push_back(light); };
        reader.on_beep = [this](core::Signal beep) { beeps.push_back(beep); };
        reader.on_key_taken = [this](const base::Secret& key) { taken = key; };
        panel.start(0, {});
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{10};
        while (!holds() && std::chrono::steady_clock::now() < deadline)
            loop.run_one_for(std::chrono::milliseconds{20});
        return holds();
    }
};

TEST(OsdpPanelLink, takes_a_key_in_the_panels_window_and_tells_cards_and_keys_in_its_session) {
    Cable cable;
    cable.reader.start({});
    const base::Secret key("0123456789abcdef");
    ASSERT_TRUE(cable.panel.open_pairing(7, key, seconds{30}));
    ASSERT_TRUE(
        cable.run_until([&] { return cable.panel.readers()[0].state == ports::ReaderState::online; }));
    EXPECT_TRUE(cable.taken.equals(key));
    EXPECT_TRUE(cable.reader.connected());
    EXPECT_TRUE(cable.reader.tell(base::CardNumber{0x04A1B2C3}));
    cable.reader.tell('5');
    cable.reader.tell('#');
    const auto count = [&] {
        return std::ranges::count_if(cable.events, [](const core::StationEvent& event) {
            return std::holds_alternative<core::KeyPressed>(event);
        });
    };
    ASSERT_TRUE(cable.run_until([&] { return count() == 2; }));
    const auto card = std::ranges::find_if(cable.events, [](const core::StationEvent& event) {
        return std::holds_alternative<core::CardRead>(event);
    });
    ASSERT_NE(card, cable.events.end());
    EXPECT_EQ(std::get<core::CardRead>(*card).card, base::CardNumber{0x04A1B2C3});
}

TEST(OsdpPanelLink, shows_what_the_panel_shows) {
    Cable cable;
    cable.reader.start({});
    ASSERT_TRUE(cable.panel.open_pairing(7, base::Secret("0123456789abcdef"), seconds{30}));
    ASSERT_TRUE(
        cable.run_until([&] { return cable.panel.readers()[0].state == ports::ReaderState::online; }));
    ASSERT_TRUE(cable.run_until([&] { return cable.lights.size() == 1; }));
    cable.panel.set_light({1}, core::Light::blue_flashing, core::KeyboardLight::on);
    ASSERT_TRUE(cable.run_until([&] { return cable.lights.size() == 2; }));
    cable.panel.set_light({1}, core::Light::green, core::KeyboardLight::on);
    cable.panel.show_signal({1}, core::Signal::denied);
    cable.panel.show_signal({1}, core::Signal::unlocked);
    ASSERT_TRUE(cable.run_until([&] { return cable.beeps.size() == 2; }));
    EXPECT_EQ(cable.beeps, (std::vector{core::Signal::failure, core::Signal::success}));
    EXPECT_EQ(cable.lights, (std::vector{core::Light::off, core::Light::blue_flashing, core::Light::green}));
}

TEST(OsdpPanelLink, with_a_key_it_answers_no_other_panel) {
    Cable cable;
    cable.reader.start(base::Secret("fedcba9876543210"));
    ASSERT_TRUE(cable.panel.open_pairing(7, base::Secret("0123456789abcdef"), seconds{30}));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
    while (std::chrono::steady_clock::now() < deadline) cable.loop.run_one_for(std::chrono::milliseconds{20});
    EXPECT_FALSE(cable.reader.connected());
    EXPECT_TRUE(cable.taken.empty());
}

}  // namespace
}  // namespace sallyport::adapters
