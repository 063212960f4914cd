// The first and only program of a virtual machine (gpio_sim.py): doors on the kernel's own simulated GPIO
// chip, through the real libgpiod. Ends with one line that says how it went, and with the machine.
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/linux/gpio/linux_doors.hpp"
#include "adapters/linux/machine_clock.hpp"
#include "codec/wiegand/decoder.hpp"

namespace sallyport::tests {
namespace {

using namespace std::chrono_literals;
using adapters::Electrical;
using core::Input;
using core::Level;
namespace fs = std::filesystem;
namespace wiegand = codec::wiegand;

const fs::path chip_settings = "/sys/kernel/config/gpio-sim/doors";
constexpr auto label = "door-lines";
enum Line : std::uint32_t { relay, contact, exit_button, d0, d1, led, buzzer, line_count };

void write(const fs::path& path, std::string_view text) {
    std::ofstream file(path);
    file << text << std::flush;
    EXPECT_TRUE(file) << path;
}

std::string read(const fs::path& path) {
    std::string text;
    std::ifstream(path) >> text;
    return text;
}

/// The kernel's chip, with a hand on the wires at its lines.
class SimulatedChip {
  public:
    SimulatedChip() {
        fs::create_directories(chip_settings / "bank0");
        write(chip_settings / "bank0" / "num_lines", std::to_string(line_count));
        write(chip_settings / "bank0" / "label", label);
        plug_in();
    }
    ~SimulatedChip() {
        if (read(chip_settings / "live") == "1") pull_out();
        ::rmdir((chip_settings / "bank0").c_str());
        ::rmdir(chip_settings.c_str());
    }
    void plug_in() {
        write(chip_settings / "live", "1");
        lines_ = fs::path("/sys/devices/platform") / read(chip_settings / "dev_name") /
                 read(chip_settings / "bank0" / "chip_name");
        for (const auto line : {exit_button, d0, d1}) drive(line, 1);
    }
    void pull_out() { write(chip_settings / "live", "0"); }
    void drive(std::uint32_t line, int level) const {
        write(wire(line) / "pull", level == 1 ? "pull-up" : "pull-down");
    }
    [[nodiscard]] int level(std::uint32_t line) const { return std::stoi(read(wire(line) / "value")); }

  private:
    [[nodiscard]] fs::path wire(std::uint32_t line) const {
        return lines_ / ("sim_gpio" + std::to_string(line));
    }
    fs::path lines_;
};

adapters::WiredLine wired(Line line, Electrical active) {
    return {label, line, active, adapters::Bias::as_is, "line " + std::to_string(line)};
}

adapters::Wiring wiring() {
    adapters::WiredReader reader;
    reader.d0 = wired(d0, Electrical::low);
    reader.d1 = wired(d1, Electrical::low);
    reader.led_green = wired(led, Electrical::high);
    reader.buzzer = wired(buzzer, Electrical::high);
    reader.formats.assign(wiegand::formats().begin(), wiegand::formats().end());
    adapters::WiredDoor door;
    door.relay = wired(relay, Electrical::high);
    door.inputs = {{Input::contact, wired(contact, Electrical::high)},
                   {Input::exit_button, wired(exit_button, Electrical::low)}};
    door.readers = {reader};
    return {door};
}

class GpioSim : public testing::Test {
  protected:
    void SetUp() override {
        doors.on_event = [this](const core::StationEvent& event, base::Instant at) {
            events.push_back(event);
            since = at;
        };
        const auto status = doors.open();
        ASSERT_TRUE(status) << status.error().message;
    }
    /// One turn of the loop, and what is due.
    void turn(std::chrono::milliseconds wait) {
        loop.restart();
        loop.run_one_for(wait);
        const auto due = doors.next_deadline();
        if (due && *due <= clock.monotonic()) doors.handle_timeout(clock.monotonic());
    }
    template <class Event>
    std::vector<Event> wait_for(std::size_t count) {
        const auto deadline = clock.monotonic() + 10s;
        for (;;) {
            std::vector<Event> found;
            for (const auto& event : events)
                if (const auto* wanted = std::get_if<Event>(&event)) found.push_back(*wanted);
            if (found.size() >= count || clock.monotonic() > deadline) return found;
            turn(5ms);
        }
    }
    /// At the longest bit time that there is: a machine without acceleration on a busy host stands still now
    /// and then, and longer than three bit times is the end of a frame.
    void send(const wiegand::Frame& frame) {
        for (const auto& pulse : wiegand::pulses(frame, clock.monotonic() + 5ms, 20ms)) {
            while (clock.monotonic() < pulse.at) turn(1ms);
            const auto line = pulse.line == wiegand::Line::d0 ? d0 : d1;
            chip.drive(line, 0);
            chip.drive(line, 1);
        }
    }
    /// As a person does who is not let in: again, up to ten times.
    template <class Event>
    std::vector<Event> send_until_read(const wiegand::Frame& frame) {
        for (int attempt = 0; attempt < 10; ++attempt) {
            const auto before = events.size();
            send(frame);
            const auto deadline = clock.monotonic() + 10s;
            while (events.size() == before && clock.monotonic() < deadline) turn(5ms);
            const auto found = wait_for<Event>(0);
            if (!found.empty()) return found;
        }
        return {};
    }

    SimulatedChip chip;
    boost::asio::io_context loop{1};
    adapters::MachineClock clock;
    adapters::LinuxDoors doors{loop, clock, wiring()};
    std::vector<core::StationEvent> events;
    base::Instant since;
};

TEST_F(GpioSim, D5_the_relay_is_locked_first_and_follows) {
    EXPECT_EQ(chip.level(relay), 0);
    doors.set_lock({1}, core::Lock::released);
    EXPECT_EQ(chip.level(relay), 1);
    doors.set_lock({1}, core::Lock::locked);
    EXPECT_EQ(chip.level(relay), 0);
    doors.set_light({1}, core::Light::green, core::KeyboardLight::on);
    EXPECT_EQ(chip.level(led), 1);
}

TEST_F(GpioSim, D2_contacts_come_with_the_kernels_time) {
    const auto before = clock.monotonic();
    chip.drive(contact, 1);
    const auto after = clock.monotonic();
    auto changes = wait_for<core::InputChanged>(1);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].input, Input::contact);
    EXPECT_GE(since, before + core::Debouncer::usual_settle);
    EXPECT_LE(since, after + core::Debouncer::usual_settle);
    chip.drive(exit_button, 0);
    changes = wait_for<core::InputChanged>(2);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[1].input, Input::exit_button);
    EXPECT_EQ(changes[1].level, Level::active);
}

TEST_F(GpioSim, R1_pulses_on_two_lines_are_a_card) {
    const auto* format = wiegand::find_format("H10301");
    const auto cards = send_until_read<core::CardRead>(*wiegand::encode(*format, {0x00A1'B2C3}));
    for (const auto& bad : wait_for<core::BadFrame>(0)) std::puts(bad.detail.c_str());
    ASSERT_EQ(cards.size(), 1U);
    EXPECT_EQ(cards[0].card.text(), "00A1B2C3");
}

TEST_F(GpioSim, R1_a_burst_of_four_pulses_is_a_key) {
    const auto frame = *wiegand::encode_key('7', wiegand::KeyBurst::four_bits);
    const auto keys = send_until_read<core::KeyPressed>(frame);
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(keys[0].key, '7');
}

TEST_F(GpioSim, a_line_is_had_once) {
    adapters::LinuxDoors second(loop, clock, wiring());
    const auto status = second.open();
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("Something else uses it"), std::string::npos);
}

// Last: it takes the chip away from under its lines.
TEST_F(GpioSim, D3_a_chip_that_is_pulled_out_is_a_tamper_until_it_is_back) {
    chip.pull_out();
    doors.set_lock({1}, core::Lock::released);
    auto changes = wait_for<core::InputChanged>(1);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].input, Input::tamper);
    chip.plug_in();
    changes = wait_for<core::InputChanged>(2);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[1].level, Level::inactive);
    EXPECT_EQ(chip.level(relay), 1);
}

void load(const char* module) {
    const int file = ::open(module, O_RDONLY | O_CLOEXEC);
    if (file < 0 || ::syscall(SYS_finit_module, file, "", 0) != 0) std::perror(module);
    ::close(file);
}

void prepare_machine() {
    for (const auto& [kind, place] : {std::pair{"devtmpfs", "/dev"}, {"proc", "/proc"}, {"sysfs", "/sys"}})
        if (::mount(kind, place, kind, 0, nullptr) != 0) std::perror(place);
    load("/configfs.ko");
    load("/gpio_sim.ko");
    if (::mount("configfs", "/sys/kernel/config", "configfs", 0, nullptr) != 0) std::perror("configfs");
}

}  // namespace
}  // namespace sallyport::tests

int main(int count, char** arguments) {
    if (::getpid() != 1) {
        std::puts(
            "This program is the first one of a virtual machine: tests/qemu/gpio_sim.py starts it there.");
        return 2;
    }
    sallyport::tests::prepare_machine();
    testing::InitGoogleTest(&count, arguments);
    const int result = RUN_ALL_TESTS();
    std::printf("gpio-sim: %s\n", result == 0 ? "passed" : "failed");
    std::fflush(stdout);
    ::sync();
    return ::reboot(RB_AUTOBOOT);
}
