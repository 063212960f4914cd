// Photos as they are let in: what is kept is never more, and is a picture that would be let in again as it
// is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "server/people/photo.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using sallyport::server::clean_photo;
    const auto kept = clean_photo({reinterpret_cast<const char*>(bytes), size});
    if (!kept) return 0;
    if (kept->size() > size) std::abort();
    const auto again = clean_photo(*kept);
    if (!again || *again != *kept) std::abort();
    return 0;
}
