#pragma once
// The lines at the top of a script: who may enter, and how the controller is set.
#include <string>
#include <vector>

#include "core/station/station.hpp"
#include "scenario/words.hpp"

namespace sallyport::scenario {

struct Setup {
    core::StationState state;
    base::UtcTime start{};
    base::ClockTrust trust = base::ClockTrust::set;
    std::vector<std::string> secrets;  ///< PINs and passwords, which no record may show
};

/// False when the line is none of the set-up: the first stimulus. Throws BadLine.
[[nodiscard]] bool read_setup(const std::string& line, Setup&);
/// "hold 5", "overtime 30", "detector on", "unlock_mode card" for one door. False for another setting.
[[nodiscard]] bool read_door_setting(const std::string& name, Words&, core::DoorSettings&);
/// Rules as JSON, to the end of the line.
[[nodiscard]] core::Rules read_rules(Words&);
/// "2026-03-29T01:59:50", as UTC.
[[nodiscard]] base::UtcTime read_utc(const std::string& word);

}  // namespace sallyport::scenario
