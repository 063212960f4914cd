#pragma once
// AgentX (RFC 2741), the side of a subagent that only tells: what an SNMP agent on this machine asks is
// answered from a tree of values, and nothing can be set. Both byte orders are read, the network's is
// written.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace sallyport::codec::agentx {

/// Sub-identifiers, at most 128; their order as vectors is that of SNMP.
using Oid = std::vector<std::uint32_t>;
struct Gauge {
    std::uint32_t value = 0;
};
struct Counter {
    std::uint64_t value = 0;
};
struct Ticks {
    std::uint32_t hundredths = 0;
};
/// INTEGER, Gauge32, Counter64, TimeTicks, OCTET STRING.
using Value = std::variant<std::int32_t, Gauge, Counter, Ticks, std::string>;
using Tree = std::map<Oid, Value>;

inline constexpr std::size_t header_bytes = 20;
inline constexpr std::size_t payload_limit = 65'536;
/// Values in one answer; of a request for more, so many.
inline constexpr std::size_t values_limit = 500;

enum class Type : std::uint8_t {
    open = 1,
    close = 2,
    enrol = 3,  ///< "Register"
    get = 5,
    get_next = 6,
    get_bulk = 7,
    test_set = 8,
    commit_set = 9,
    undo_set = 10,
    clean_up_set = 11,
    ping = 13,
    response = 18,
};

/// What is asked for: from `start` on, before `end` (empty: no end).
struct Range {
    enum class Start : std::uint8_t { excluded, included };
    Oid start;
    Oid end;
    Start from = Start::excluded;
};

struct Packet {
    Type type = Type::ping;
    std::uint32_t session = 0;
    std::uint32_t transaction = 0;
    std::uint32_t number = 0;
    std::uint16_t error = 0;  ///< of a response; 0: none
    std::uint16_t non_repeaters = 0;
    std::uint16_t repetitions = 0;
    std::vector<Range> ranges{};  ///< of get, get_next, get_bulk
};

/// How many bytes come after this header, up to `payload_limit`; corrupt "not_agentx" otherwise.
[[nodiscard]] base::Result<std::size_t> payload_size(std::string_view header);
/// corrupt "not_agentx" for what is none, or breaks off.
[[nodiscard]] base::Result<Packet> parse(std::string_view header, std::string_view payload);

/// The first packet; the master answers with the session. `patience_s`: it waits so long for an answer.
[[nodiscard]] std::string open_packet(std::uint32_t number, std::uint8_t patience_s, const Oid& id,
                                      std::string_view description);
/// All that stands below it is asked of this session from now on.
[[nodiscard]] std::string enrol_packet(std::uint32_t session, std::uint32_t number, const Oid& below);
/// Good-bye.
[[nodiscard]] std::string close_packet(std::uint32_t session, std::uint32_t number);
/// What is said to a packet of the master; empty where nothing is. Setting is refused as notWritable.
[[nodiscard]] std::string answer(const Packet&, const Tree&);

}  // namespace sallyport::codec::agentx
