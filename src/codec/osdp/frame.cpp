#include "codec/osdp/frame.hpp"

#include <algorithm>
#include <numeric>

namespace sallyport::codec::osdp {

namespace {

constexpr std::uint8_t start = 0x53;
constexpr std::uint8_t reply_bit = 0x80;
constexpr std::uint8_t crc_bit = 0x04;
constexpr std::uint8_t security_bit = 0x08;
constexpr std::size_t header_bytes = 5;

/// Of each value that the upper byte can have: what it adds.
constexpr auto crc_of_byte = [] {
    std::array<std::uint16_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t crc = byte << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
        table[byte] = static_cast<std::uint16_t>(crc);
    }
    return table;
}();

std::size_t check_bytes(Check check) {
    return check == Check::crc16 ? 2 : 1;
}

bool has_mac(const Frame& frame) {
    return frame.security && frame.security->has_mac();
}

std::size_t total_bytes(const Frame& frame) {
    return header_bytes + (frame.security ? 2 + frame.security->content.size() : 0) + 1 +
           frame.payload.size() + (has_mac(frame) ? sizeof(Mac) : 0) + check_bytes(frame.check);
}

void append(Bytes& to, ByteView bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

bool check_holds(ByteView whole, Check check) {
    const auto covered = whole.first(whole.size() - check_bytes(check));
    if (check == Check::checksum) return whole.back() == checksum(covered);
    const auto found = whole[covered.size()] | whole[covered.size() + 1] << 8;
    return found == crc16(covered);
}

std::optional<Frame> parse(ByteView whole) {
    Frame frame;
    frame.direction = (whole[1] & reply_bit) != 0 ? Direction::reply : Direction::command;
    frame.address = whole[1] & 0x7F;
    const auto control = whole[4];
    frame.sequence = control & 0x03;
    frame.check = (control & crc_bit) != 0 ? Check::crc16 : Check::checksum;
    if (whole.size() < header_bytes + 1 + check_bytes(frame.check) || !check_holds(whole, frame.check))
        return {};
    auto rest = whole.first(whole.size() - check_bytes(frame.check)).subspan(header_bytes);
    if ((control & security_bit) != 0) {
        const std::size_t length = rest[0];
        if (length < 2 || length >= rest.size()) return {};
        frame.security =
            SecurityBlock{rest[1], Bytes(rest.begin() + 2, rest.begin() + std::ptrdiff_t(length))};
        rest = rest.subspan(length);
    }
    if (has_mac(frame)) {
        if (rest.size() < 1 + sizeof(Mac)) return {};
        std::ranges::copy(rest.last(sizeof(Mac)), frame.mac.begin());
        rest = rest.first(rest.size() - sizeof(Mac));
    }
    frame.code = rest[0];
    frame.payload.assign(rest.begin() + 1, rest.end());
    return frame;
}

}  // namespace

std::uint16_t crc16(ByteView bytes) {
    std::uint16_t crc = 0x1D0F;
    for (const auto byte : bytes) crc = static_cast<std::uint16_t>(crc << 8 ^ crc_of_byte[crc >> 8 ^ byte]);
    return crc;
}

std::uint8_t checksum(ByteView bytes) {
    return static_cast<std::uint8_t>(0U - std::accumulate(bytes.begin(), bytes.end(), 0U));
}

Bytes mac_input(const Frame& frame) {
    const auto total = total_bytes(frame);
    const auto reply = frame.direction == Direction::reply ? reply_bit : 0;
    const auto control = (frame.sequence & 0x03) | (frame.check == Check::crc16 ? crc_bit : 0) |
                         (frame.security ? security_bit : 0);
    Bytes bytes;
    bytes.reserve(total + 16);  // the mark, or what a MAC pads, finds room
    bytes.assign({start, static_cast<std::uint8_t>(frame.address | reply), static_cast<std::uint8_t>(total),
                  static_cast<std::uint8_t>(total >> 8), static_cast<std::uint8_t>(control)});
    if (frame.security) {
        bytes.push_back(static_cast<std::uint8_t>(2 + frame.security->content.size()));
        bytes.push_back(frame.security->type);
        append(bytes, frame.security->content);
    }
    bytes.push_back(frame.code);
    append(bytes, frame.payload);
    return bytes;
}

base::Result<Bytes> encode(const Frame& frame) {
    if (total_bytes(frame) > frame_limit || (frame.security && frame.security->content.size() > 253)) {
        return base::fail(base::ErrorKind::limit, "frame_too_long",
                          "The message is longer than an OSDP frame may be: send it in parts.");
    }
    auto bytes = mac_input(frame);
    if (has_mac(frame)) append(bytes, frame.mac);
    if (frame.check == Check::checksum) {
        bytes.push_back(checksum(bytes));
        return bytes;
    }
    const auto crc = crc16(bytes);
    bytes.push_back(static_cast<std::uint8_t>(crc));
    bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
    return bytes;
}

void FrameDecoder::feed(ByteView bytes) {
    append(waiting_, bytes);
}

std::size_t FrameDecoder::missing() const {
    if (waiting_.size() < header_bytes) return header_bytes - waiting_.size();
    const std::size_t length = waiting_[2] | waiting_[3] << 8;
    return length > waiting_.size() ? length - waiting_.size() : 1;
}

std::optional<Received> FrameDecoder::next() {
    waiting_.erase(waiting_.begin(), std::ranges::find(waiting_, start));
    if (waiting_.size() < header_bytes) return {};
    const std::size_t length = waiting_[2] | waiting_[3] << 8;
    const bool possible = length >= header_bytes + 2 && length <= frame_limit;
    if (possible && waiting_.size() < length) return {};
    auto frame = possible ? parse(ByteView(waiting_).first(length)) : std::nullopt;
    waiting_.erase(waiting_.begin(), waiting_.begin() + std::ptrdiff_t(frame ? length : 1));
    if (!frame) return BadFrame{};
    return *std::move(frame);
}

}  // namespace sallyport::codec::osdp
