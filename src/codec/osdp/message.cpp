#include "codec/osdp/message.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace sallyport::codec::osdp {

namespace {

// One list of fields for each struct serves both directions: `Writer` appends them, `Reader` takes them.

class Writer {
  public:
    void number(auto value) {
        for (std::size_t i = 0; i < sizeof(value); ++i)
            out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    template <class E>
        requires std::is_enum_v<E>
    void number(E value) {
        number(std::to_underlying(value));
    }
    template <std::size_t N>
    void fixed(const std::array<std::uint8_t, N>& bytes) {
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    void rest(const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
    template <class Length>
    void counted(Bytes& bytes) {
        number(static_cast<Length>(bytes.size()));
        rest(bytes);
    }
    void bits(std::uint16_t& count, Bytes& bytes) {
        number(count);
        bytes.resize((count + 7U) / 8U);
        rest(bytes);
    }
    void key(Key& key) {
        out.insert(out.end(), {1, 16});
        fixed(key.reveal());
    }
    void list(auto& records) {
        for (auto& record : records) fields(*this, record);
    }
    Bytes out;
};

class Reader {
  public:
    explicit Reader(ByteView in) : in_(in) {}
    template <class T>
    void number(T& value) {
        std::uint32_t read = 0;
        const auto bytes = take(sizeof(T));
        for (std::size_t i = 0; i < bytes.size(); ++i)
            read |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
        value = static_cast<T>(read);
    }
    template <std::size_t N>
    void fixed(std::array<std::uint8_t, N>& bytes) {
        std::ranges::copy(take(N), bytes.begin());
    }
    void rest(Bytes& bytes) {
        const auto left = take(in_.size());
        bytes.assign(left.begin(), left.end());
    }
    template <class Length>
    void counted(Bytes& bytes) {
        Length length = 0;
        number(length);
        const auto taken = take(length);
        bytes.assign(taken.begin(), taken.end());
    }
    void bits(std::uint16_t& count, Bytes& bytes) {
        number(count);
        const auto taken = take((count + 7U) / 8U);
        bytes.assign(taken.begin(), taken.end());
    }
    void key(Key& key) {
        std::uint8_t type = 0;
        std::uint8_t length = 0;
        number(type);
        number(length);
        Key::Bytes16 bytes{};
        fixed(bytes);
        short_ = short_ || type != 1 || length != bytes.size();
        key = Key(bytes);
        base::wipe(bytes.data(), bytes.size());
    }
    void list(auto& records) {
        while (!in_.empty() && !short_) fields(*this, records.emplace_back());
        short_ = short_ || records.empty();
    }
    [[nodiscard]] bool exact() const { return !short_ && in_.empty(); }

  private:
    ByteView take(std::size_t count) {
        short_ = short_ || in_.size() < count;
        if (short_) return {};
        const auto taken = in_.first(count);
        in_ = in_.subspan(count);
        return taken;
    }
    ByteView in_;
    bool short_ = false;
};

template <class T, class... Empty>
concept OneOf = (std::is_same_v<T, Empty> || ...);

void fields(auto&, OneOf<Poll, AskLocalStatus, AskInputs, AskOutputs, AskReaders, Abort, Ack, Busy> auto&) {}
void fields(auto& a, OneOf<Identify, AskCapabilities> auto& v) {
    a.number(v.form);
}
void fields(auto& a, OutputOrder& v) {
    a.number(v.output);
    a.number(v.control);
    a.number(v.timer);
}
void fields(auto& a, LedOrder& v) {
    a.number(v.reader);
    a.number(v.led);
    a.number(v.temporary);
    a.number(v.temporary_on);
    a.number(v.temporary_off);
    a.number(v.temporary_on_colour);
    a.number(v.temporary_off_colour);
    a.number(v.timer);
    a.number(v.permanent);
    a.number(v.permanent_on);
    a.number(v.permanent_off);
    a.number(v.permanent_on_colour);
    a.number(v.permanent_off_colour);
}
void fields(auto& a, OneOf<SetOutputs, SetLeds> auto& v) {
    a.list(v.orders);
}
void fields(auto& a, SetBuzzer& v) {
    a.number(v.reader);
    a.number(v.tone);
    a.number(v.on);
    a.number(v.off);
    a.number(v.count);
}
void fields(auto& a, ShowText& v) {
    a.number(v.reader);
    a.number(v.form);
    a.number(v.seconds);
    a.number(v.row);
    a.number(v.column);
    a.template counted<std::uint8_t>(v.text);
}
void fields(auto& a, OneOf<SetLine, LineSettings> auto& v) {
    a.number(v.address);
    a.number(v.baud);
}
void fields(auto& a, SetKey& v) {
    a.key(v.key);
}
void fields(auto& a, Challenge& v) {
    a.fixed(v.panel);
}
void fields(auto& a, ServerCryptogram& v) {
    a.fixed(v.cryptogram);
}
void fields(auto& a, AnnounceReceiveSize& v) {
    a.number(v.bytes);
}
void fields(auto& a, TransferFile& v) {
    a.number(v.type);
    a.number(v.total);
    a.number(v.offset);
    a.template counted<std::uint16_t>(v.fragment);
}
void fields(auto& a, OneOf<Manufacturer, ManufacturerReply> auto& v) {
    a.fixed(v.vendor);
    a.rest(v.content);
}
void fields(auto& a, KeepActive& v) {
    a.number(v.milliseconds);
}

void fields(auto& a, Nak& v) {
    a.number(v.reason);
    a.rest(v.detail);
}
void fields(auto& a, Identity& v) {
    a.fixed(v.vendor);
    a.number(v.model);
    a.number(v.version);
    a.number(v.serial);
    a.fixed(v.firmware);
}
void fields(auto& a, Capability& v) {
    a.number(v.function);
    a.number(v.compliance);
    a.number(v.count);
}
void fields(auto& a, Capabilities& v) {
    a.list(v.functions);
}
void fields(auto& a, LocalStatus& v) {
    a.number(v.tamper);
    a.number(v.power);
}
void fields(auto& a, OneOf<InputStates, OutputStates, ReaderStates> auto& v) {
    a.rest(v.states);
}
void fields(auto& a, CardBits& v) {
    a.number(v.reader);
    a.number(v.format);
    a.bits(v.bit_count, v.bits);
}
void fields(auto& a, CardText& v) {
    a.number(v.reader);
    a.number(v.reversed);
    a.template counted<std::uint8_t>(v.text);
}
void fields(auto& a, Keys& v) {
    a.number(v.reader);
    a.template counted<std::uint8_t>(v.keys);
}
void fields(auto& a, ClientCryptogram& v) {
    a.fixed(v.client);
    a.fixed(v.reader);
    a.fixed(v.cryptogram);
}
void fields(auto& a, InitialMac& v) {
    a.fixed(v.mac);
}
void fields(auto& a, TransferStatus& v) {
    a.number(v.action);
    a.number(v.delay_ms);
    a.number(v.status);
    a.number(v.fragment_limit);
}

// Codes of annex A, in the order of the variants.
constexpr std::array<std::uint8_t, std::variant_size_v<Command>> command_codes{
    0x60, 0x61, 0x62, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A,
    0x6B, 0x6E, 0x75, 0x76, 0x77, 0x7B, 0x7C, 0x80, 0xA2, 0xA7};
constexpr std::array<std::uint8_t, std::variant_size_v<Reply>> reply_codes{
    0x40, 0x41, 0x45, 0x46, 0x48, 0x49, 0x4A, 0x4B, 0x50, 0x51, 0x53, 0x54, 0x76, 0x78, 0x79, 0x7A, 0x90};

template <class Variant>
Encoded encode_one(Variant message, std::uint8_t code) {
    Writer writer;
    std::visit([&writer](auto& value) { fields(writer, value); }, message);
    return {code, std::move(writer.out)};
}

template <class Variant, std::size_t... I>
Variant nth(std::size_t index, std::index_sequence<I...>) {
    Variant result;
    ((index == I ? void(result.template emplace<I>()) : void()), ...);
    return result;
}

template <class Variant>
base::Result<Variant> decode_one(const auto& codes, std::uint8_t code, ByteView payload) {
    const auto found = std::ranges::find(codes, code);
    if (found == codes.end()) {
        return base::fail(base::ErrorKind::not_found, "unknown_code", "This OSDP message is not known here.");
    }
    auto message = nth<Variant>(static_cast<std::size_t>(found - codes.begin()),
                                std::make_index_sequence<std::variant_size_v<Variant>>());
    Reader reader(payload);
    std::visit([&reader](auto& value) { fields(reader, value); }, message);
    if (!reader.exact()) {
        return base::fail(base::ErrorKind::invalid, "wrong_length",
                          "The OSDP message has another length than its code asks for.");
    }
    return message;
}

}  // namespace

Encoded encode(const Command& command) {
    return encode_one(command, command_codes[command.index()]);
}
Encoded encode(const Reply& reply) {
    return encode_one(reply, reply_codes[reply.index()]);
}

base::Result<Command> decode_command(std::uint8_t code, ByteView payload) {
    return decode_one<Command>(command_codes, code, payload);
}
base::Result<Reply> decode_reply(std::uint8_t code, ByteView payload) {
    return decode_one<Reply>(reply_codes, code, payload);
}

}  // namespace sallyport::codec::osdp
