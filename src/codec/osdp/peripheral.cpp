#include "codec/osdp/peripheral.hpp"

#include <utility>

namespace sallyport::codec::osdp {

Peripheral::Effects Peripheral::handle(ByteView bytes, base::Instant now, const Nonce& random) {
    if (decoder_.in_frame() && now - heard_ > patience) decoder_.reset();
    heard_ = now;
    decoder_.feed(bytes);
    Effects effects;
    while (auto received = decoder_.next()) {
        // A bad frame may have been for anybody: the panel repeats what it gets no answer to.
        if (auto* frame = std::get_if<Frame>(&*received)) handle_frame(std::move(*frame), random, effects);
    }
    return effects;
}

void Peripheral::tell(Reply event) {
    if (const auto* status = std::get_if<LocalStatus>(&event)) status_ = *status;
    if (events_.size() == event_limit) events_.pop_front();
    events_.push_back(std::move(event));
}

void Peripheral::handle_frame(Frame frame, const Nonce& random, Effects& effects) {
    if (frame.direction != Direction::command || frame.address != settings_.address) return;
    if (frame.sequence != 0 && last_command_ == frame) {
        effects.emplace_back(Transmit{last_answer_});
        return;
    }
    const auto expected = last_command_ ? last_command_->sequence % 3 + 1 : 0;
    const bool in_order = frame.sequence == 0 || frame.sequence == expected;
    if (frame.sequence == 0) session_.reset();
    if (in_order) last_command_ = frame;
    Frame out{.direction = Direction::reply,
              .address = frame.address,
              .sequence = frame.sequence,
              .check = frame.check};
    const bool in_session = session_.has_value();
    std::optional<SecurityBlock> block;
    auto reply = in_order ? answer(frame, random, effects, block) : Reply{Nak{NakReason::wrong_sequence, {}}};
    auto message = encode(reply);
    out.code = message.code;
    out.payload = std::move(message.payload);
    out.security = std::move(block);
    if (in_session && session_ && in_order) session_->seal(out);
    if (auto bytes = encode(out)) {
        bytes->insert(bytes->begin(), mark);
        if (in_order) last_answer_ = *bytes;
        effects.emplace_back(Transmit{*std::move(bytes)});
    }
}

Reply Peripheral::answer(const Frame& received, const Nonce& random, Effects& effects,
                         std::optional<SecurityBlock>& block) {
    auto frame = received;
    if (session_ && !is(frame, Security::challenge)) {
        if (!session_->open(frame)) {
            session_.reset();
            return Nak{NakReason::encryption_required, {}};
        }
    }
    const auto command = decode_command(frame.code, frame.payload);
    if (!command) {
        return Nak{
            command.error().code == "unknown_code" ? NakReason::unknown_command : NakReason::wrong_length,
            {}};
    }
    if (const auto* challenge = std::get_if<Challenge>(&*command))
        return challenged(frame, *challenge, random, block);
    if (const auto* proof = std::get_if<ServerCryptogram>(&*command)) return proved(frame, *proof, block);
    if (!session_) return Nak{NakReason::encryption_required, {}};
    return served(*command, effects);
}

Reply Peripheral::challenged(const Frame& frame, const Challenge& challenge, const Nonce& random,
                             std::optional<SecurityBlock>& block) {
    session_.reset();
    handshake_.reset();
    const auto wanted = settings_.key ? own_key : well_known_key;
    if (!is(frame, Security::challenge) || frame.security->content != Bytes{wanted}) {
        return Nak{NakReason::wrong_security_block, {}};
    }
    const auto keys = session_keys(settings_.key ? *settings_.key : Key::well_known(), challenge.panel);
    handshake_ = Handshake{keys, server_cryptogram(keys, challenge.panel, random), wanted};
    block = security_block(Security::client_cryptogram, wanted);
    return ClientCryptogram{settings_.client, random, client_cryptogram(keys, challenge.panel, random)};
}

Reply Peripheral::proved(const Frame& frame, const ServerCryptogram& proof,
                         std::optional<SecurityBlock>& block) {
    const auto handshake = std::exchange(handshake_, std::nullopt);
    if (!handshake || !is(frame, Security::server_cryptogram) ||
        !equal(proof.cryptogram, handshake->expected)) {
        return Nak{NakReason::encryption_required, {}};
    }
    const auto mac = initial_mac(handshake->keys, proof.cryptogram);
    session_.emplace(handshake->keys, mac);
    block = security_block(Security::initial_mac, believed);
    return InitialMac{mac};
}

Reply Peripheral::served(const Command& command, Effects& effects) {
    if (std::holds_alternative<Identify>(command)) return settings_.identity;
    if (std::holds_alternative<AskCapabilities>(command)) return settings_.capabilities;
    if (std::holds_alternative<AskLocalStatus>(command)) return status_;
    if (std::holds_alternative<AskReaders>(command)) return ReaderStates{{0}};
    if (std::holds_alternative<AskInputs>(command)) return InputStates{};
    if (std::holds_alternative<AskOutputs>(command)) return OutputStates{};
    if (const auto* set = std::get_if<SetKey>(&command)) {
        if (set->key.weak()) return Nak{NakReason::cannot_process, {}};
        settings_.key = set->key;
        effects.emplace_back(KeyChanged{set->key});
        return Ack{};
    }
    if (std::holds_alternative<Poll>(command)) {
        if (events_.empty()) return Ack{};
        auto event = std::move(events_.front());
        events_.pop_front();
        return event;
    }
    if (const auto* line = std::get_if<SetLine>(&command)) {
        effects.emplace_back(Apply{command});
        return LineSettings{line->address, line->baud};
    }
    if (std::holds_alternative<TransferFile>(command) || std::holds_alternative<Manufacturer>(command)) {
        return Nak{NakReason::unknown_command, {}};
    }
    effects.emplace_back(Apply{command});
    return Ack{};
}

}  // namespace sallyport::codec::osdp
