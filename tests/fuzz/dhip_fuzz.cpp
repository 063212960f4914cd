// Any bytes as a conversation: frames where they begin like one, else the body of a frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#ifdef SALLYPORT_FUZZING
// The packaged library is not instrumented: its source is built into the target.
#include <boost/json/src.hpp>
#endif

#include "codec/dhip/discovery.hpp"
#include "codec/dhip/message.hpp"
#include "codec/dhip/person_json.hpp"
#include "codec/dhip/plan_json.hpp"
#include "codec/dhip/record_json.hpp"
#include "codec/dhip/status_json.hpp"

namespace {

using namespace sallyport::codec::dhip;

void require(bool condition) {
    if (!condition) std::abort();
}

/// What is taken is taken again when it is written, and then says the same.
void written_and_read(const auto& received, auto read) {
    if (!received) return;
    const auto text = to_json(*received);
    const auto again = read(text);
    require(again.has_value() && to_json(*again) == text);
}

void read_params(const boost::json::object& params) {
    written_and_read(roster_update_from(params), roster_update_from);
    written_and_read(plan_from(params), plan_from);
    written_and_read(status_from(params), status_from);
    (void)decode_records(params);
    (void)doors_from(params);
    (void)is_intact(params);
}

void read_frame(const Frame& frame) {
    if (const auto request = decode_request(frame)) read_params(request->params);
    if (const auto message = decode_from_device(frame)) {
        if (const auto* answer = std::get_if<Answer>(&*message)) read_params(answer->params);
    }
    (void)search_from(encode(frame));
    (void)announcement_from(encode(frame));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (!bytes.starts_with(' ')) {
        read_frame({0, 0, std::string(bytes)});
        return 0;
    }
    FrameDecoder decoder(stranger_body_limit);
    decoder.feed(bytes, {});
    for (auto frame = decoder.next(); frame && *frame; frame = decoder.next()) read_frame(**frame);
    return 0;
}
