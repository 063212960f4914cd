// Pictures as they are let in: what is kept is never more, and is a picture that would be let in again as it
// is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/picture/picture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using sallyport::codec::clean_picture;
    constexpr unsigned side = 8'000;
    const auto kept = clean_picture({reinterpret_cast<const char*>(bytes), size}, side);
    if (!kept) return 0;
    if (kept->bytes.size() > size) std::abort();
    if (kept->width < 1 || kept->width > side || kept->height < 1 || kept->height > side) std::abort();
    const auto again = clean_picture(kept->bytes, side);
    if (!again || again->bytes != kept->bytes) std::abort();
    return 0;
}
