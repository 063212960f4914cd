#pragma once
// What a controller says about itself and its doors (docs/device-protocol.md, Door state, sallyport.status).
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/access/roster.hpp"
#include "core/access/settings.hpp"
#include "core/record/record.hpp"
#include "core/station/station.hpp"

namespace sallyport::codec::dhip {

struct DoorState {
    base::DoorNumber number{1};
    core::Lock lock = core::Lock::locked;
    core::ContactState contact = core::ContactState::unknown;
    core::DoorMode mode = core::DoorMode::normal;
    std::vector<core::Alarm> alarms;
    std::vector<core::Alarm> silenced;  ///< of `alarms`
    std::int32_t hold_s = 3;
    core::UnlockMode unlock_mode = core::UnlockMode::card;
    core::Detector detector = core::Detector::off;
    std::int32_t overtime_s = 60;
    friend bool operator==(const DoorState&, const DoorState&) = default;
};
[[nodiscard]] DoorState door_state(const core::DoorView&, const core::DoorSettings&);

[[nodiscard]] boost::json::object to_json(const DoorState&);
[[nodiscard]] boost::json::array to_json(const std::vector<DoorState>&);
/// The member `doors` of a status or of `client.notifyDoors`, at most 64. An alarm whose word is not known is
/// left out.
[[nodiscard]] base::Result<std::vector<DoorState>> doors_from(const boost::json::object& params);

enum class Initialised : std::uint8_t { no, yes };

struct ControllerStatus {
    std::string serial;
    std::string model;
    std::string firmware;
    Initialised initialised = Initialised::no;
    std::string fingerprint;
    core::RecordPosition last;  ///< of the newest record; sequence 0: none yet
    std::uint64_t oldest = 0;   ///< sequence of the oldest record kept
    std::uint64_t people = 0;
    core::People people_known = core::People::known;
    std::uint64_t people_limit = 0;
    std::uint64_t records_limit = 0;
    std::uint64_t cards_per_person = 1;
    std::string owner;           ///< manager that owns the roster; empty: nobody
    std::uint64_t revision = 0;  ///< of the plan
    core::RosterDigest digest;
    base::UtcTime time;
    base::ClockTrust trust = base::ClockTrust::set;
    base::NetworkTime network_time;
    std::string zone;
    std::vector<DoorState> doors;
    friend bool operator==(const ControllerStatus&, const ControllerStatus&) = default;
};
[[nodiscard]] boost::json::object to_json(const ControllerStatus&);
[[nodiscard]] base::Result<ControllerStatus> status_from(const boost::json::object& params);

}  // namespace sallyport::codec::dhip
