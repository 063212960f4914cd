#pragma once
// A record's canonical JSON (docs/device-protocol.md, Record): the bytes that are stored, hashed and sent.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/record/record.hpp"

namespace sallyport::codec::dhip {

/// Without `previous` and `hash`; members in the documented order, those that are none, zero or empty left
/// out.
[[nodiscard]] std::string record_body(const core::RecordPosition&, const core::Record&);
/// The record with its hashes, as `client.notifyRecords` carries it.
[[nodiscard]] std::string record_json(const core::StoredRecord&);
/// Takes either form; without hashes they are zero. `invalid` "invalid_record" names the member.
[[nodiscard]] base::Result<core::StoredRecord> record_from(std::string_view json);

}  // namespace sallyport::codec::dhip
