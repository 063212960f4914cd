// R3: the controller as a Wiegand reader, on two outputs of a fake chip. In real time, on its own thread.
#include "adapters/linux/gpio/wiegand_panel_link.hpp"

#include <atomic>
#include <functional>

#include <gtest/gtest.h>

#include "adapters/linux/gpio/wiegand_outputs.hpp"
#include "gpio/fake_gpiod.hpp"

namespace sallyport::tests {
namespace {

using namespace std::chrono_literals;
namespace wiegand = codec::wiegand;

constexpr auto chip = "gpiochip0";
constexpr base::CardNumber card{0x04A1'B2C3};

adapters::WiredLine output(std::uint32_t line) {
    return {chip, line, adapters::Electrical::low, adapters::Bias::as_is, "reader_mode"};
}

struct Site {
    explicit Site(adapters::WiegandSending sending)
        : link(loop, adapters::gpio_outputs(output(3), output(4)), std::move(sending)) {
        link.on_light = [this](core::Light light) { lights.push_back(light); };
        link.on_beep = [this](core::Signal signal) { beeps.push_back(signal); };
    }
    [[nodiscard]] bool runs_until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!holds() && std::chrono::steady_clock::now() < deadline) {
            loop.run_one_for(5ms);
            loop.restart();
        }
        return holds();
    }
    /// The bits of what was sent once there are that many.
    [[nodiscard]] std::uint64_t sent(std::size_t bits) {
        EXPECT_TRUE(runs_until([&] { return fake_gpiod::changes().size() == 2 * bits; }));
        std::uint64_t all = 0;
        for (const auto& change : fake_gpiod::changes())
            if (change.level == 0) all = all << 1 | (change.line == 4 ? 1 : 0);
        return all;
    }

    boost::asio::io_context loop{1};
    std::vector<core::Light> lights;
    std::vector<core::Signal> beeps;
    adapters::WiegandPanelLink link;
};

TEST(WiegandPanelLink, R3_a_card_goes_up_as_pulses_of_their_length_and_pace) {
    fake_gpiod::reset();
    fake_gpiod::plug_in(chip, 8);
    const auto& format = *wiegand::find_format("34-bit");
    Site site({.format = format, .pulse = 60us, .interval = 1ms});
    EXPECT_FALSE(site.link.connected()) << "not before it is told to";
    site.link.start({});
    ASSERT_TRUE(site.runs_until([&] { return !site.lights.empty(); }));
    EXPECT_TRUE(site.link.connected());
    EXPECT_EQ(fake_gpiod::level(chip, 3), 1) << "both lines idle high";
    EXPECT_EQ(fake_gpiod::level(chip, 4), 1);
    ASSERT_TRUE(site.link.tell(card));
    EXPECT_EQ(site.sent(34), wiegand::encode(format, card)->bits);
    EXPECT_EQ(site.beeps, std::vector{core::Signal::success});
    const auto changes = fake_gpiod::changes();
    for (std::size_t i = 0; i + 1 < changes.size(); i += 2) {
        EXPECT_EQ(changes[i].line, changes[i + 1].line) << "one line at a time";
        EXPECT_GE(changes[i + 1].at - changes[i].at, 60us);
        if (i > 0) EXPECT_GE(changes[i].at - changes[i - 2].at, 1ms);
    }
}

TEST(WiegandPanelLink, R3_keys_go_up_in_bursts_of_4_or_of_8_bits) {
    for (const auto burst : {wiegand::KeyBurst::four_bits, wiegand::KeyBurst::eight_bits}) {
        fake_gpiod::reset();
        fake_gpiod::plug_in(chip, 8);
        Site site({.format = *wiegand::find_format("H10301"), .keys = burst, .interval = 200us});
        site.link.start({});
        site.link.tell('7');
        site.link.tell('#');
        const auto first = *wiegand::encode_key('7', burst);
        const auto second = *wiegand::encode_key('#', burst);
        EXPECT_EQ(site.sent(2U * first.length), first.bits << second.length | second.bits);
        EXPECT_EQ(site.link.tell(card).error().code, "card_too_long") << "32 bits are no H10301";
        EXPECT_EQ(site.sent(2U * first.length), first.bits << second.length | second.bits);
    }
}

TEST(WiegandPanelLink, R3_outputs_that_cannot_be_had_are_tried_again) {
    std::atomic<int> tries = 0;
    boost::asio::io_context loop{1};
    bool lit = false;
    const auto open = [&]() -> base::Status {
        if (++tries > 1) return {};
        return base::fail(base::ErrorKind::unavailable, "gpio_chip", "The chip is away.");
    };
    adapters::WiegandPanelLink link(loop, {open, [](auto, auto) { return base::Status{}; }},
                                    {.format = *wiegand::find_format("34-bit")});
    link.on_light = [&](core::Light) { lit = true; };
    link.start({});
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!lit && std::chrono::steady_clock::now() < deadline) {
        loop.run_one_for(5ms);
        loop.restart();
    }
    EXPECT_TRUE(link.connected());
    EXPECT_EQ(tries.load(), 2);
}

}  // namespace
}  // namespace sallyport::tests
