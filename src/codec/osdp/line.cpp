#include "codec/osdp/line.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::codec::osdp {

namespace {

using std::chrono::milliseconds;

// How long a probe waits for the first byte while other readers wait for their turn: most readers begin
// within 3 ms. Some probes wait longer, one of many as long as the standard allows, so that a slow reader is
// found too.
constexpr base::Duration short_wait = milliseconds{6};
constexpr base::Duration long_wait = milliseconds{25};
constexpr std::uint32_t long_probe = 8;
constexpr std::uint32_t patient_probe = 64;
/// Between the pieces of an answer that has begun.
constexpr base::Duration gap = milliseconds{12};
constexpr base::Duration busy_pause = milliseconds{50};
/// The shortest answer of a session: header, security block, code, MAC, checksum.
constexpr std::size_t shortest_answer = 13;
/// A reader whose answer is this much later than its others may have said something shorter.
constexpr base::Duration lateness = milliseconds{30};

bool own_of_the_line(const Command& command) {
    return std::holds_alternative<Poll>(command) || std::holds_alternative<SetKey>(command) ||
           std::holds_alternative<Challenge>(command) || std::holds_alternative<ServerCryptogram>(command);
}

/// The one light that an order sets for good, if that is all it does.
const LedOrder* lasting_light(const Command& command) {
    const auto* leds = std::get_if<SetLeds>(&command);
    if (!leds || leds->orders.size() != 1) return nullptr;
    const auto& order = leds->orders.front();
    return order.permanent != 0 && order.temporary == 0 ? &order : nullptr;
}

bool replaces(const Command& later, const Command& earlier) {
    const auto* now = lasting_light(later);
    const auto* then = lasting_light(earlier);
    return now && then && now->reader == then->reader && now->led == then->led;
}

}  // namespace

Line::Line(std::uint32_t baud, std::vector<LineReader> readers) : baud_(baud) {
    for (auto& settings : readers) {
        if (readers_.size() == reader_limit) break;
        // A key that everybody knows is none.
        if (settings.key && settings.key->weak()) settings.key.reset();
        readers_.push_back({.settings = std::move(settings)});
    }
}

Line::Effects Line::handle(const Event& event, const Turn& turn) {
    Effects effects;
    std::visit([&](const auto& one) { handle_event(one, turn, effects); }, event);
    advance(turn, effects);
    return effects;
}

Line::Effects Line::handle_timeout(const Turn& turn) {
    Effects effects;
    advance(turn, effects);
    return effects;
}

std::optional<base::Instant> Line::next_deadline() const {
    if (waiting_) return bytes_due() > 1 ? std::min(waiting_->whole, waiting_->deadline) : waiting_->deadline;
    std::optional<base::Instant> next;
    for (const auto& reader : readers_) {
        if (!may_speak_to(reader)) continue;
        auto at = std::max(reader.due, free_);
        if (reader.heard) at = std::min(at, *reader.heard + offline_after);
        next = next ? std::min(*next, at) : at;
    }
    if (pairing_) next = next ? std::min(*next, pairing_->until) : pairing_->until;
    return next;
}

std::size_t Line::bytes_due() const {
    if (!waiting_) return 1;
    const auto& reader = readers_[waiting_->reader];
    if (reader.phase != Phase::secured || reader.presence != Presence::live || reader.curt) return 1;
    return decoder_.in_frame() ? decoder_.missing() : shortest_answer;
}

void Line::handle_event(const BytesReceived& event, const Turn& turn, Effects& effects) {
    if (capture_ == Capture::on) effects.emplace_back(Captured{Direction::reply, event.bytes});
    if (!waiting_) return;  // late, or noise
    if (!waiting_->begun) waiting_->begun = turn.now - wire_time(event.bytes.size());
    decoder_.feed(event.bytes);
    while (waiting_) {
        auto received = decoder_.next();
        if (!received) break;
        auto* frame = std::get_if<Frame>(&*received);
        if (frame && frame->direction == Direction::reply &&
            frame->address == readers_[waiting_->reader].settings.address) {
            take(std::move(*frame), turn, effects);
        }
    }
    // An answer that has begun may be finished, however slow the line is.
    if (waiting_ && decoder_.in_frame()) {
        const auto cap = waiting_->sent + answer_time + wire_time(256);
        waiting_->deadline = std::min(cap, std::max(waiting_->deadline, turn.now + gap + wire_time(64)));
    }
}

void Line::handle_event(const Order& event, const Turn& turn, Effects& effects) {
    auto* reader = find(event.address);
    const auto refuse = [&](Refusal refusal) { effects.emplace_back(Refused{event.address, refusal}); };
    if (!reader) return refuse(Refusal::unknown_reader);
    if (own_of_the_line(event.command)) return refuse(Refusal::not_an_order);
    const auto earlier = std::ranges::find_if(
        reader->orders, [&](const QueuedOrder& queued) { return replaces(event.command, queued.command); });
    if (earlier != reader->orders.end()) {
        earlier->command = event.command;
        return;
    }
    if (reader->orders.size() == order_limit) return refuse(Refusal::queue_full);
    reader->orders.push_back({event.command, turn.now});
}

void Line::handle_event(const OpenPairing& event, const Turn& turn, Effects& effects) {
    auto* reader = find(event.address);
    if (!reader) return void(effects.emplace_back(Refused{event.address, Refusal::unknown_reader}));
    if (event.key.weak()) return void(effects.emplace_back(Refused{event.address, Refusal::weak_key}));
    handle_event(ClosePairing{}, turn, effects);
    pairing_ = Pairing{event.address, turn.now + std::min(event.duration, pairing_limit)};
    reader->fresh = event.key;
    reader->due = turn.now;
}

void Line::handle_event(const ClosePairing&, const Turn&, Effects& effects) {
    if (!pairing_) return;
    auto* reader = find(pairing_->address);
    effects.emplace_back(PairingClosed{pairing_->address});
    pairing_.reset();
    if (reader->phase == Phase::absent || reader->trying == Key::well_known()) restart(*reader);
    // Kept with a key of its own only: the last KEYSET may have arrived without its answer.
}

void Line::handle_event(const RotateKey& event, const Turn&, Effects& effects) {
    auto* reader = find(event.address);
    const auto refuse = [&](Refusal refusal) { effects.emplace_back(Refused{event.address, refusal}); };
    if (!reader) return refuse(Refusal::unknown_reader);
    if (!reader->settings.key) return refuse(Refusal::not_paired);
    if (event.key.weak()) return refuse(Refusal::weak_key);
    reader->fresh = event.key;
}

void Line::handle_event(const SetCapture& event, const Turn&, Effects&) {
    capture_ = event.capture;
}

Line::Reader* Line::find(std::uint8_t address) {
    const auto found = std::ranges::find_if(
        readers_, [&](const Reader& reader) { return reader.settings.address == address; });
    return found == readers_.end() ? nullptr : &*found;
}

bool Line::pairs(const Reader& reader) const {
    return pairing_ && pairing_->address == reader.settings.address;
}

bool Line::may_speak_to(const Reader& reader) const {
    return reader.settings.key || pairs(reader) || reader.fresh;
}

std::vector<Key> Line::candidates(const Reader& reader) const {
    std::vector<Key> keys;
    if (reader.settings.key) keys.push_back(*reader.settings.key);
    if (pairs(reader)) keys.push_back(Key::well_known());
    if (reader.fresh) keys.push_back(*reader.fresh);
    return keys;
}

base::Duration Line::wire_time(std::size_t bytes) const {
    return base::Duration{static_cast<std::int64_t>(bytes) * 10 * 1'000'000 / baud_};
}

void Line::advance(const Turn& turn, Effects& effects) {
    expire(turn, effects);
    if (waiting_ || turn.now < free_) return;
    if (const auto choice = choose(turn.now)) speak(*choice, turn, effects);
}

void Line::expire(const Turn& turn, Effects& effects) {
    if (pairing_ && pairing_->until <= turn.now) handle_event(ClosePairing{}, turn, effects);
    if (waiting_ && waiting_->whole <= turn.now) readers_[waiting_->reader].curt = true;
    if (waiting_ && waiting_->deadline <= turn.now) {
        auto& reader = readers_[waiting_->reader];
        waiting_.reset();
        decoder_.reset();
        missed(reader, turn.now);
    }
    for (auto& reader : readers_) {
        if (reader.heard && *reader.heard + offline_after <= turn.now) go_offline(reader, effects);
    }
}

std::optional<std::size_t> Line::order_between(base::Instant now) const {
    if (since_order_ < polls_between_orders) return {};
    std::optional<std::size_t> oldest;
    for (std::size_t index = 0; index < readers_.size(); ++index) {
        const auto& reader = readers_[index];
        if (reader.orders.empty() || reader.said == Saying::order || !reader.unanswered.empty() ||
            reader.phase != Phase::secured || reader.presence != Presence::live || now < reader.due)
            continue;
        if (!oldest || reader.orders.front().since < readers_[*oldest].orders.front().since) oldest = index;
    }
    return oldest;
}

std::optional<Line::Choice> Line::choose(base::Instant now) {
    const auto count = readers_.size();
    const auto live = static_cast<std::size_t>(
        std::ranges::count(readers_, Presence::live, [](const Reader& reader) { return reader.presence; }));
    const auto pick = [&](Presence presence, std::size_t& from) -> std::optional<std::size_t> {
        for (std::size_t step = 0; step < count; ++step) {
            const auto index = (from + step) % count;
            const auto& reader = readers_[index];
            if (reader.presence != presence || now < reader.due || !may_speak_to(reader)) continue;
            from = index + 1;
            return index;
        }
        return {};
    };
    if (const auto index = order_between(now)) {
        since_order_ = 0;
        return Choice{*index, Saying::order};
    }
    if (since_probe_ >= live) {
        if (const auto index = pick(Presence::silent, probe_turn_)) {
            since_probe_ = 0;
            return Choice{*index};
        }
    }
    ++since_probe_;
    ++since_order_;
    if (const auto index = pick(Presence::live, turn_)) {
        auto& reader = readers_[*index];
        const bool after_event = reader.turns_for_orders > 0;
        if (after_event) --reader.turns_for_orders;
        const bool ordered = !reader.orders.empty() && reader.said == Saying::poll &&
                             (after_event || reader.orders.front().since + late_order <= now);
        return Choice{*index, ordered ? Saying::order : Saying::poll};
    }
    if (const auto index = pick(Presence::silent, probe_turn_)) return Choice{*index};
    return {};
}

void Line::speak(Choice choice, const Turn& turn, Effects& effects) {
    auto& reader = readers_[choice.reader];
    if (reader.unanswered.empty()) {
        if (auto bytes = encode(next_frame(reader, choice.saying, turn))) {
            bytes->insert(bytes->begin(), mark);
            reader.unanswered = *std::move(bytes);
        } else {
            // An order that no frame holds.
            effects.emplace_back(Refused{reader.settings.address, Refusal::not_an_order});
            restart(reader);
            return;
        }
    }
    const bool others_wait = std::ranges::any_of(
        readers_, [&](const Reader& other) { return &other != &reader && other.presence == Presence::live; });
    auto wait = answer_time;
    if (reader.presence == Presence::silent && others_wait && (reader.misses + 1) % patient_probe != 0) {
        const auto least = (reader.misses + 1) % long_probe == 0 ? long_wait : short_wait;
        wait = std::min(answer_time, std::max(least, 2 * reader.usual_answer));
    }
    const auto sent = turn.now + wire_time(reader.unanswered.size());
    waiting_ = Waiting{choice.reader,
                       sent,
                       sent + wait + wire_time(4),
                       sent + reader.usual_answer + wire_time(shortest_answer) + lateness,
                       {}};
    decoder_.reset();
    if (capture_ == Capture::on) effects.emplace_back(Captured{Direction::command, reader.unanswered});
    effects.emplace_back(Transmit{reader.unanswered});
}

Frame Line::next_frame(Reader& reader, Saying saying, const Turn& turn) {
    Frame frame{.address = reader.settings.address};
    const auto fill = [&frame](const Command& command) {
        auto message = encode(command);
        frame.code = message.code;
        frame.payload = std::move(message.payload);
    };
    if (reader.phase == Phase::absent) {
        const auto keys = candidates(reader);
        reader.trying = keys[reader.attempt % keys.size()];
        reader.panel = turn.random;
        reader.sequence = 0;
        reader.phase = Phase::challenged;
        fill(Challenge{reader.panel});
        const auto which = reader.trying == Key::well_known() ? well_known_key : own_key;
        frame.security = security_block(Security::challenge, which);
        return frame;
    }
    reader.sequence = static_cast<std::uint8_t>(reader.sequence % 3 + 1);
    frame.sequence = reader.sequence;
    if (reader.phase == Phase::proved) {
        fill(ServerCryptogram{reader.proof});
        const auto which = reader.trying == Key::well_known() ? well_known_key : own_key;
        frame.security = security_block(Security::server_cryptogram, which);
        return frame;
    }
    if (reader.fresh) {
        reader.asked = {SetKey{*reader.fresh}, turn.now};
    } else if (saying == Saying::order) {
        reader.asked = std::move(reader.orders.front());
        reader.orders.pop_front();
    } else {
        reader.asked = {Poll{}, turn.now};
    }
    reader.said = saying;
    fill(reader.asked->command);
    reader.session->seal(frame);
    return frame;
}

void Line::missed(Reader& reader, base::Instant now) {
    ++reader.misses;
    reader.presence = Presence::silent;
    reader.due =
        now + std::min<base::Duration>(probe_interval, milliseconds{50} * (1 << std::min(reader.misses, 6U)));
    // A handshake starts afresh: with a new challenge, and with the other key if two may be right.
    if (reader.phase != Phase::secured) {
        if (reader.phase == Phase::proved) ++reader.attempt;
        restart(reader);
    }
}

void Line::restart(Reader& reader) {
    reader.phase = Phase::absent;
    reader.session.reset();
    reader.unanswered.clear();
    reader.said = Saying::poll;
    // What was asked may have been done; a light that is set twice is the same light.
    if (reader.asked && !own_of_the_line(reader.asked->command))
        reader.orders.push_front(*std::move(reader.asked));
    reader.asked.reset();
}

void Line::fail(Reader& reader, Breach breach, base::Instant now, Effects& effects) {
    effects.emplace_back(SecurityFailed{reader.settings.address, breach});
    ++reader.attempt;
    restart(reader);
    reader.presence = Presence::silent;
    reader.due = now + milliseconds{100};
}

void Line::go_offline(Reader& reader, Effects& effects) {
    restart(reader);
    reader.presence = Presence::silent;
    reader.heard.reset();
    reader.orders.clear();
    if (std::exchange(reader.reported, false)) {
        effects.emplace_back(ReaderChanged{reader.settings.address, State::offline});
    }
}

void Line::take(Frame frame, const Turn& turn, Effects& effects) {
    auto& reader = readers_[waiting_->reader];
    const auto reply = decode_reply(frame.code, frame.payload);
    const bool clear = !frame.security;
    if (clear && reply && std::holds_alternative<Busy>(*reply)) {
        reader.due = turn.now + busy_pause;
        reader.curt = true;
        free_ = waiting_->sent;
        waiting_.reset();
        return;
    }
    if (frame.sequence != reader.sequence) return;
    reader.usual_answer = std::max(base::Duration{}, *waiting_->begun - waiting_->sent);
    free_ = waiting_->sent + wire_time(5);
    waiting_.reset();
    reader.presence = Presence::live;
    reader.misses = 0;
    reader.due = turn.now;
    reader.unanswered.clear();
    if (reader.phase == Phase::secured) return take_secured(reader, std::move(frame), turn.now, effects);
    if (!reply || std::holds_alternative<Nak>(*reply)) {
        // It does not know the key, or is not ready: another key if two may be right, later.
        ++reader.attempt;
        restart(reader);
        reader.presence = Presence::silent;
        reader.due = turn.now + milliseconds{100};
        return;
    }
    if (reader.phase == Phase::absent) return;  // its pairing window has closed meanwhile
    if (reader.phase == Phase::challenged)
        return take_client_cryptogram(reader, frame, *reply, turn.now, effects);
    take_initial_mac(reader, frame, *reply, turn.now, effects);
}

void Line::take_client_cryptogram(Reader& reader, const Frame& frame, const Reply& reply, base::Instant now,
                                  Effects& effects) {
    const auto* client = std::get_if<ClientCryptogram>(&reply);
    const auto which = reader.trying == Key::well_known() ? well_known_key : own_key;
    reader.keys = session_keys(reader.trying, reader.panel);
    if (!client || frame.security != security_block(Security::client_cryptogram, which) ||
        !equal(client->cryptogram, client_cryptogram(reader.keys, reader.panel, client->reader))) {
        return fail(reader, Breach::wrong_cryptogram, now, effects);
    }
    reader.proof = server_cryptogram(reader.keys, reader.panel, client->reader);
    reader.phase = Phase::proved;
}

void Line::take_initial_mac(Reader& reader, const Frame& frame, const Reply& reply, base::Instant now,
                            Effects& effects) {
    const auto* first = std::get_if<InitialMac>(&reply);
    const auto expected = initial_mac(reader.keys, reader.proof);
    if (!first || frame.security != security_block(Security::initial_mac, believed) ||
        !equal(first->mac, expected)) {
        return fail(reader, Breach::wrong_initial_mac, now, effects);
    }
    reader.session.emplace(reader.keys, expected);
    reader.phase = Phase::secured;
    reader.heard = now;
    if (reader.fresh && reader.trying == *reader.fresh) adopt_fresh(reader, effects);
    if (reader.trying == Key::well_known()) return;
    if (!std::exchange(reader.reported, true)) {
        effects.emplace_back(ReaderChanged{reader.settings.address, State::secured});
    }
}

void Line::take_secured(Reader& reader, Frame frame, base::Instant now, Effects& effects) {
    const bool clear = !frame.security;
    if (!reader.session->open(frame)) {
        // A reader that restarted says in clear that it has no session; anything else is a breach.
        if (!clear) return fail(reader, Breach::broken_session, now, effects);
        if (frame.code != encode(Reply{Nak{}}).code)
            return fail(reader, Breach::broken_session, now, effects);
        return restart(reader);
    }
    auto reply = decode_reply(frame.code, frame.payload);
    const bool readable = frame.payload.empty() || is(frame, Security::reply_encrypted);
    if (!reply || (!readable && !std::holds_alternative<Nak>(*reply))) {
        return fail(reader, Breach::broken_session, now, effects);
    }
    reader.heard = now;
    reader.curt = false;
    auto asked = std::exchange(reader.asked, std::nullopt);
    if (std::holds_alternative<Busy>(*reply)) {
        if (!own_of_the_line(asked->command)) reader.orders.push_front(*std::move(asked));
        reader.due = now + busy_pause;
        return;
    }
    if (std::holds_alternative<SetKey>(asked->command)) {
        if (std::holds_alternative<Ack>(*reply)) {
            adopt_fresh(reader, effects);
        } else {
            reader.fresh.reset();
            effects.emplace_back(Replied{reader.settings.address, *std::move(reply)});
        }
        return restart(reader);  // a new session with the reader's own key
    }
    if (std::holds_alternative<Ack>(*reply)) return;
    if (std::holds_alternative<Poll>(asked->command)) reader.turns_for_orders = turns_for_orders;
    effects.emplace_back(Replied{reader.settings.address, *std::move(reply)});
}

void Line::adopt_fresh(Reader& reader, Effects& effects) {
    reader.settings.key = *reader.fresh;
    reader.fresh.reset();
    reader.attempt = 0;
    effects.emplace_back(KeyTaken{reader.settings.address, *reader.settings.key});
    if (pairs(reader)) {
        effects.emplace_back(PairingClosed{reader.settings.address});
        pairing_.reset();
    }
}

}  // namespace sallyport::codec::osdp
