// Any bytes as the detail of a record: what is read is written alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/record/detail.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport::core;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto detail = detail_from(text);
    if (detail && written(*detail) != text) std::abort();
    // The same bytes as a value: whatever they are, a detail can be made of them.
    const auto made = written({DetailTerm::commanded, {{DetailName::by, text}, {DetailName::by, text}}});
    if (made.size() > longest_detail || !detail_from(made)) std::abort();
    return 0;
}
