#pragma once
// What can be set, with ranges and defaults (manual 5.2-5.8; controller.md K7-K11, D1-D4).
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/access/person.hpp"
#include "core/access/rules.hpp"
#include "core/schedule/schedule.hpp"

namespace sallyport::core {

enum class WorkingMode : std::uint8_t { controller = 0, reader = 1 };
BOOST_DESCRIBE_ENUM(WorkingMode, controller, reader)

enum class Detector : std::uint8_t { off = 0, on = 1 };
BOOST_DESCRIBE_ENUM(Detector, off, on)

/// What the door obeys when nobody stands before it (A6, D4).
enum class DoorMode : std::uint8_t { normal, always_open, always_closed, lockdown };
BOOST_DESCRIBE_ENUM(DoorMode, normal, always_open, always_closed, lockdown)

enum class KeypadLock : std::uint8_t { open, locked };  ///< locked after too many wrong codes (K14)
BOOST_DESCRIBE_ENUM(KeypadLock, open, locked)

enum class Duress : std::uint8_t { off, on };
BOOST_DESCRIBE_ENUM(Duress, off, on)

struct DoorSettings {
    std::int32_t hold_s = 3;  ///< 1-600
    UnlockMode unlock_mode = UnlockMode::card;
    Detector detector = Detector::off;
    std::int32_t overtime_s = 60;     ///< 1-9,999: open longer than hold + this is the overtime alarm
    ScheduleIndex schedule = always;  ///< when persons may be granted at all at this door
    friend bool operator==(const DoorSettings&, const DoorSettings&) = default;
};

inline constexpr char factory_admin_password[] = "88888888";

struct Settings {
    std::vector<DoorSettings> doors{DoorSettings{}};  ///< index 0 is door 1; 1-64 doors
    WorkingMode working_mode = WorkingMode::controller;
    Duress duress = Duress::off;
    std::string zone = "Etc/UTC";  ///< IANA name
    /// The admin password of the keypad menu, hashed like a PIN; none means the factory password.
    std::optional<PinHash> admin_password;
    Rules rules;
    friend bool operator==(const Settings&, const Settings&) = default;
};

/// Doors up to this one that are not there yet are made, with defaults. `door` is 1-64.
[[nodiscard]] DoorSettings& door_of(Settings&, base::DoorNumber door);

/// One sentence naming the setting, its value and its range. Rules have a check of their own.
[[nodiscard]] base::Status check(const Settings&);

}  // namespace sallyport::core
