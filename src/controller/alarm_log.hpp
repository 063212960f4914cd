#pragma once
// The last alarms that began, as the front panel lists them. Like its tiles it is no place for a silent alarm
// (controller.md A3).
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "core/record/record.hpp"

namespace sallyport::controller {

class AlarmLog {
  public:
    static constexpr std::size_t limit = 200;
    struct Entry {
        core::Alarm alarm = core::Alarm::intrusion;
        base::DoorNumber door;  ///< 0: of the whole controller
        base::UtcTime started;
        std::optional<base::UtcTime> ended;
    };

    void take(std::span<const core::StoredRecord>);
    /// Those of the door and of the whole controller, the newest first.
    [[nodiscard]] std::vector<Entry> of(base::DoorNumber, std::size_t most) const;

  private:
    void end(core::Alarm, base::DoorNumber, base::UtcTime at);

    std::deque<Entry> entries_;  ///< oldest first
};

}  // namespace sallyport::controller
