// Any bytes as a record of the device protocol: what is taken is written again in one canonical form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#ifdef SALLYPORT_FUZZING
// The packaged library is not instrumented: its source is built into the target.
#include <boost/json/src.hpp>
#endif

#include "codec/dhip/record_json.hpp"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport::codec::dhip;
    const auto record = record_from(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!record) {
        require(!record.error().message.empty());
        return 0;
    }
    const auto text = record_json(*record);
    const auto again = record_from(std::string_view(text));
    require(again.has_value() && record_json(*again) == text);
    return 0;
}
