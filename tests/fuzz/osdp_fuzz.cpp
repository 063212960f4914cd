// Any bytes as a line: in pieces as in one go the same frames; each frame and each message that was taken is
// written as it came.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "codec/osdp/message.hpp"

namespace {

using namespace sallyport::codec::osdp;

void require(bool condition) {
    if (!condition) std::abort();
}

std::vector<Received> received(ByteView bytes, std::size_t piece) {
    FrameDecoder decoder;
    std::vector<Received> found;
    while (!bytes.empty()) {
        const auto part = bytes.first(std::min(piece, bytes.size()));
        decoder.feed(part);
        bytes = bytes.subspan(part.size());
        while (auto next = decoder.next()) found.push_back(*std::move(next));
    }
    return found;
}

void check_message(std::uint8_t code, const Bytes& payload) {
    if (const auto command = decode_command(code, payload))
        require(encode(*command) == Encoded{code, payload});
    if (const auto reply = decode_reply(code, payload)) require(encode(*reply) == Encoded{code, payload});
}

void check_frame(const Frame& frame) {
    const auto bytes = encode(frame);
    require(bytes.has_value());
    FrameDecoder decoder;
    decoder.feed(*bytes);
    require(decoder.next() == Received{frame});
    check_message(frame.code, frame.payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const ByteView line(bytes + 1, size - 1);
    const auto found = received(line, size);
    require(found == received(line, bytes[0] % 16U + 1));
    for (const auto& one : found) {
        if (const auto* frame = std::get_if<Frame>(&one)) check_frame(*frame);
    }
    // The check keeps a fuzzer from most messages: they are reached without a frame as well.
    if (size > 1) check_message(bytes[1], Bytes(bytes + 2, bytes + size));
    return 0;
}
