// Any bytes as what the other side sends: cut into frames and read as messages, in pieces as in one go. A
// controller reads requests, a platform answers and notifications; whatever was taken can be written and is
// read the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#ifdef SALLYPORT_FUZZING
// The packaged library is not instrumented: its source is built into the target.
#include <boost/json/src.hpp>
#endif

#include "codec/dhip/message.hpp"

namespace {

using namespace sallyport::codec::dhip;
using sallyport::base::Instant;

constexpr std::size_t body_limit = 4'096;

void require(bool condition) {
    if (!condition) std::abort();
}

std::vector<Frame> frames_of(std::string_view bytes, std::size_t piece) {
    FrameDecoder decoder(body_limit);
    std::vector<Frame> frames;
    while (!bytes.empty()) {
        decoder.feed(bytes.substr(0, piece), Instant{});
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (auto frame = decoder.next();; frame = decoder.next()) {
            if (!frame) return frames;  // broken for good
            if (!*frame) break;
            require((*frame)->body.size() <= body_limit);
            frames.push_back(**frame);
        }
    }
    return frames;
}

void check_request(const Frame& frame) {
    const auto request = decode_request(frame);
    if (!request) {
        require(!request.error().code.empty() && !request.error().message.empty());
        return;
    }
    FrameDecoder decoder;
    decoder.feed(encode_request(*request), Instant{});
    const auto sent = decoder.next();
    require(sent && *sent);
    const auto again = decode_request(**sent);
    require(again && again->method == request->method && again->id == request->id &&
            again->session == request->session);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = data[0] + 1U;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto frames = frames_of(bytes, size);
    require(frames == frames_of(bytes, piece));
    for (const auto& frame : frames) {
        check_request(frame);
        (void)decode_from_device(frame);
    }
    return 0;
}
