#pragma once
// The plan as JSON (docs/device-protocol.md, Plan): all that a roster's owner sets besides people. What is
// left out stays as it is at the controller.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/access/person.hpp"
#include "core/access/settings.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::codec::dhip {

struct WireDoorSettings {
    base::DoorNumber number{1};
    std::optional<std::int32_t> hold_s;
    std::optional<core::UnlockMode> unlock_mode;
    std::optional<core::Detector> detector;
    std::optional<std::int32_t> overtime_s;
    std::optional<core::ScheduleIndex> schedule;
    friend bool operator==(const WireDoorSettings&, const WireDoorSettings&) = default;
};
/// `settings` with what the plan says of the door.
[[nodiscard]] core::DoorSettings merged(core::DoorSettings settings, const WireDoorSettings&);

struct WirePublicPassword {
    std::uint32_t number = 0;  ///< names it in records
    base::Secret code;         ///< 1-8 digits, in clear inside TLS
    core::DoorSet doors;
    core::Validity validity;
    std::optional<std::uint32_t> uses_left;
    core::UsesSeries uses_series;
};

struct WirePlan {
    std::uint64_t revision = 0;
    std::optional<std::string> zone;  ///< not checked to exist
    std::optional<core::Duress> duress;
    std::optional<core::Rules> rules;  ///< replaces all; the number of doors is the controller's to check
    std::optional<core::Calendar> calendar;  ///< shape checked; its limits are the controller's: core::check
    std::vector<WireDoorSettings> doors;     ///< at most 64, each once
    /// What the doors were set to when the plan was made, as far as the owner looked: it is refused where a
    /// keypad has set something else meanwhile.
    std::vector<WireDoorSettings> made_from;
    std::optional<std::vector<WirePublicPassword>> public_passwords;
    std::optional<base::Secret> keypad_password;  ///< 6-8 digits
};

[[nodiscard]] boost::json::object to_json(const WirePlan&);
/// `invalid` "invalid_parameter" names the member; never a password.
[[nodiscard]] base::Result<WirePlan> plan_from(const boost::json::value&);

}  // namespace sallyport::codec::dhip
