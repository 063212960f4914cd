#pragma once
// Controllers, their doors and what they are known to hold, as rows (db/platform). Each function is part of
// the caller's unit of work.
#include <cstdint>
#include <set>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/database.hpp"
#include "server/devices/device_session.hpp"
#include "server/secrets/sealer.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

struct NewDevice;
struct DeviceChange;

struct StoredDevice {
    std::int64_t id = 0;
    DeviceAddress address;
};
[[nodiscard]] base::Result<std::vector<StoredDevice>> load_devices(ports::Connection&, const Sealer&);

/// Error conflict "device_exists" when a device with this address and port is here; false otherwise.
[[nodiscard]] base::Result<bool> is_known(ports::Connection&, const ports::Endpoint&);
/// Error conflict "device_exists" also for the serial.
[[nodiscard]] base::Status insert_device(ports::Connection&, std::int64_t id, const NewDevice&,
                                         const DeviceStatus&, const Sealer&, base::UtcTime now);
/// Doors that are not there yet, with the settings of a new controller.
[[nodiscard]] base::Status insert_doors(ports::Connection&, IdSource&, std::int64_t device_id,
                                        const std::set<std::uint8_t>& numbers);
/// Answers with the address as it is now. Errors: not_found, conflict "device_exists".
[[nodiscard]] base::Result<DeviceAddress> update_device(ports::Connection&, std::int64_t id,
                                                        const DeviceChange&, const Sealer&);
[[nodiscard]] base::Status update_identity(ports::Connection&, std::int64_t id, const DeviceIdentity&);
/// Error not_found.
[[nodiscard]] base::Result<std::int64_t> delete_device(ports::Connection&, std::int64_t id);

[[nodiscard]] base::Result<KnownRoster> load_known(ports::Connection&, std::int64_t device_id);
[[nodiscard]] base::Status replace_known(ports::Connection&, std::int64_t device_id, const KnownRoster&,
                                         base::UtcTime now);
[[nodiscard]] base::Status record_issued(ports::Connection&, std::int64_t device_id,
                                         const std::vector<KnownEntry>& issued,
                                         const std::vector<base::UserId>& removed, base::UtcTime now);
[[nodiscard]] base::Status replace_failures(ports::Connection&, std::int64_t device_id,
                                            const std::vector<EntryFailure>&, base::UtcTime now);

}  // namespace sallyport::server
