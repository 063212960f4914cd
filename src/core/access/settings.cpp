#include "core/access/settings.hpp"

#include <string_view>

#include <fmt/core.h>

namespace sallyport::core {

namespace {

base::Status check_range(std::size_t door, std::string_view setting, std::int32_t value, std::int32_t most) {
    if (value >= 1 && value <= most) return {};
    return base::fail(
        base::ErrorKind::invalid, "setting_range",
        fmt::format("Door {}: the {} is {} s, but must be 1 to {} s.", door, setting, value, most));
}

}  // namespace

DoorSettings& door_of(Settings& settings, base::DoorNumber door) {
    if (settings.doors.size() < door.value) settings.doors.resize(door.value);
    return settings.doors[door.value - 1U];
}

base::Status check(const Settings& settings) {
    if (settings.doors.empty() || settings.doors.size() > base::max_doors) {
        return base::fail(base::ErrorKind::limit, "door_count",
                          fmt::format("A controller has 1 to {} doors, but the settings are for {}.",
                                      base::max_doors, settings.doors.size()));
    }
    for (std::size_t i = 0; i < settings.doors.size(); ++i) {
        const DoorSettings& door = settings.doors[i];
        if (auto status = check_range(i + 1, "hold time", door.hold_s, 600); !status) return status;
        if (auto status = check_range(i + 1, "overtime limit", door.overtime_s, 9'999); !status)
            return status;
    }
    if (settings.zone.empty()) {
        return base::fail(base::ErrorKind::invalid, "unknown_zone",
                          "The time zone is empty; give an IANA name such as Europe/Berlin or Etc/UTC.");
    }
    return {};
}

}  // namespace sallyport::core
