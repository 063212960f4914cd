#include "adapters/linux/gpio/linux_doors.hpp"

#include <algorithm>
#include <time.h>
#include <utility>

#include "base/log.hpp"
#include "codec/wiegand/format_text.hpp"

namespace sallyport::adapters {

namespace wiegand = codec::wiegand;

namespace {

/// Clocks that differ by more than this are not one clock read twice: the machine has slept.
constexpr base::Duration same_clock = std::chrono::seconds{1};

core::Level level_of(core::Lock lock) {
    return lock == core::Lock::released ? core::Level::active : core::Level::inactive;
}

void consider(std::optional<base::Instant>& first, std::optional<base::Instant> deadline) {
    if (deadline && (!first || *deadline < *first)) first = deadline;
}

}  // namespace

base::Instant kernel_time() {
    timespec at{};
    clock_gettime(CLOCK_MONOTONIC, &at);
    return {std::chrono::seconds{at.tv_sec} + base::Duration{at.tv_nsec / 1'000}};
}

// ---------------------------------------------------------------- putting it together

LinuxDoors::LinuxDoors(boost::asio::io_context& loop, const ports::Clock& clock, const Wiring& wiring,
                       KernelTime kernel_time)
    : loop_(loop), clock_(clock), kernel_time_(std::move(kernel_time)) {
    for (const auto& wired : wiring) {
        const base::DoorNumber number{static_cast<std::uint8_t>(doors_.size() + 1)};
        doors_.push_back({&add(number, wired.relay, GpioLine::Use::output), {}});
        for (const auto& [input, line] : wired.inputs) {
            auto& added = inputs_.emplace_back(number, input, &add(number, line, GpioLine::Use::levels),
                                               core::Debouncer(wired.debounce));
            added.line->on_edges = [this, &added] {
                take_edges(added);
                say_deadline();
            };
        }
        auto reader_number = static_cast<std::uint8_t>(2 * number.value - 1);
        for (const auto& reader : wired.readers) add_reader(number, {reader_number++}, reader);
    }
    for (auto& [name, chip] : chips_)
        chip.gpio.on_failed = [this, &chip](const base::Error& error) { note_failure(chip, error); };
}

LinuxDoors::~LinuxDoors() {
    on_deadline = nullptr;
    for (auto& door : doors_) door.relay->set(core::Level::inactive);
    for (auto& reader : readers_)
        for (auto* const line : {reader.led_green, reader.led_red, reader.led_blue, reader.buzzer})
            if (line != nullptr) line->set(core::Level::inactive);
}

void LinuxDoors::add_reader(base::DoorNumber door, base::ReaderNumber number, const WiredReader& wired) {
    auto& reader = readers_.emplace_back();
    reader.door = door;
    reader.number = number;
    reader.d0 = &add(door, wired.d0, GpioLine::Use::pulses);
    reader.d1 = &add(door, wired.d1, GpioLine::Use::pulses);
    reader.led_green = add(door, wired.led_green);
    reader.led_red = add(door, wired.led_red);
    reader.led_blue = add(door, wired.led_blue);
    reader.buzzer = add(door, wired.buzzer);
    reader.configured = reader.formats = wired.formats;
    reader.decoder = wiegand::OrderedDecoder(reader.formats);
    reader.d0->on_edges = reader.d1->on_edges = [this, &reader] {
        take_pulses(reader);
        say_deadline();
    };
}

GpioLine& LinuxDoors::add(base::DoorNumber door, const WiredLine& wired, GpioLine::Use use) {
    auto& chip = chips_.try_emplace(wired.chip, loop_, wired.chip).first->second;
    if (std::ranges::find(chip.doors, door) == chip.doors.end()) chip.doors.push_back(door);
    return chip.gpio.add(wired, use);
}

GpioLine* LinuxDoors::add(base::DoorNumber door, const std::optional<WiredLine>& wired) {
    return wired ? &add(door, *wired, GpioLine::Use::output) : nullptr;
}

// ---------------------------------------------------------------- chips that come and go

base::Status LinuxDoors::open() {
    const auto now = clock_.monotonic();
    base::Status last;
    bool any = chips_.empty();
    for (auto& [name, chip] : chips_) {
        if (auto status = open(chip, now); status) {
            any = true;
        } else {
            note_failure(chip, status.error());
            last = std::move(status);
        }
    }
    return any ? base::Status{} : last;
}

base::Status LinuxDoors::open(Chip& chip, base::Instant now) {
    chip.next = now + retry;
    if (auto status = chip.gpio.open(); !status) return status;
    chip.next = now + look;
    read_all(chip, now);
    return {};
}

/// From inside any call that touches a line: who is told is told from `handle_timeout`.
void LinuxDoors::note_failure(Chip& chip, const base::Error& error) {
    base::log_error(error.message + " It is tried again every 2 s.");
    chip.next = {};
    say_deadline();
}

void LinuxDoors::look_at(Chip& chip, base::Instant now) {
    if (chip.gpio.is_open()) {
        chip.next = now + look;
        return read_all(chip, now);
    }
    if (!chip.away) {
        chip.away = true;
        chip.next = now + retry;
        for (const auto door : chip.doors) count(door, core::Input::tamper, core::Level::active, now);
    } else if (open(chip, now)) {
        base::log_notice(chip.gpio.name() + " is back: its lines are set and watched again.");
        chip.away = false;
        for (const auto door : chip.doors) count(door, core::Input::tamper, core::Level::inactive, now);
    }
}

void LinuxDoors::read_all(Chip& chip, base::Instant now) {
    for (auto& input : inputs_)
        if (&input.line->chip() == &chip.gpio) read(input, now);
    for (auto& reader : readers_)  // what their level is does not matter, but that there is one
        if (&reader.d0->chip() == &chip.gpio) static_cast<void>(reader.d0->read());
}

// ---------------------------------------------------------------- outputs

void LinuxDoors::set_lock(base::DoorNumber door, core::Lock lock) {
    doors_[door.value - 1U].relay->set(level_of(lock));
}

void LinuxDoors::set_light(base::DoorNumber door, core::Light shown, core::KeyboardLight) {
    const auto now = clock_.monotonic();
    for (auto& reader : readers_) {
        if (reader.door != door) continue;
        reader.lights.show(shown, now);
        light(reader, now);
    }
}

void LinuxDoors::show_signal(base::DoorNumber door, core::Signal signal) {
    const auto now = clock_.monotonic();
    for (auto& reader : readers_) {
        if (reader.door != door) continue;
        reader.lights.sound(signal, now);
        light(reader, now);
    }
}

void LinuxDoors::light(Reader& reader, base::Instant now) {
    const auto shown = reader.lights.at(now);
    const auto set = [](GpioLine* line, bool is, bool was) {
        if (line != nullptr && is != was) line->set(is ? core::Level::active : core::Level::inactive);
    };
    set(reader.led_green, shown.green, reader.shown.green);
    set(reader.led_red, shown.red, reader.shown.red);
    set(reader.led_blue, shown.blue, reader.shown.blue);
    set(reader.buzzer, shown.buzzer, reader.shown.buzzer);
    reader.shown = shown;
    reader.next_change = reader.lights.next_change(now);
}

// ---------------------------------------------------------------- inputs

void LinuxDoors::accept_formats(const std::vector<core::CardFormat>& formats) {
    const auto accepted = wiegand::formats_from(formats);
    if (!accepted) return base::log_error(accepted.error().message);
    for (auto& reader : readers_) {
        reader.formats = accepted->empty() ? reader.configured : *accepted;
        reader.decoder = wiegand::OrderedDecoder(reader.formats);
    }
}

base::Instant LinuxDoors::clock_time(base::Instant kernel) {
    const auto offset = clock_.monotonic() - kernel_time_();
    if (std::chrono::abs(offset - kernel_offset_) > same_clock) kernel_offset_ = offset;
    return kernel + kernel_offset_;
}

void LinuxDoors::take_edges(Input& input) {
    std::vector<GpioLine::Edge> edges;
    input.line->take_edges(edges);
    for (const auto& edge : edges) {
        const auto at = clock_time(edge.at);
        settle(input, at);
        input.debouncer.handle(edge.level, at);
    }
}

/// Without an edge the level has changed at some time since the last one: what was about to settle did not.
void LinuxDoors::read(Input& input, base::Instant now) {
    take_edges(input);
    if (const auto level = input.line->read()) input.debouncer.handle(*level, now);
}

void LinuxDoors::settle(Input& input, base::Instant now) {
    while (const auto settled = input.debouncer.handle_timeout(now))
        count(input.door, input.input, settled->level, settled->at);
}

/// Each line has a queue of its own: both are emptied until nothing is left, whichever was filled meanwhile.
void LinuxDoors::take_pulses(Reader& reader) {
    const auto take = [&](GpioLine& line, wiegand::Line which) {
        std::vector<GpioLine::Edge> edges;
        line.take_edges(edges);
        for (const auto& edge : edges) reader.decoder.handle({which, clock_time(edge.at)});
        return !edges.empty();
    };
    for (;;) {
        const bool any = take(*reader.d0, wiegand::Line::d0);
        if (!take(*reader.d1, wiegand::Line::d1) && !any) return;
    }
}

void LinuxDoors::settle(Reader& reader, base::Instant now) {
    while (const auto ended = reader.decoder.handle_timeout(now)) {
        if (const auto* card = std::get_if<wiegand::CardSeen>(&ended->seen)) {
            say(core::CardRead{reader.door, reader.number, card->card, card->facility}, ended->at);
        } else if (const auto* key = std::get_if<wiegand::KeySeen>(&ended->seen)) {
            say(core::KeyPressed{reader.door, key->key}, ended->at);
        } else if (const auto* bad = std::get_if<wiegand::BadFrameSeen>(&ended->seen)) {
            say(core::BadFrame{reader.door, reader.number, bad->detail}, ended->at);
        }
    }
}

/// Several lines may stand for one input of a door: it is active while any of them is.
void LinuxDoors::count(base::DoorNumber door, core::Input input, core::Level level, base::Instant since) {
    auto& active = doors_[door.value - 1U].active[static_cast<std::size_t>(input)];
    const bool was = active > 0;
    active += level == core::Level::active ? 1 : -1;
    if (was != (active > 0)) say(core::InputChanged{door, input, level}, since);
}

void LinuxDoors::report_inputs() {
    const auto now = clock_.monotonic();
    for (std::size_t i = 0; i < doors_.size(); ++i) {
        const base::DoorNumber door{static_cast<std::uint8_t>(i + 1)};
        for (std::size_t input = 0; input < doors_[i].active.size(); ++input)
            if (doors_[i].active[input] > 0)
                say(core::InputChanged{door, static_cast<core::Input>(input), core::Level::active}, now);
    }
}

// ---------------------------------------------------------------- time

std::optional<base::Instant> LinuxDoors::next_deadline() const {
    std::optional<base::Instant> first;
    for (const auto& [name, chip] : chips_) consider(first, chip.next);
    for (const auto& input : inputs_) consider(first, input.debouncer.next_deadline());
    for (const auto& reader : readers_) {
        consider(first, reader.decoder.next_deadline());
        consider(first, reader.next_change);
    }
    return first;
}

void LinuxDoors::handle_timeout(base::Instant now) {
    for (auto& input : inputs_) {
        const auto due = input.debouncer.next_deadline();
        if (!due || *due > now) continue;
        read(input, now);
        settle(input, now);
    }
    for (auto& reader : readers_) {
        const auto due = reader.decoder.next_deadline();
        if (due && *due <= now) {
            take_pulses(reader);
            settle(reader, now);
        }
        if (reader.next_change && *reader.next_change <= now) light(reader, now);
    }
    for (auto& [name, chip] : chips_)
        if (chip.next <= now) look_at(chip, now);
}

void LinuxDoors::say(const core::StationEvent& event, base::Instant since) {
    if (on_event) on_event(event, since);
}

void LinuxDoors::say_deadline() {
    if (on_deadline) on_deadline();
}

}  // namespace sallyport::adapters
