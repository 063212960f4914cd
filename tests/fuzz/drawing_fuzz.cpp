// Pictures as sallyport-picture draws them: what comes out is within its bounds, and is a picture that is let
// in as it is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "adapters/drawing/drawing.hpp"
#include "codec/picture/picture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // Few pixels, so that there are many pictures.
    constexpr sallyport::ports::PictureBounds bounds{.side = 64, .bytes = 4'096, .pixels = 100'000};
    const auto drawn =
        sallyport::adapters::draw_picture({reinterpret_cast<const char*>(bytes), size}, bounds);
    if (!drawn) return 0;
    if (drawn->size() > bounds.bytes) std::abort();
    const auto clean = sallyport::codec::clean_picture(*drawn, bounds.side);
    if (!clean || clean->bytes != *drawn) std::abort();
    return 0;
}
