#include "codec/dhip/frame.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace sallyport::codec::dhip {

namespace {

using namespace std::string_view_literals;
constexpr auto magic = "\x20\0\0\0DHIP"sv;

void put(std::string& bytes, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
    return value;
}

}  // namespace

std::string encode(const Frame& frame) {
    std::string bytes(magic);
    const auto length = frame.body.size() + 1;
    bytes.reserve(frame_header_bytes + length);
    put(bytes, frame.session, 4);
    put(bytes, frame.id, 4);
    put(bytes, length, 8);
    put(bytes, length, 8);
    bytes += frame.body;
    bytes += '\n';
    return bytes;
}

void FrameDecoder::feed(std::string_view bytes, base::Instant now) {
    last_fed_ = now;
    if (taken_ == waiting_.size()) begun_ = now;
    waiting_.erase(0, std::exchange(taken_, 0));
    waiting_ += bytes;
}

base::Status FrameDecoder::check_header() const {
    const auto begun = std::string_view(waiting_).substr(taken_);
    if (begun.substr(0, magic.size()) != magic.substr(0, std::min(begun.size(), magic.size()))) {
        return base::fail(base::ErrorKind::corrupt, "not_dhip",
                          "The bytes received do not start with a DHIP header: another protocol, or another "
                          "port, was meant.");
    }
    if (begun.size() < frame_header_bytes) return {};
    const auto length = number_at(begun, 16, 8);
    if (length != number_at(begun, 24, 8)) {
        return base::fail(base::ErrorKind::corrupt, "not_dhip",
                          "The two lengths in a DHIP header differ: split messages are not spoken.");
    }
    if (length > limit_) {
        return base::fail(base::ErrorKind::limit, "frame_too_large",
                          fmt::format("A DHIP header announces {} bytes; {} are the limit.", length, limit_));
    }
    return {};
}

base::Result<std::optional<Frame>> FrameDecoder::next() {
    if (const auto checked = check_header(); !checked) return std::unexpected(checked.error());
    const auto begun = std::string_view(waiting_).substr(taken_);
    if (begun.size() < frame_header_bytes) return std::nullopt;
    const auto length = static_cast<std::size_t>(number_at(begun, 16, 8));
    if (begun.size() < frame_header_bytes + length) return std::nullopt;

    auto body = begun.substr(frame_header_bytes, length);
    while (!body.empty() && "\n\r\0"sv.contains(body.back())) body.remove_suffix(1);
    Frame frame{static_cast<std::uint32_t>(number_at(begun, 8, 4)),
                static_cast<std::uint32_t>(number_at(begun, 12, 4)), std::string(body)};
    taken_ += frame_header_bytes + length;
    begun_ = last_fed_;
    return frame;
}

std::optional<base::Instant> FrameDecoder::next_deadline() const {
    if (taken_ == waiting_.size()) return std::nullopt;
    return begun_ + frame_patience;
}

}  // namespace sallyport::codec::dhip
