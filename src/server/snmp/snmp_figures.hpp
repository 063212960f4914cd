#pragma once
// What is told by SNMP (platform.md I1, decision 0023), and where it stands: docs/SALLYPORT-MIB.txt. Pure.
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "codec/agentx/agentx.hpp"

namespace sallyport::server {

/// A controller as a row of the table; the numbers of `State` are those of the MIB.
struct SnmpDevice {
    enum class State : std::uint8_t { online = 1, offline = 2 };
    std::string id;    ///< as in the API: digits
    std::string name;  ///< UTF-8
    State state = State::offline;
    std::uint32_t seconds = 0;  ///< since when
    std::uint32_t doors = 0;
};

struct SnmpFigures {
    enum class State : std::uint8_t { ok = 1, storage_failed = 2, stopping = 3 };
    std::string version;
    base::Duration up{};
    State state = State::ok;
    std::uint32_t doors_open = 0;  ///< by their contacts
    std::uint32_t doors_in_alarm = 0;
    std::uint64_t events = 0;             ///< taken over since the start
    std::uint32_t events_per_second = 0;  ///< over the last minute, in thousandths
    std::uint32_t events_missing = 0;
    std::uint32_t writes_waiting = 0;
    std::uint32_t mails_waiting = 0;
    std::vector<SnmpDevice> devices;
};

/// Below all of it stands.
[[nodiscard]] const codec::agentx::Oid& snmp_root();
[[nodiscard]] codec::agentx::Tree snmp_tree(const SnmpFigures&);

}  // namespace sallyport::server
