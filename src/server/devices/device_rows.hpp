#pragma once
// Controllers, their doors and what they are known to hold, as rows (db/platform). Each function is part of
// the caller's unit of work.
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/database.hpp"
#include "server/audit/audit.hpp"
#include "server/devices/device_session.hpp"
#include "server/doors/doors.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

struct NewDevice;
struct DevicePatch;

struct StoredDevice {
    std::int64_t id = 0;
    DeviceAddress address;
};
/// A password that cannot be unsealed is empty: that device asks for it again, the others are not held up.
[[nodiscard]] base::Result<std::vector<StoredDevice>> load_devices(ports::Connection&, const Sealer&);

/// Error conflict "device_exists" when a device with this address and port is here; false otherwise.
[[nodiscard]] base::Result<bool> is_known(ports::Connection&, const ports::Endpoint&);
/// Error conflict "device_exists" when a device with this serial number is here.
[[nodiscard]] base::Status check_new_serial(ports::Connection&, const std::string& serial);
/// Error conflict "device_exists" also for the serial.
[[nodiscard]] base::Status insert_device(ports::Connection&, std::int64_t id, const NewDevice&,
                                         const DeviceStatus&, const Sealer&, base::UtcTime now);
/// The controller's doors, with the settings that it has.
[[nodiscard]] base::Status insert_doors(ports::Connection&, Doors&, Id device_id,
                                        const std::string& device_name,
                                        const std::vector<codec::dhip::DoorState>&);
/// Answers with the address as it is now. Doors that still have the name that came from the device get its
/// new one. A new fingerprint, or `replaced`, means that another controller stands in its place: the one that
/// answers next is taken as this device. Errors: not_found, conflict "device_exists" /
/// "changed_meanwhile", invalid "password_missing" when the stored password would go elsewhere than before.
[[nodiscard]] base::Result<DeviceAddress> update_device(ports::Connection&, Id, const DevicePatch&,
                                                        const Sealer&, base::UtcTime now, Audit&,
                                                        const Actor&);
/// Whether it is new in the place of this device, which somebody said: its serial number is to be stored.
/// Errors: conflict "another_device", not_found.
[[nodiscard]] base::Result<bool> recognise(ports::Connection&, Id, const std::string& serial);
[[nodiscard]] base::Status store_serial(ports::Connection&, Id, const std::string& serial);
[[nodiscard]] base::Status update_identity(ports::Connection&, Id, const DeviceStatus&);
/// Error not_found.
[[nodiscard]] base::Result<Id> delete_device(ports::Connection&, Id, Audit&, const Actor&);

[[nodiscard]] base::Result<HeldRoster> load_held(ports::Connection&, std::int64_t device_id,
                                                 base::UtcTime now);
/// `as_of`: who is not among them was not there then.
[[nodiscard]] base::Status replace_known(ports::Connection&, std::int64_t device_id, const KnownRoster&,
                                         base::UtcTime as_of, base::UtcTime now);
[[nodiscard]] base::Status record_issued(ports::Connection&, std::int64_t device_id,
                                         const std::vector<KnownEntry>& issued,
                                         const std::vector<base::UserId>& removed, base::UtcTime now);
[[nodiscard]] base::Status replace_failures(ports::Connection&, std::int64_t device_id,
                                            const std::vector<EntryFailure>&, base::UtcTime now);

/// The plan that is on a controller which does not say it itself; 0: not known.
[[nodiscard]] base::Result<std::uint64_t> plan_in_place(ports::Connection&, std::int64_t device_id);
[[nodiscard]] base::Status put_plan_in_place(ports::Connection&, std::int64_t device_id,
                                             std::uint64_t revision);

}  // namespace sallyport::server
