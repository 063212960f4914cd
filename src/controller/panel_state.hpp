#pragma once
// What the front panel shows of one door, as JSON (interfaces.md, panel calls).
#include <string>

#include <boost/json/object.hpp>

#include "controller/controller.hpp"
#include "ports/simulation.hpp"

namespace sallyport::controller {

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

[[nodiscard]] PanelState panel_state(const Controller&, const ports::DoorSimulation&, base::DoorNumber,
                                     const std::string& fingerprint);

/// How long frames took to become relay commands.
[[nodiscard]] boost::json::object latency_json(const Latency&);

}  // namespace sallyport::controller
