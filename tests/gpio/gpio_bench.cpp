#include "gpio/gpio_bench.hpp"

#include <algorithm>

namespace sallyport::tests {

using adapters::Bias;
using adapters::Electrical;

namespace {

adapters::WiredLine wired(std::uint32_t offset, Electrical active, const std::string& name) {
    return {GpioBench::chip, offset, active, active == Electrical::high ? Bias::as_is : Bias::pull_up, name};
}

adapters::WiredReader wired_reader(std::uint8_t door, std::uint8_t reader) {
    const auto at = [&](place::ReaderLine which) { return GpioBench::line(door, reader, which); };
    adapters::WiredReader wires;
    wires.d0 = wired(at(place::d0), Electrical::low, "d0");
    wires.d1 = wired(at(place::d1), Electrical::low, "d1");
    wires.led_green = wired(at(place::led_green), Electrical::high, "led");
    wires.led_red = wired(at(place::led_red), Electrical::high, "led_red");
    wires.led_blue = wired(at(place::led_blue), Electrical::high, "led_blue");
    wires.buzzer = wired(at(place::buzzer), Electrical::high, "buzzer");
    wires.formats.assign(codec::wiegand::formats().begin(), codec::wiegand::formats().end());
    return wires;
}

void rest(std::uint32_t offset, int level) {
    fake_gpiod::drive_silently(GpioBench::chip, offset, level);
}

}  // namespace

adapters::Wiring GpioBench::wiring(std::uint8_t doors, std::uint8_t readers_per_door) {
    adapters::Wiring all;
    for (std::uint8_t door = 1; door <= doors; ++door) {
        adapters::WiredDoor wires;
        wires.relay = wired(line(door, place::relay), Electrical::high, "relay");
        wires.inputs = {
            {core::Input::contact, wired(line(door, place::contact), Electrical::high, "contact")},
            {core::Input::exit_button, wired(line(door, place::exit_button), Electrical::low, "exit_button")},
            {core::Input::tamper, wired(line(door, place::tamper), Electrical::high, "tamper")},
            {core::Input::fire, wired(line(door, place::fire), Electrical::high, "fire")}};
        for (std::uint8_t reader = 1; reader <= readers_per_door; ++reader) {
            wires.readers.push_back(wired_reader(door, reader));
            wires.inputs.push_back({core::Input::reader_case,
                                    wired(line(door, reader, place::reader_case), Electrical::high, "case")});
        }
        all.push_back(wires);
    }
    return all;
}

GpioBench::GpioBench(std::uint8_t doors, std::uint8_t readers_per_door)
    : GpioBench(wiring(doors, readers_per_door)) {}

GpioBench::GpioBench(adapters::Wiring wires) : doors(loop, clock, wires, [this] { return clock.now; }) {
    fake_gpiod::reset();
    fake_gpiod::plug_in(chip, static_cast<std::uint32_t>(32 * wires.size()));
    for (std::uint8_t door = 1; door <= wires.size(); ++door) {
        rest(line(door, place::exit_button), 1);
        for (std::uint8_t reader = 1; reader <= wires[door - 1U].readers.size(); ++reader)
            for (const auto which : {place::d0, place::d1}) rest(line(door, reader, which), 1);
    }
    doors.on_event = [this](const core::StationEvent& event, base::Instant at) {
        events.push_back(event);
        since = at;
    };
}

void GpioBench::poll() {
    loop.restart();
    loop.poll();
}

void GpioBench::advance(base::Duration by) {
    const auto end = clock.now + by;
    for (;;) {
        poll();
        const auto due = doors.next_deadline();
        if (!due || *due > end) break;
        clock.now = std::max(clock.now, *due);
        doors.handle_timeout(clock.now);
    }
    clock.now = end;
}

void GpioBench::send(std::uint8_t door, std::uint8_t reader,
                     const std::vector<codec::wiegand::Pulse>& train) {
    for (const auto& pulse : train) {
        if (pulse.at > clock.now) advance(pulse.at - clock.now);
        const auto which = pulse.line == codec::wiegand::Line::d0 ? place::d0 : place::d1;
        fake_gpiod::drive(chip, line(door, reader, which), 0, pulse.at);
        fake_gpiod::drive(chip, line(door, reader, which), 1, pulse.at + base::Duration{50});
    }
}

void GpioBench::set_input(std::uint8_t door, core::Input input, core::Level level) {
    const int active = level == core::Level::active ? 1 : 0;
    switch (input) {
        case core::Input::contact:
            return fake_gpiod::drive(chip, line(door, place::contact), active, clock.now);
        case core::Input::exit_button:
            return fake_gpiod::drive(chip, line(door, place::exit_button), 1 - active, clock.now);
        case core::Input::tamper:
            return fake_gpiod::drive(chip, line(door, place::tamper), active, clock.now);
        case core::Input::fire: return fake_gpiod::drive(chip, line(door, place::fire), active, clock.now);
        case core::Input::reader_case:
            return fake_gpiod::drive(chip, line(door, 1, place::reader_case), active, clock.now);
        case core::Input::mains:
        case core::Input::battery: return;  // no wires of these doors
    }
}

}  // namespace sallyport::tests
