// Two bytes a pulse: the line in the lowest bit, the rest the microseconds since the one before.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/wiegand/decoder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace sallyport;
    codec::wiegand::Decoder decoder;
    base::Instant at;
    for (std::size_t i = 0; i + 1 < size; i += 2) {
        at = at + base::Duration{(bytes[i] >> 1 | bytes[i + 1] << 7) * 4};
        const auto line = (bytes[i] & 1) != 0 ? codec::wiegand::Line::d1 : codec::wiegand::Line::d0;
        (void)decoder.handle({line, at});
    }
    if (const auto deadline = decoder.next_deadline()) {
        (void)decoder.handle_timeout(*deadline);
        if (decoder.next_deadline()) std::abort();  // a deadline that has come is over
    }
    return 0;
}
