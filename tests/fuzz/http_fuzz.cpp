// Any bytes as what we take apart ourselves of an HTTP request: the target, and a list in a header. A path
// and a query that are taken hold text only, and a list has the words that stand in it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/net/http_text.hpp"
#include "base/utf8.hpp"

namespace {

using namespace sallyport;

void require(bool condition) {
    if (!condition) std::abort();
}

void require_text(std::string_view text) {
    require(!text.contains('\0'));
    while (!text.empty()) {
        const auto length = base::character_length(text);
        require(length > 0);
        text.remove_prefix(length);
    }
}

void take_target(std::string_view text) {
    const auto target = adapters::parse_target(text);
    if (!target) return;
    require(target->path.starts_with('/') && target->path.size() <= text.size());
    require_text(target->path);
    for (const auto& [name, value] : target->query) {
        require_text(name);
        require_text(value);
    }
}

void take_list(std::string_view text) {
    if (adapters::has_token(text, "upgrade")) require(text.size() >= 7);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.substr(0, text.find('\n'));
    take_target(line);
    take_list(text.substr(line.size()));
    return 0;
}
