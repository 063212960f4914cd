#pragma once
// /events/exports: files of what a search finds.
#include "server/api/operation.hpp"
#include "server/api/workers.hpp"
#include "server/exports/exports.hpp"
#include "server/organisation/tree.hpp"

namespace sallyport::server {

/// The filters of /events, which it has in common with them. Everything that is wrong is in the parameters.
[[nodiscard]] EventFilter read_event_filter(Parameters&, const Tree& departments);
/// Whoever may not know the numbers of cards may not find them out by asking for each.
[[nodiscard]] Outcome check_event_filter(const EventFilter&, const Call&);

/// `workers` read the files, so that the loop never waits for the disk.
[[nodiscard]] Operations export_operations(Exports&, const Tree& departments, Workers&);

}  // namespace sallyport::server
