#pragma once
// `sallyport-door backup` and `restore`: the configuration to a sealed file and back.
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "controller/restoring.hpp"

namespace sallyport::apps {

struct BackupOptions {
    std::filesystem::path directory;  ///< of the controller's data
    std::filesystem::path file;       ///< to be written; must not be there yet
};
struct RestoreOptions {
    std::filesystem::path directory;
    std::filesystem::path file;
    controller::RestoredPeople people = controller::RestoredPeople::owners;
    core::RosterLimits roster;
    core::CalendarLimits calendar;
};

/// The passphrase is read from the standard input. Both give a sentence of success. The daemon may run.
[[nodiscard]] base::Result<std::string> make_backup(const BackupOptions&);
/// `conflict` "in_use" while the daemon runs.
[[nodiscard]] base::Result<std::string> restore_backup(const RestoreOptions&);

}  // namespace sallyport::apps
