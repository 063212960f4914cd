#pragma once
// Takes controllers' records over, each exactly once (platform.md L1; docs/device-protocol.md "Exactly
// once"). A batch and the device's cursor are one unit of work: whatever is lost, doubled or cut short before
// it, the cursor tells where to go on.
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "core/record/record.hpp"
#include "ports/database.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

/// What one batch came to.
struct Ingested {
    core::RecordPosition cursor;  ///< all up to here is stored; acknowledge it
    std::vector<std::int64_t>
        event_ids;  ///< the new ones, oldest first; what was here already is not among them
};

/// Stores records of one device, oldest first. Records at or before the cursor are ignored; a jump in the
/// sequence is kept as an `event_gap`. Runs inside a unit of work of the writer. `received_at` is the
/// platform's clock.
[[nodiscard]] base::Result<Ingested> ingest(ports::Connection&, IdSource&, std::int64_t device_id,
                                            const std::vector<core::StoredRecord>&,
                                            base::UtcTime received_at);

/// Sequence 0 when nothing was taken over yet.
[[nodiscard]] base::Result<core::RecordPosition> read_cursor(ports::Connection&, std::int64_t device_id);

}  // namespace sallyport::server
