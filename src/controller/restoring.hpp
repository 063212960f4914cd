#pragma once
// What of a backup is taken up again, and what never (controller.md E5, docs/decisions/0010).
//
// Settings, schedules and public passwords are those of the backup. Who may manage is never older than it is:
// accounts and the owner come from the backup only where the controller has none. People of a controller
// that somebody owns come from the owner, not from the backup: what was revoked since then stays revoked. The
// owner's revision falls to 0 and no entry has the owner's tag, so the plan and the roster are taken again
// before they count as in step.
#include <boost/describe/enum.hpp>

#include "ports/backups.hpp"

namespace sallyport::controller {

enum class RestoredPeople : std::uint8_t {
    owners,   ///< those of the backup only where nobody owns the roster
    backups,  ///< those of the backup in any case, until the owner corrects them: somebody said so
};
BOOST_DESCRIBE_ENUM(RestoredPeople, owners, backups)

struct RestoreWish {
    RestoredPeople people = RestoredPeople::owners;
    std::string by;  ///< for the record: an account, or "the command line"
    base::UtcTime at;
    std::int32_t utc_offset_s = 0;
    core::RosterLimits roster;
    core::CalendarLimits calendar;
};

/// `present` is the controller as it is; its people do not matter. One write, with a record that says what
/// was restored, from which day, and how many people. `limit` where the backup has more than the controller
/// takes.
[[nodiscard]] base::Result<ports::StoreWrite> restore_write(ports::Backup,
                                                            const ports::ControllerImage& present,
                                                            const RestoreWish&);

}  // namespace sallyport::controller
