#include "server/wire/revision.hpp"

#include <fmt/core.h>

namespace sallyport::server {

std::unexpected<Problem> changed_meanwhile(std::string_view name) {
    return refuse(base::ErrorKind::conflict, "changed_meanwhile",
                  fmt::format("Somebody else has changed {} since you opened it. Load it again and repeat "
                              "your change.",
                              name));
}

Outcome begin_change(ports::Connection& connection, const Revised& row,
                     std::optional<std::int64_t> made_from) {
    const auto grown = connection.execute(
        fmt::format("UPDATE {0} SET {1} = {1} + 1 WHERE id = $1 AND {1} = coalesce($2, {1})", row.table,
                    row.column),
        {row.id, made_from});
    if (!grown) return std::unexpected(grown.error());
    if (*grown == 0) return changed_meanwhile(row.name);
    return {};
}

}  // namespace sallyport::server
