#pragma once
// OSDP frames (IEC 60839-11-5, clause 5.9; readers.md): start 0x53, address, length, control, optional
// security block, code, payload, optional MAC, CRC-16 or checksum. Numbers are little-endian. Pure values.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace sallyport::codec::osdp {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Mac = std::array<std::uint8_t, 4>;  ///< the first four bytes of the chained MAC

inline constexpr std::size_t frame_limit = 1'440;  ///< bytes from the start to the check, both included
inline constexpr std::uint8_t broadcast_address = 0x7F;
inline constexpr std::uint8_t mark = 0xFF;  ///< idles the line for one character before a frame

enum class Direction : std::uint8_t { command, reply };  ///< panel to reader, reader to panel
enum class Check : std::uint8_t { checksum, crc16 };

struct SecurityBlock {
    std::uint8_t type = 0;  ///< 0x11 - 0x18
    Bytes content{};
    /// 0x15 - 0x18: the frame ends with a MAC.
    [[nodiscard]] bool has_mac() const { return type >= 0x15 && type <= 0x18; }
    friend bool operator==(const SecurityBlock&, const SecurityBlock&) = default;
};

struct Frame {
    Direction direction = Direction::command;
    std::uint8_t address = 0;   ///< 0 - 0x7E, or broadcast
    std::uint8_t sequence = 0;  ///< 0 - 3
    Check check = Check::crc16;
    std::optional<SecurityBlock> security{};
    std::uint8_t code = 0;
    Bytes payload{};  ///< as on the wire: encrypted if the security block says so
    Mac mac{};        ///< only if the security block has one
    friend bool operator==(const Frame&, const Frame&) = default;
};

/// CRC-16 of clause 5.9: polynomial 0x1021, initial 0x1D0F, most significant bit first.
[[nodiscard]] std::uint16_t crc16(ByteView bytes);
/// Two's complement of the sum of all bytes.
[[nodiscard]] std::uint8_t checksum(ByteView bytes);

/// Without the mark. Errors: `limit` "frame_too_long".
[[nodiscard]] base::Result<Bytes> encode(const Frame&);
/// What a MAC is computed over: from the start to the end of the payload, with the final length.
[[nodiscard]] Bytes mac_input(const Frame&);

/// Bytes that began like a frame and were none: wrong check, impossible length or security block.
struct BadFrame {
    friend bool operator==(const BadFrame&, const BadFrame&) = default;
};
using Received = std::variant<Frame, BadFrame>;

/// Cuts what comes by the line into frames. Whatever stands between frames is skipped; after a bad frame the
/// search goes on at the byte behind its start, so that a good frame behind noise is found. Holds at most
/// one frame and what was fed last.
class FrameDecoder {
  public:
    void feed(ByteView bytes);
    /// The next frame, or what was wrong with one; nothing until more bytes have come.
    [[nodiscard]] std::optional<Received> next();
    /// Forgets an unfinished frame: the line was silent for too long.
    void reset() { waiting_.clear(); }
    [[nodiscard]] bool in_frame() const { return !waiting_.empty(); }
    /// Bytes that a begun frame lacks, as far as its header has come; at least 1.
    [[nodiscard]] std::size_t missing() const;

  private:
    Bytes waiting_;
};

}  // namespace sallyport::codec::osdp
