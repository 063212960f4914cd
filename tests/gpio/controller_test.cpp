// The whole controller on GPIO lines, by the machine's own clocks: from the reader's pulses to the relay.
#include "controller/controller.hpp"

#include <gtest/gtest.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/linux/time_zones.hpp"
#include "adapters/memory/controller_store.hpp"
#include "gpio/gpio_bench.hpp"

namespace sallyport::tests {
namespace {

using namespace std::chrono_literals;
namespace wiegand = codec::wiegand;

constexpr auto chip = GpioBench::chip;
constexpr base::CardNumber known{0x04A1'B2C3};

ports::StoreWrite somebody() {
    core::Person person;
    person.user_id = *base::UserId::from("7");
    person.cards.push_back({known});
    person.rights.push_back({core::DoorSet::all()});
    ports::StoreWrite write;
    write.upsert.push_back(person);
    return write;
}

struct Site {
    explicit Site(const adapters::Wiring& wiring) : doors(loop, clock, wiring) {
        fake_gpiod::reset();
        fake_gpiod::plug_in(chip, 64);
        for (const auto line : {GpioBench::line(1, place::exit_button), GpioBench::line(1, 1, place::d0),
                                GpioBench::line(1, 1, place::d1)})
            fake_gpiod::drive_silently(chip, line, 1);
        EXPECT_TRUE(doors.open());
        const auto write = somebody();
        EXPECT_TRUE(memory.commit({&write, 1}));
        controller.start(memory.load().value(), core::PoweredOn::Cause::started);
    }
    [[nodiscard]] bool runs_until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!holds() && std::chrono::steady_clock::now() < deadline) loop.run_one_for(10ms);
        return holds();
    }
    [[nodiscard]] bool released() const {
        return fake_gpiod::level(chip, GpioBench::line(1, place::relay)) == 1;
    }

    boost::asio::io_context loop{1};
    adapters::MachineClock clock;
    adapters::SystemTimeZones zones;
    adapters::LinuxDoors doors;
    adapters::MemoryControllerStore memory;
    controller::StoreThread store{memory, loop};
    controller::Controller controller{loop, clock, zones, doors, store, {}};
};

TEST(ControllerOnGpio, R1_a_card_at_the_wires_releases_the_relay) {
    Site site(GpioBench::wiring(1, 1));
    const auto frame = *wiegand::encode(*wiegand::find_format("34-bit"), known);
    for (const auto& pulse : wiegand::pulses(frame, adapters::kernel_time())) {
        const auto which = pulse.line == wiegand::Line::d0 ? place::d0 : place::d1;
        fake_gpiod::drive(chip, GpioBench::line(1, 1, which), 0, pulse.at);
        fake_gpiod::drive(chip, GpioBench::line(1, 1, which), 1, pulse.at + 50us);
    }
    EXPECT_TRUE(site.runs_until([&] { return site.released(); }));
    EXPECT_EQ(fake_gpiod::level(chip, GpioBench::line(1, 1, place::led_green)), 1);
}

TEST(ControllerOnGpio, D7_a_fire_input_releases_and_locks_again_when_it_is_over) {
    Site site(GpioBench::wiring(1, 1));
    fake_gpiod::drive(chip, GpioBench::line(1, place::fire), 1, adapters::kernel_time());
    EXPECT_TRUE(site.runs_until([&] { return site.released(); }));
    fake_gpiod::drive(chip, GpioBench::line(1, place::fire), 0, adapters::kernel_time());
    EXPECT_TRUE(site.runs_until([&] { return !site.released(); }));
}

TEST(ControllerOnGpio, D1_the_exit_button_releases) {
    Site site(GpioBench::wiring(1, 1));
    fake_gpiod::drive(chip, GpioBench::line(1, place::exit_button), 0, adapters::kernel_time());
    EXPECT_TRUE(site.runs_until([&] { return site.released(); }));
}

}  // namespace
}  // namespace sallyport::tests
