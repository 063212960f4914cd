#pragma once
// A page of a list whose items are put together from more than their row.
#include "server/wire/conditions.hpp"

namespace sallyport::server {

/// As `page_of`. `to_json` answers with an item or an error, of which the last one is told; the id of a row
/// is its first column, and the cursor.
template <class ToJson>
[[nodiscard]] Answer<boost::json::object> page_by_id(const ports::Rows& rows, std::int64_t limit,
                                                     ToJson to_json) {
    base::Status outcome;
    auto page = page_of(
        rows, limit,
        [&](const ports::Row& row) {
            base::Result<boost::json::object> one = to_json(row);
            if (!one) outcome = std::unexpected(one.error());
            return std::move(one).value_or(boost::json::object());
        },
        [](const ports::Row& row) { return id_text(row.integer(0)); });
    if (!outcome) return std::unexpected(outcome.error());
    return page;
}

}  // namespace sallyport::server
