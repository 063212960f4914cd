#pragma once
// How the entries of the audit log hang together: each hash is over the one before and the entry's columns.
// Where a person was taken out of an entry, its hash stays, and a later entry holds a digest of what is left.
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "ports/database.hpp"

namespace sallyport::server {

/// What is hashed, in this order.
inline constexpr std::string_view audit_columns =
    "id, sequence, at, account, address, action, subject_kind, subject_id, subject_name, before, after, "
    "token";

/// `row` begins with audit_columns. 32 bytes.
[[nodiscard]] std::string chain_hash(const std::string& previous, const ports::Row& row);
/// Of an entry that a person was taken out of, as it is now: upper-case hexadecimal.
[[nodiscard]] std::string digest_of_rest(const ports::Row& row);

[[nodiscard]] boost::json::value text_or_null(const std::optional<std::string>& text);

}  // namespace sallyport::server
