// Any bytes as what an SNMP agent asks: what is read is answered within the bounds, by a packet that is read
// again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codec/agentx/agentx.hpp"

namespace agentx = sallyport::codec::agentx;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const agentx::Tree tree{{{1, 3, 6, 1, 4, 1, 1}, std::string("a")},
                                   {{1, 3, 6, 1, 4, 1, 2}, agentx::Counter{5}},
                                   {{2}, std::int32_t{-1}}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.size() < agentx::header_bytes) return 0;
    const auto packet =
        agentx::parse(text.substr(0, agentx::header_bytes), text.substr(agentx::header_bytes));
    if (!packet) return 0;
    require(packet->ranges.size() <= agentx::values_limit);
    const auto said = agentx::answer(*packet, tree);
    if (said.empty()) return 0;
    const auto again = agentx::parse(std::string_view(said).substr(0, agentx::header_bytes),
                                     std::string_view(said).substr(agentx::header_bytes));
    // A name has up to 128 numbers, so what is asked for at length is answered at length.
    require(again || said.size() > agentx::payload_limit);
    if (again) require(again->type == agentx::Type::response && again->number == packet->number);
    return 0;
}
