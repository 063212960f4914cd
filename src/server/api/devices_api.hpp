#pragma once
#include "server/api/operation.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/search.hpp"

namespace sallyport::server {

/// What the calls about controllers work on; all outlive the operations.
struct DevicesApiParts {
    Devices& devices;
    Registrations& registrations;
    Searches& searches;
    ports::Database& database;
    const Sealer& sealer;
    IdSource& ids;
    const ports::Clock& clock;
    Audit& audit;
    const Tree& areas;
    const Doors& doors;
};

/// /devices, /devices/search, /devices/waiting, /devices/initialise, /doors/{id}/commands, /issue-states.
[[nodiscard]] Operations device_operations(DevicesApiParts);

}  // namespace sallyport::server
