#include "adapters/serial/osdp_reader_line.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "adapters/serial/osdp_shows.hpp"
#include "base/log.hpp"
#include "codec/osdp/card.hpp"
#include "codec/wiegand/format_text.hpp"
#include "core/record/detail.hpp"

namespace sallyport::adapters {

namespace osdp = codec::osdp;
using osdp::Line;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t pcap_limit = 1 << 20;
constexpr base::Duration between_breaches = std::chrono::minutes{1};
/// A reader answers a command for its line within 200 ms; a lost answer is asked for again.
constexpr milliseconds asking_time{1'500};
constexpr milliseconds proving_time{5'000};

std::unexpected<base::Error> busy() {
    return base::fail(
        base::ErrorKind::conflict, "line_busy",
        "The line is busy with another change, capture or pairing: wait for its end, or end it.");
}

std::string_view word_of(Line::Breach breach) {
    switch (breach) {
        case Line::Breach::wrong_cryptogram: return "wrong_cryptogram";
        case Line::Breach::wrong_initial_mac: return "wrong_initial_mac";
        case Line::Breach::broken_session: return "broken_session";
    }
    return "";
}

std::string words_of(const osdp::Identity& identity) {
    return fmt::format("vendor {:02X}{:02X}{:02X}, model {}.{}, firmware {}.{}.{}, serial {:08X}",
                       identity.vendor[0], identity.vendor[1], identity.vendor[2], identity.model,
                       identity.version, identity.firmware[0], identity.firmware[1], identity.firmware[2],
                       identity.serial);
}

}  // namespace

OsdpReaderLine::OsdpReaderLine(boost::asio::io_context& loop, const ports::Clock& real,
                               const ports::Clock& clock, OsdpLineOptions options)
    : loop_(loop),
      real_(real),
      clock_(clock),
      name_(options.name.empty() ? options.device : options.name),
      port_(loop, std::move(options.device), options.baud),
      timer_(loop),
      missing_timer_(loop),
      baud_timer_(loop),
      capture_timer_(loop) {
    for (const auto& place : options.readers) readers_.push_back({.place = place});
    port_.on_bytes = [this](osdp::ByteView bytes) {
        feed(Line::BytesReceived{osdp::Bytes(bytes.begin(), bytes.end())});
    };
    port_.on_state = [this](const base::Status& status) {
        device_state_ = status;
        if (status) base::log_notice(fmt::format("The serial line {} is open.", port_.device()));
        if (!status) base::log_error(status.error().message);
    };
}

void OsdpReaderLine::start(std::uint32_t baud, const std::vector<ports::ReaderKeys>& keys) {
    for (const auto& kept : keys) {
        auto* reader = kept.device == name_ ? find(kept.address) : nullptr;
        if (reader == nullptr) continue;
        reader->own = osdp::key_from(kept.own);
        reader->pending = osdp::key_from(kept.pending);
    }
    if (baud != 0) static_cast<void>(port_.set_baud(baud));
    port_.start();
    make_line(port_.baud());
}

void OsdpReaderLine::make_line(std::uint32_t baud) {
    std::vector<osdp::LineReader> settings;
    // A first key that was under way when the program ended is the reader's own if it arrived.
    for (const auto& reader : readers_)
        settings.push_back({reader.place.address, reader.own ? reader.own : reader.pending});
    line_.emplace(baud, std::move(settings));
    if (pcap_) take(line_->handle(Line::SetCapture{osdp::Capture::on}, turn()));
    for (auto& reader : readers_) {
        reader.secured = false;
        if (reader.own && reader.pending) feed(Line::RotateKey{reader.place.address, *reader.pending});
    }
    missing_timer_.expires_after(Line::offline_after + std::chrono::seconds{1});
    missing_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) say_who_is_missing();
    });
    take(line_->handle_timeout(turn()));
}

// ---------------------------------------------------------------- the machine and its time

osdp::Turn OsdpReaderLine::turn() {
    // One call of the kernel for many turns: there are a thousand of them in a second.
    if (random_left_ == 0) {
        randombytes_buf(random_.data(), random_.size() * sizeof(osdp::Nonce));
        random_left_ = random_.size();
    }
    return {real_.monotonic(), random_[--random_left_]};
}

void OsdpReaderLine::feed(const Line::Event& event) {
    if (line_) take(line_->handle(event, turn()));
}

// The next command is on its way while the controller thinks about the last answer.
void OsdpReaderLine::take(Line::Effects effects) {
    for (const auto& effect : effects)
        if (const auto* sent = std::get_if<Line::Transmit>(&effect)) port_.write(sent->bytes);
    for (const auto& effect : effects) std::visit([this](const auto& one) { take_effect(one); }, effect);
    port_.wake_at(static_cast<std::uint8_t>(std::min<std::size_t>(line_->bytes_due(), 255)));
    arm();
}

// A deadline moves with every poll, and nearly always away: the timer is left alone until it fires.
void OsdpReaderLine::arm() {
    const auto due = line_->next_deadline();
    if (!due || (armed_ && *armed_ <= *due)) return;
    armed_ = due;
    timer_.expires_after(std::max(base::Duration{}, *due - real_.monotonic()));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) fired();
    });
}

void OsdpReaderLine::fired() {
    armed_.reset();
    const auto due = line_->next_deadline();
    if (!due || *due > real_.monotonic()) return arm();
    take(line_->handle_timeout(turn()));
}

void OsdpReaderLine::take_effect(const Line::Transmit&) {}

void OsdpReaderLine::take_effect(const Line::ReaderChanged& changed) {
    auto* reader = find(changed.address);
    reader->secured = changed.state == Line::State::secured;
    if (!reader->secured) return say(*reader, Heard::lost);
    // It has the key of a pairing whose end the program did not live to see.
    if (!reader->own && reader->pending) take_effect(Line::KeyTaken{changed.address, *reader->pending});
    order(*reader, osdp::Identify{});
    order(*reader, osdp::AskLocalStatus{});
    order(*reader, leds_of(reader->light));
    say(*reader, Heard::online);
    if (baud_change_ && baud_change_->step == BaudChange::Step::proving) {
        baud_change_->expected.erase(changed.address);
        if (baud_change_->expected.empty()) baud_step_over();
    }
}

void OsdpReaderLine::take_effect(const Line::Replied& replied) {
    take_reply(*find(replied.address), replied.reply);
}

void OsdpReaderLine::take_effect(const Line::KeyTaken& taken) {
    auto* reader = find(taken.address);
    reader->own = taken.key;
    reader->pending.reset();
    if (on_key_taken) on_key_taken(taken.address, osdp::secret_of(taken.key));
}

void OsdpReaderLine::take_effect(const Line::PairingClosed& closed) {
    pairing_.reset();
    if (on_pairing_closed) on_pairing_closed(closed.address);
}

// At most once a minute: somebody who plays with the line shall not fill the journal.
void OsdpReaderLine::take_effect(const Line::SecurityFailed& failed) {
    auto* reader = find(failed.address);
    const auto now = real_.monotonic();
    if (reader->last_breach && now - *reader->last_breach < between_breaches) return;
    reader->last_breach = now;
    const core::Detail why{core::DetailTerm::channel_refused,
                           {{core::DetailName::why, word_of(failed.breach)}}};
    tell(core::BadFrame{reader->place.door, reader->place.number, core::written(why)});
}

// Only a light or a beep can be too many: the reader does not keep up, and its light is set again when it is
// back.
void OsdpReaderLine::take_effect(const Line::Refused&) {}

void OsdpReaderLine::take_effect(const Line::Captured& captured) {
    if (!pcap_) return;
    pcap_->add(captured.direction, captured.bytes, clock_.utc());
    if (!pcap_->full()) return;
    boost::asio::post(loop_, [this] { finish_capture(); });
}

// ---------------------------------------------------------------- readers to doors

void OsdpReaderLine::take_reply(Reader& reader, const osdp::Reply& reply) {
    if (const auto* bits = std::get_if<osdp::CardBits>(&reply)) {
        tell_card(reader, formats_.empty() ? osdp::card_from(*bits) : osdp::card_from(*bits, formats_));
    } else if (const auto* text = std::get_if<osdp::CardText>(&reply)) {
        tell_card(reader, osdp::card_from(*text));
    } else if (const auto* keys = std::get_if<osdp::Keys>(&reply)) {
        for (const auto code : keys->keys)
            if (const auto key = key_of(code)) tell(core::KeyPressed{reader.place.door, *key});
    } else if (const auto* status = std::get_if<osdp::LocalStatus>(&reply)) {
        const bool opened = status->tamper != 0;
        if (std::exchange(reader.opened, opened) != opened) tell_case(reader.place.door);
    } else if (const auto* identity = std::get_if<osdp::Identity>(&reply)) {
        reader.model = words_of(*identity);
    } else if (const auto* line = std::get_if<osdp::LineSettings>(&reply)) {
        baud_answered(reader.place.address, line->baud);
    }
}

void OsdpReaderLine::accept_formats(const std::vector<core::CardFormat>& formats) {
    auto accepted = codec::wiegand::formats_from(formats);
    if (!accepted) return base::log_error(accepted.error().message);
    formats_ = *std::move(accepted);
}

void OsdpReaderLine::tell(const core::StationEvent& event) {
    if (on_event) on_event(event, clock_.monotonic());
}

void OsdpReaderLine::tell_card(const Reader& reader, const osdp::CardOrFault& card) {
    if (card)
        return tell(core::CardRead{reader.place.door, reader.place.number, card->number, card->facility});
    tell(core::BadFrame{reader.place.door, reader.place.number, card.error()});
}

void OsdpReaderLine::tell_case(base::DoorNumber door) {
    const bool opened = std::ranges::any_of(
        readers_, [&](const Reader& reader) { return reader.place.door == door && reader.opened; });
    tell(core::InputChanged{door, core::Input::reader_case,
                            opened ? core::Level::active : core::Level::inactive});
}

void OsdpReaderLine::say(Reader& reader, Heard heard) {
    if (std::exchange(reader.heard, heard) == heard) return;
    const auto lost = heard == Heard::lost ? core::Level::active : core::Level::inactive;
    tell(core::ReaderLinkChanged{reader.place.door, reader.place.number, lost});
}

void OsdpReaderLine::say_who_is_missing() {
    for (auto& reader : readers_)
        if (reader.own && !reader.secured) say(reader, Heard::lost);
}

void OsdpReaderLine::report_state() {
    std::set<base::DoorNumber> doors;
    for (const auto& reader : readers_) {
        if (reader.heard == Heard::lost)
            tell(core::ReaderLinkChanged{reader.place.door, reader.place.number, core::Level::active});
        if (reader.opened) doors.insert(reader.place.door);
    }
    for (const auto door : doors) tell_case(door);
}

// ---------------------------------------------------------------- doors to readers

void OsdpReaderLine::order(const Reader& reader, osdp::Command command) {
    feed(Line::Order{reader.place.address, std::move(command)});
}

void OsdpReaderLine::set_light(base::DoorNumber door, core::Light light, core::KeyboardLight) {
    for (auto& reader : readers_) {
        if (reader.place.door != door || std::exchange(reader.light, light) == light) continue;
        if (reader.secured) order(reader, leds_of(light));
    }
}

void OsdpReaderLine::show_signal(base::DoorNumber door, core::Signal signal) {
    const auto beeps = buzzer_of(signal);
    if (!beeps) return;
    for (const auto& reader : readers_)
        if (reader.place.door == door && reader.secured) order(reader, *beeps);
}

// ---------------------------------------------------------------- administration

OsdpReaderLine::Reader* OsdpReaderLine::find(std::uint8_t address) {
    const auto found =
        std::ranges::find_if(readers_, [&](const Reader& reader) { return reader.place.address == address; });
    return found == readers_.end() ? nullptr : &*found;
}

std::vector<ports::LinkedReader> OsdpReaderLine::readers() const {
    using ports::ReaderState;
    std::vector<ports::LinkedReader> all;
    for (const auto& reader : readers_) {
        const auto& place = reader.place;
        const auto state = reader.secured              ? ReaderState::online
                           : pairing_ == place.address ? ReaderState::pairing
                           : reader.own                ? ReaderState::offline
                                                       : ReaderState::unpaired;
        all.push_back({place.address, place.number, place.door, place.direction, state, reader.model});
    }
    return all;
}

base::Status OsdpReaderLine::check_key(std::uint8_t address, const std::optional<osdp::Key>& fresh) {
    if (find(address) == nullptr)
        return base::fail(base::ErrorKind::not_found, "reader_unknown",
                          fmt::format("The line has no reader with the address {}.", address));
    if (!fresh || fresh->weak())
        return base::fail(base::ErrorKind::invalid, "weak_key", "The key is too weak: make another one.");
    return {};
}

base::Status OsdpReaderLine::open_pairing(std::uint8_t address, const base::Secret& key,
                                          base::Duration duration) {
    const auto fresh = osdp::key_from(key);
    if (auto status = check_key(address, fresh); !status) return status;
    if (baud_change_ || pcap_) return busy();
    find(address)->pending = *fresh;
    feed(Line::OpenPairing{address, *fresh, duration});
    pairing_ = address;
    return {};
}

void OsdpReaderLine::close_pairing() {
    feed(Line::ClosePairing{});
}

base::Status OsdpReaderLine::rotate_key(std::uint8_t address, const base::Secret& key) {
    const auto fresh = osdp::key_from(key);
    if (auto status = check_key(address, fresh); !status) return status;
    auto* reader = find(address);
    if (!reader->own)
        return base::fail(base::ErrorKind::conflict, "reader_unpaired",
                          "The reader has no key of its own yet: pair it first.");
    reader->pending = *fresh;
    feed(Line::RotateKey{address, *fresh});
    return {};
}

void OsdpReaderLine::capture(base::Duration duration, Captured done) {
    if (pcap_ || pairing_) return done(std::unexpected(busy().error()));
    pcap_.emplace(pcap_limit);
    captured_ = std::move(done);
    feed(Line::SetCapture{osdp::Capture::on});
    capture_timer_.expires_after(std::min(duration, longest_capture));
    capture_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) finish_capture();
    });
}

void OsdpReaderLine::finish_capture() {
    if (!pcap_) return;
    feed(Line::SetCapture{osdp::Capture::off});
    auto file = pcap_->take();
    pcap_.reset();
    capture_timer_.cancel();
    std::exchange(captured_, {})(std::move(file));
}

// ---------------------------------------------------------------- another speed

void OsdpReaderLine::change_baud(std::uint32_t baud, Done done) {
    if (baud_change_ || pairing_) return done(busy());
    const auto from = port_.baud();
    // Before any reader has moved: does the device know the speed at all?
    auto status = port_.set_baud(baud);
    if (!status) return done(status);
    static_cast<void>(port_.set_baud(from));
    baud_change_.emplace(
        BaudChange{.from = from, .to = baud, .expected = {}, .all = {}, .done = std::move(done)});
    for (const auto& reader : readers_)
        if (reader.secured) baud_change_->all.insert(reader.place.address);
    baud_change_->expected = baud_change_->all;
    for (const auto address : baud_change_->all) order(*find(address), osdp::SetLine{address, baud});
    baud_step_after(baud_change_->all.empty() ? milliseconds{0} : asking_time);
}

void OsdpReaderLine::baud_answered(std::uint8_t address, std::uint32_t baud) {
    if (!baud_change_ || baud_change_->step == BaudChange::Step::proving) return;
    const auto wanted =
        baud_change_->step == BaudChange::Step::asking ? baud_change_->to : baud_change_->from;
    if (baud == wanted) baud_change_->expected.erase(address);
    if (baud_change_->expected.empty()) baud_step_after(milliseconds{0});
}

void OsdpReaderLine::baud_step_after(milliseconds delay) {
    baud_timer_.expires_after(delay);
    baud_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && baud_change_) baud_step_over();
    });
}

void OsdpReaderLine::baud_step_over() {
    auto& change = *baud_change_;
    switch (change.step) {
        case BaudChange::Step::asking:
            change.step = BaudChange::Step::proving;
            change.expected = change.all;
            switch_baud(change.to);
            // Without a reader that was online there is nobody to prove it.
            return change.all.empty() ? finish_baud({}) : baud_step_after(proving_time);
        case BaudChange::Step::proving:
            if (change.expected.empty()) return finish_baud({});
            change.step = BaudChange::Step::returning;
            for (const auto address : std::exchange(change.expected, {})) change.all.erase(address);
            change.expected = change.all;
            for (const auto address : change.all) order(*find(address), osdp::SetLine{address, change.from});
            return baud_step_after(change.all.empty() ? milliseconds{0} : asking_time);
        case BaudChange::Step::returning: switch_baud(change.from); break;
    }
    finish_baud(base::fail(
        base::ErrorKind::conflict, "baud_refused",
        fmt::format("Not every reader follows to {} baud: the line stays at {}.", change.to, change.from)));
}

void OsdpReaderLine::switch_baud(std::uint32_t baud) {
    static_cast<void>(port_.set_baud(baud));
    make_line(baud);
}

void OsdpReaderLine::finish_baud(base::Status status) {
    baud_timer_.cancel();
    auto done = std::move(baud_change_->done);
    baud_change_.reset();
    done(status);
}

}  // namespace sallyport::adapters
