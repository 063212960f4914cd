#pragma once
// What panel and reader say (IEC 60839-11-5, clauses 6 and 7, annex A) as plain structs. Times are in units
// of 100 ms unless said otherwise. Decoding checks lengths exactly; values that the standard reserves are
// passed on as they came.
#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "codec/osdp/frame.hpp"
#include "codec/osdp/key.hpp"

namespace sallyport::codec::osdp {

using Nonce = std::array<std::uint8_t, 8>;
using Block = std::array<std::uint8_t, 16>;

// --- commands -------------------------------------------------------------------------------------

struct Poll {
    friend bool operator==(const Poll&, const Poll&) = default;
};
struct Identify {
    std::uint8_t form = 0;
    friend bool operator==(const Identify&, const Identify&) = default;
};
struct AskCapabilities {
    std::uint8_t form = 0;
    friend bool operator==(const AskCapabilities&, const AskCapabilities&) = default;
};
struct AskLocalStatus {
    friend bool operator==(const AskLocalStatus&, const AskLocalStatus&) = default;
};
struct AskInputs {
    friend bool operator==(const AskInputs&, const AskInputs&) = default;
};
struct AskOutputs {
    friend bool operator==(const AskOutputs&, const AskOutputs&) = default;
};
struct AskReaders {
    friend bool operator==(const AskReaders&, const AskReaders&) = default;
};
struct OutputOrder {
    std::uint8_t output = 0;
    std::uint8_t control = 0;  ///< 1 off, 2 on, 3 off and 4 on after the timer, 5 on and 6 off for the timer
    std::uint16_t timer = 0;
    friend bool operator==(const OutputOrder&, const OutputOrder&) = default;
};
struct SetOutputs {
    std::vector<OutputOrder> orders{};
    friend bool operator==(const SetOutputs&, const SetOutputs&) = default;
};
enum class Colour : std::uint8_t { black, red, green, amber, blue, magenta, cyan, white };
struct LedOrder {
    std::uint8_t reader = 0;
    std::uint8_t led = 0;
    std::uint8_t temporary = 0;  ///< 0 nothing, 1 cancel, 2 set
    std::uint8_t temporary_on = 0;
    std::uint8_t temporary_off = 0;
    Colour temporary_on_colour = Colour::black;
    Colour temporary_off_colour = Colour::black;
    std::uint16_t timer = 0;
    std::uint8_t permanent = 0;  ///< 0 nothing, 1 set
    std::uint8_t permanent_on = 0;
    std::uint8_t permanent_off = 0;
    Colour permanent_on_colour = Colour::black;
    Colour permanent_off_colour = Colour::black;
    friend bool operator==(const LedOrder&, const LedOrder&) = default;
};
struct SetLeds {
    std::vector<LedOrder> orders{};
    friend bool operator==(const SetLeds&, const SetLeds&) = default;
};
struct SetBuzzer {
    std::uint8_t reader = 0;
    std::uint8_t tone = 0;  ///< 1 off, 2 default
    std::uint8_t on = 0;
    std::uint8_t off = 0;
    std::uint8_t count = 0;  ///< 0: until the next command
    friend bool operator==(const SetBuzzer&, const SetBuzzer&) = default;
};
struct ShowText {
    std::uint8_t reader = 0;
    std::uint8_t form = 1;     ///< 1, 2 permanent, 3, 4 temporary; 2 and 4 wrap
    std::uint8_t seconds = 0;  ///< of a temporary text
    std::uint8_t row = 1;
    std::uint8_t column = 1;
    Bytes text{};  ///< printable ASCII, at most 255
    friend bool operator==(const ShowText&, const ShowText&) = default;
};
struct SetLine {
    std::uint8_t address = 0;
    std::uint32_t baud = 9'600;
    friend bool operator==(const SetLine&, const SetLine&) = default;
};
struct SetKey {
    Key key{};
    friend bool operator==(const SetKey&, const SetKey&) = default;
};
struct Challenge {
    Nonce panel{};  ///< RND.A
    friend bool operator==(const Challenge&, const Challenge&) = default;
};
struct ServerCryptogram {
    Block cryptogram{};
    friend bool operator==(const ServerCryptogram&, const ServerCryptogram&) = default;
};
struct AnnounceReceiveSize {
    std::uint16_t bytes = frame_limit;
    friend bool operator==(const AnnounceReceiveSize&, const AnnounceReceiveSize&) = default;
};
struct TransferFile {
    std::uint8_t type = 1;
    std::uint32_t total = 0;
    std::uint32_t offset = 0;
    Bytes fragment{};
    friend bool operator==(const TransferFile&, const TransferFile&) = default;
};
struct Manufacturer {
    std::array<std::uint8_t, 3> vendor{};
    Bytes content{};
    friend bool operator==(const Manufacturer&, const Manufacturer&) = default;
};
struct Abort {
    friend bool operator==(const Abort&, const Abort&) = default;
};
struct KeepActive {
    std::uint16_t milliseconds = 0;
    friend bool operator==(const KeepActive&, const KeepActive&) = default;
};
using Command =
    std::variant<Poll, Identify, AskCapabilities, AskLocalStatus, AskInputs, AskOutputs, AskReaders,
                 SetOutputs, SetLeds, SetBuzzer, ShowText, SetLine, SetKey, Challenge, ServerCryptogram,
                 AnnounceReceiveSize, TransferFile, Manufacturer, Abort, KeepActive>;

// --- replies --------------------------------------------------------------------------------------

struct Ack {
    friend bool operator==(const Ack&, const Ack&) = default;
};
enum class NakReason : std::uint8_t {
    none,
    bad_check,
    wrong_length,
    unknown_command,
    wrong_sequence,
    wrong_security_block,
    encryption_required,
    biometric_type,
    biometric_format,
    cannot_process,
};
struct Nak {
    NakReason reason = NakReason::none;
    Bytes detail{};
    friend bool operator==(const Nak&, const Nak&) = default;
};
struct Identity {
    std::array<std::uint8_t, 3> vendor{};
    std::uint8_t model = 0;
    std::uint8_t version = 0;
    std::uint32_t serial = 0;
    std::array<std::uint8_t, 3> firmware{};
    friend bool operator==(const Identity&, const Identity&) = default;
};
struct Capability {
    std::uint8_t function = 0;
    std::uint8_t compliance = 0;
    std::uint8_t count = 0;
    friend bool operator==(const Capability&, const Capability&) = default;
};
struct Capabilities {
    std::vector<Capability> functions{};
    friend bool operator==(const Capabilities&, const Capabilities&) = default;
};
struct LocalStatus {
    std::uint8_t tamper = 0;  ///< 0 normal, 1 opened
    std::uint8_t power = 0;   ///< 0 normal, 1 failing
    friend bool operator==(const LocalStatus&, const LocalStatus&) = default;
};
struct InputStates {
    Bytes states{};
    friend bool operator==(const InputStates&, const InputStates&) = default;
};
struct OutputStates {
    Bytes states{};
    friend bool operator==(const OutputStates&, const OutputStates&) = default;
};
struct ReaderStates {
    Bytes states{};
    friend bool operator==(const ReaderStates&, const ReaderStates&) = default;
};
struct CardBits {
    std::uint8_t reader = 0;
    std::uint8_t format = 0;      ///< 0 any, 1 Wiegand with parity
    std::uint16_t bit_count = 0;  ///< `bits` holds these, the first in the highest bit
    Bytes bits{};
    friend bool operator==(const CardBits&, const CardBits&) = default;
};
struct CardText {
    std::uint8_t reader = 0;
    std::uint8_t reversed = 0;
    Bytes text{};
    friend bool operator==(const CardText&, const CardText&) = default;
};
struct Keys {
    std::uint8_t reader = 0;
    Bytes keys{};  ///< ASCII; 0x7F is *, 0x0D is #
    friend bool operator==(const Keys&, const Keys&) = default;
};
struct LineSettings {
    std::uint8_t address = 0;
    std::uint32_t baud = 9'600;
    friend bool operator==(const LineSettings&, const LineSettings&) = default;
};
struct ClientCryptogram {
    Nonce client{};  ///< cUID
    Nonce reader{};  ///< RND.B
    Block cryptogram{};
    friend bool operator==(const ClientCryptogram&, const ClientCryptogram&) = default;
};
struct InitialMac {
    Block mac{};
    friend bool operator==(const InitialMac&, const InitialMac&) = default;
};
struct Busy {
    friend bool operator==(const Busy&, const Busy&) = default;
};
struct TransferStatus {
    std::uint8_t action = 0;
    std::uint16_t delay_ms = 0;
    std::uint16_t status = 0;  ///< negative values, in two's complement, refuse the file
    std::uint16_t fragment_limit = 0;
    friend bool operator==(const TransferStatus&, const TransferStatus&) = default;
};
struct ManufacturerReply {
    std::array<std::uint8_t, 3> vendor{};
    Bytes content{};
    friend bool operator==(const ManufacturerReply&, const ManufacturerReply&) = default;
};
using Reply = std::variant<Ack, Nak, Identity, Capabilities, LocalStatus, InputStates, OutputStates,
                           ReaderStates, CardBits, CardText, Keys, LineSettings, ClientCryptogram, InitialMac,
                           Busy, TransferStatus, ManufacturerReply>;

// --- bytes ----------------------------------------------------------------------------------------

struct Encoded {
    std::uint8_t code = 0;
    Bytes payload{};
    friend bool operator==(const Encoded&, const Encoded&) = default;
};
[[nodiscard]] Encoded encode(const Command&);
[[nodiscard]] Encoded encode(const Reply&);
/// Errors: `not_found` "unknown_code", `invalid` "wrong_length".
[[nodiscard]] base::Result<Command> decode_command(std::uint8_t code, ByteView payload);
[[nodiscard]] base::Result<Reply> decode_reply(std::uint8_t code, ByteView payload);

}  // namespace sallyport::codec::osdp
