#pragma once
// Takes controllers' records over, each exactly once (platform.md L1; docs/device-protocol.md "Exactly
// once"). A batch and the device's cursor are one unit of work: whatever is lost, doubled or cut short before
// it, the cursor tells where to go on.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <boost/describe/enum.hpp>

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
    /// Why what follows in the batch was left: corrupt "records_leap", where a number is further ahead than
    /// the controller can have written since it was heard last.
    std::optional<base::Error> refused;
};

/// The lists of records that a controller in clear keeps; each has numbers of its own, which grow.
enum class RecordList : std::uint8_t { access, alarms };
BOOST_DESCRIBE_ENUM(RecordList, access, alarms)

/// How far one of them has been taken over.
struct ListCursor {
    /// Of the last record; its generation is that of the list's events. Sequence 0: none yet.
    core::RecordPosition position;
    base::UtcTime at;  ///< the time in that record
    friend bool operator==(const ListCursor&, const ListCursor&) = default;
};

/// The first generation of a list's events, and the one after `generation`: when its numbers begin anew. The
/// lists share a device's events, so they take turns.
[[nodiscard]] constexpr std::uint32_t first_generation(RecordList list) {
    return 2 + static_cast<std::uint32_t>(list);
}
[[nodiscard]] constexpr std::uint32_t next_generation(std::uint32_t generation) {
    return generation + 2;
}

/// Whether the record that was taken over last still stands before these in its list. Where it does not, the
/// list was overwritten meanwhile, or cleared.
enum class Continuity : std::uint8_t { whole, broken };

/// As `ingest`, for records of one list: a jump in its numbers alone proves nothing there, because they may
/// count what is not in the list. It is a gap before the first of them where the list is `broken`.
[[nodiscard]] base::Result<Ingested> ingest_list(ports::Connection&, IdSource&, std::int64_t device_id,
                                                 RecordList, Continuity,
                                                 const std::vector<core::StoredRecord>&,
                                                 base::UtcTime received_at);
[[nodiscard]] base::Result<ListCursor> read_list_cursor(ports::Connection&, std::int64_t device_id,
                                                        RecordList);

/// Stores records of one device, oldest first. Records at or before the cursor are ignored; a jump in the
/// sequence is kept as an `event_gap`, unless nobody can believe it. Runs inside a unit of work of the
/// writer. `received_at` is the platform's clock.
[[nodiscard]] base::Result<Ingested> ingest(ports::Connection&, IdSource&, std::int64_t device_id,
                                            const std::vector<core::StoredRecord>&,
                                            base::UtcTime received_at);

/// Sequence 0 when nothing was taken over yet.
[[nodiscard]] base::Result<core::RecordPosition> read_cursor(ports::Connection&, std::int64_t device_id);

}  // namespace sallyport::server
