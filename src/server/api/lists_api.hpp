#pragma once
// The groups of operations over what is stored: people, permissions, doors, events, audit.
#include "server/accounts/found_codes.hpp"
#include "server/api/operation.hpp"
#include "server/api/shares.hpp"
#include "server/api/turns.hpp"
#include "server/api/workers.hpp"
#include "server/audit/audit.hpp"
#include "server/doors/doors.hpp"
#include "server/events/events.hpp"
#include "server/organisation/tree.hpp"
#include "server/people/imports.hpp"
#include "server/people/people.hpp"
#include "server/people/photos.hpp"
#include "server/permissions/holidays.hpp"
#include "server/permissions/permissions.hpp"

namespace sallyport::server {

/// /areas and /departments.
[[nodiscard]] Operations organisation_operations(Tree& areas, Tree& departments);
[[nodiscard]] Operations people_operations(People&, FormerPeople&, const Cards&, Photos&, Workers& drawing,
                                           Shares& of_photos, FoundCodes&);
/// /people/import and /people/batch.
[[nodiscard]] Operations import_operations(Imports&, FoundCodes&);
[[nodiscard]] Operations permission_operations(PermissionGroups&, TimeTemplates&, Holidays&);
/// Without /doors/{id}/commands.
[[nodiscard]] Operations door_operations(Doors&, const Tree& areas);
[[nodiscard]] Operations event_operations(Events&, const Tree& departments, Turns&);
[[nodiscard]] Operations audit_operations(Audit&, Turns&);

}  // namespace sallyport::server
