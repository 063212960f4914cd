#include "adapters/sim/simulated_doors.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "codec/wiegand/format_text.hpp"

namespace sallyport::adapters {

namespace wiegand = codec::wiegand;

namespace {

constexpr std::size_t signals_kept = 50;
constexpr std::uint8_t usual_length = 34;
constexpr base::Duration patience = std::chrono::seconds{3};

}  // namespace

SimulatedDoors::SimulatedDoors(const ports::Clock& clock, const SimulatedDoorOptions& options)
    : clock_(clock),
      options_(options),
      formats_(wiegand::formats().begin(), wiegand::formats().end()),
      doors_(options.doors) {
    // Two numbers a door, the odd one outside, even where no reader hangs inside (core::rules_of).
    for (std::uint8_t door = 1; door <= options.doors; ++door) {
        for (std::uint8_t i = 1; i <= options.readers_per_door; ++i) {
            const auto number = static_cast<std::uint8_t>(2 * (door - 1) + i);
            readers_.push_back({{door}, {number}, {}, wiegand::Decoder(formats_)});
        }
    }
}

void SimulatedDoors::add_reader(PlayedReader reader) {
    played_.push_back({std::move(reader), {}, {}});
}

std::vector<ports::ShownReader> SimulatedDoors::readers_of(base::DoorNumber door) const {
    std::vector<ports::ShownReader> found;
    for (const auto& reader : readers_)
        if (reader.door == door) found.push_back({.number = reader.number, .wires = reader.sent});
    for (const auto& one : played_)
        if (one.reader.door == door)
            found.push_back({.number = one.reader.number, .wires = {}, .fault = one.fault});
    return found;
}

core::Level SimulatedDoors::input(base::DoorNumber door, core::Input input) const {
    return doors_[door.value - 1].inputs[static_cast<std::size_t>(input)];
}

std::vector<std::string> SimulatedDoors::told_panel() const {
    return panel_heard ? panel_heard() : std::vector<std::string>{};
}

SimulatedDoors::Played* SimulatedDoors::played(base::DoorNumber door, std::uint8_t reader) {
    int number = options_.readers_per_door;
    for (auto& one : played_)
        if (one.reader.door == door && ++number == reader) return &one;
    return nullptr;
}

void SimulatedDoors::heard(const core::StationEvent& event) {
    const auto* card = std::get_if<core::CardRead>(&event);
    const auto* bad = std::get_if<core::BadFrame>(&event);
    if (card == nullptr && bad == nullptr) return;
    const auto number = card != nullptr ? card->reader : bad->reader;
    for (auto& one : played_)
        if (one.reader.number == number) one.until.reset();
}

void SimulatedDoors::set_lock(base::DoorNumber number, core::Lock lock) {
    auto& door = doors_[number.value - 1];
    door.shown.lock = lock;
    if (lock == core::Lock::locked) return;
    if (const auto from = std::exchange(door.presented, std::nullopt))
        door.shown.card_to_relay = clock_.monotonic() - *from;
}

void SimulatedDoors::set_light(base::DoorNumber door, core::Light light, core::KeyboardLight keyboard) {
    auto& shown = doors_[door.value - 1].shown;
    shown.light = light;
    shown.keyboard = keyboard;
}

void SimulatedDoors::show_signal(base::DoorNumber number, core::Signal signal) {
    auto& door = doors_[number.value - 1];
    door.shown.signals.push_back({++door.signals, clock_.utc(), signal});
    if (door.shown.signals.size() > signals_kept) door.shown.signals.pop_front();
}

void SimulatedDoors::report_inputs() {
    if (!on_event) return;
    for (std::size_t i = 0; i < doors_.size(); ++i) {
        const base::DoorNumber number{static_cast<std::uint8_t>(i + 1)};
        for (std::size_t input = 0; input < core::input_count; ++input) {
            const auto level = doors_[i].inputs[input];
            if (level == core::Level::inactive) continue;
            on_event(core::InputChanged{number, static_cast<core::Input>(input), level}, clock_.monotonic());
        }
    }
}

std::optional<base::Instant> SimulatedDoors::Reader::next_deadline() const {
    // A pulse that falls due together with the end of silence ends the frame itself.
    if (pulses.empty()) return decoder.next_deadline();
    const auto pulse = pulses.front().at;
    return std::min(decoder.next_deadline().value_or(pulse), pulse);
}

std::optional<base::Instant> SimulatedDoors::next_deadline() const {
    std::optional<base::Instant> earliest;
    for (const auto& reader : readers_) {
        const auto next = reader.next_deadline();
        if (next && (!earliest || *next < *earliest)) earliest = next;
    }
    for (const auto& one : played_)
        if (one.until && (!earliest || *one.until < *earliest)) earliest = one.until;
    return earliest;
}

void SimulatedDoors::handle_timeout(base::Instant now) {
    for (auto& reader : readers_) {
        while (!reader.pulses.empty() && reader.pulses.front().at <= now) {
            const auto pulse = reader.pulses.front();
            reader.pulses.pop_front();
            ++(pulse.line == wiegand::Line::d0 ? reader.sent.d0 : reader.sent.d1);
            if (const auto seen = reader.decoder.handle(pulse)) emit(reader, *seen, pulse.at);
        }
        const auto ended = reader.decoder.next_deadline();
        if (!ended || *ended > now) continue;
        if (const auto seen = reader.decoder.handle_timeout(now)) emit(reader, *seen, *ended);
    }
    for (auto& one : played_) {
        if (!one.until || *one.until > now) continue;
        one.until.reset();
        if (on_given_up) on_given_up();
    }
}

void SimulatedDoors::emit(const Reader& reader, const wiegand::Seen& seen, base::Instant since) {
    if (!on_event) return;
    if (const auto* card = std::get_if<wiegand::CardSeen>(&seen)) {
        on_event(core::CardRead{reader.door, reader.number, card->card, card->facility}, since);
    } else if (const auto* key = std::get_if<wiegand::KeySeen>(&seen)) {
        on_event(core::KeyPressed{reader.door, key->key}, since);
    } else if (const auto* bad = std::get_if<wiegand::BadFrameSeen>(&seen)) {
        on_event(core::BadFrame{reader.door, reader.number, bad->detail}, since);
    }
}

void SimulatedDoors::accept_formats(const std::vector<core::CardFormat>& formats) {
    auto accepted = wiegand::formats_from(formats);
    if (!accepted) return base::log_error(accepted.error().message);
    const auto known = wiegand::formats();
    if (accepted->empty()) accepted->assign(known.begin(), known.end());
    formats_ = *std::move(accepted);
    for (auto& reader : readers_) {
        reader.pulses.clear();
        reader.decoder = wiegand::Decoder(formats_);
    }
}

// The 34-bit frame, or the shortest longer one that has room for the number; a shorter one where readers are
// to send no other.
std::optional<wiegand::Frame> SimulatedDoors::frame_for(base::CardNumber card) const {
    std::optional<wiegand::Frame> best;
    const auto better = [&](std::uint8_t length) {
        if (!best || (best->length < usual_length) != (length < usual_length))
            return !best || length >= usual_length;
        return length < best->length;
    };
    for (const auto& format : formats_) {
        if (!better(format.length)) continue;
        if (const auto frame = wiegand::encode(format, card)) best = frame;
    }
    return best;
}

void SimulatedDoors::press(base::DoorNumber door, char key) {
    if (on_event) on_event(core::KeyPressed{door, key}, clock_.monotonic());
}

base::Status SimulatedDoors::present(base::DoorNumber door, std::uint8_t number, base::CardNumber card,
                                     ports::FrameFault fault) {
    auto frame = frame_for(card);
    if (!frame) {
        return base::fail(
            base::ErrorKind::invalid, "card_too_long",
            fmt::format("The card number {} is longer than any Wiegand frame that the reader may send.",
                        card.text()));
    }
    if (fault == ports::FrameFault::parity) frame->bits ^= 1;
    const auto busy = base::fail(base::ErrorKind::conflict, "reader_busy",
                                 "The reader is still sending another card: wait for its answer.");
    if (auto* line_reader = played(door, number)) {
        if (line_reader->until) return busy;
        if (auto status = line_reader->reader.present(*frame); !status) return status;
        line_reader->until = clock_.monotonic() + patience;
        doors_[door.value - 1].presented = clock_.monotonic();
        return {};
    }
    auto& reader =
        readers_[static_cast<std::size_t>(door.value - 1) * options_.readers_per_door + number - 1];
    if (reader.next_deadline()) return busy;
    doors_[door.value - 1].presented = clock_.monotonic();
    const auto pulses = wiegand::pulses(*frame, clock_.monotonic(), options_.bit_time);
    reader.pulses.assign(pulses.begin(), pulses.end());
    return {};
}

base::Status SimulatedDoors::set_reader_fault(base::DoorNumber door, std::uint8_t number,
                                              ports::ReaderFault fault) {
    auto* line_reader = played(door, number);
    if (line_reader == nullptr)
        return base::fail(base::ErrorKind::conflict, "reader_wired",
                          "The reader is wired to its door: only a reader on a line can be unplugged here.");
    line_reader->fault = fault;
    line_reader->reader.set_fault(fault);
    return {};
}

void SimulatedDoors::set_input(base::DoorNumber number, core::Input input, core::Level level) {
    auto& was = doors_[number.value - 1].inputs[static_cast<std::size_t>(input)];
    if (std::exchange(was, level) == level) return;
    if (on_event) on_event(core::InputChanged{number, input, level}, clock_.monotonic());
}

void SimulatedDoors::cut_power() {
    for (auto& door : doors_) {
        door.shown.lock = core::Lock::locked;
        door.shown.light = core::Light::off;
        door.shown.keyboard = core::KeyboardLight::off;
    }
    for (auto& reader : readers_) {
        reader.pulses.clear();
        reader.decoder = wiegand::Decoder(formats_);
    }
}

const ports::ShownDoor& SimulatedDoors::shown(base::DoorNumber door) const {
    return doors_[door.value - 1].shown;
}

}  // namespace sallyport::adapters
