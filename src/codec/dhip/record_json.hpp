#pragma once
// Records and positions as JSON (docs/device-protocol.md, Words). A record's body is what is stored, hashed
// and sent; its bytes are the same wherever it is made.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "core/record/record.hpp"

namespace sallyport::codec::dhip {

inline constexpr std::size_t record_detail_bytes = 300;

/// Without `previous` and `hash`; members in the documented order, those that are none, zero or empty left
/// out. A detail is cut at 300 bytes, or where it stops being UTF-8.
[[nodiscard]] std::string record_body(core::RecordPosition, const core::Record&);
/// The body with its hashes.
[[nodiscard]] std::string record_json(const core::StoredRecord&);
[[nodiscard]] boost::json::object to_json(const core::StoredRecord&);

/// Takes either form; hashes that are missing are zero. `invalid` "invalid_parameter" names the member.
[[nodiscard]] base::Result<core::StoredRecord> record_from(const boost::json::value&);
[[nodiscard]] base::Result<core::StoredRecord> record_from(std::string_view json);
/// The time in a stored body, without reading the rest; nullopt where it does not begin as such a body.
[[nodiscard]] std::optional<base::UtcTime> time_of_body(std::string_view body);
/// The member `records` of an answer or a notification, at most 2,000.
[[nodiscard]] base::Result<std::vector<core::StoredRecord>> decode_records(const boost::json::object& params);

/// BLAKE2b-256 over the previous hash's bytes, then the record's body.
[[nodiscard]] core::ChainHash chain_hash(const core::ChainHash& previous, std::string_view body);
/// Its `hash` is that of its `previous` and of its other members, known or not, in the order in which they
/// came.
[[nodiscard]] bool is_intact(const boost::json::object& record);

[[nodiscard]] boost::json::object to_json(core::RecordPosition);
[[nodiscard]] base::Result<core::RecordPosition> position_from(const boost::json::value&);

}  // namespace sallyport::codec::dhip
