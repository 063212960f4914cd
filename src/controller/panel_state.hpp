#pragma once
// What the front panel shows of one door, as JSON (interfaces.md, panel calls).
#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "controller/alarm_log.hpp"
#include "controller/controller.hpp"
#include "controller/reader_lines.hpp"
#include "ports/simulation.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller {

/// What the panel says of the machine that it is on.
struct PanelMachine {
    std::string fingerprint;
    ports::Endpoint listen;
    std::optional<ports::Endpoint> discovery;  ///< none: off
    std::function<std::size_t()> connections;  ///< of managers, by the device protocol
};

/// Where it comes from; all outlive the call.
struct PanelSources {
    const Controller& controller;
    const ports::DoorSimulation& simulation;
    const ReaderLines& lines;
    const AlarmLog& alarms;
    const PanelMachine& machine;
};

/// A reader of a line, by its number in the controller; where it hangs.
struct FoundReader {
    ReaderName name;
    ports::LinkedReader reader;
    const ports::ReaderLine* line = nullptr;
};
[[nodiscard]] std::optional<FoundReader> find_reader(const ReaderLines&, base::ReaderNumber);

/// The door whose terminals have the input: mains and battery are there once, at the first.
[[nodiscard]] base::DoorNumber wired_at(core::Input, base::DoorNumber);

/// Members that change by themselves all the time.
struct PanelTimes {
    std::string time;  ///< RFC 3339 with the site's offset
    std::int64_t hold_ms_left = 0;
};

struct PanelState {
    boost::json::object steady;  ///< all but the times
    PanelTimes times;
    [[nodiscard]] boost::json::object all() const;
};

[[nodiscard]] PanelState panel_state(const PanelSources&, base::DoorNumber);

/// How long frames took to become relay commands.
[[nodiscard]] boost::json::object latency_json(const Latency&);

}  // namespace sallyport::controller
